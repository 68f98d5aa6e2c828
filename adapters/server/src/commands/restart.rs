//! `collodi restart`

use super::{named::Known, start::tell};
use crate::{cli::RestartArgs, client::Client};
use anyhow::Result;
use std::{path::Path, process::ExitCode};

/// Ends a process, or the processes of an app, and has each start anew at once. Where nothing
/// of it lives, those that ended last are started.
pub(crate) fn restart(workspace: &Path, json: bool, args: &RestartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let living: Vec<_> = known.living(&args.name).collect();
    let ended = known.latest(&args.name);
    match (living.is_empty(), ended.is_empty()) {
        (false, _) => Ok(tell(&client, json, "restart", &living)),
        (true, false) => Ok(tell(&client, json, "start", &ended)),
        (true, true) => {
            let cause = format!("no process of {} lives", args.name);
            Err(known.nothing_kept(&client, cause, &args.name).into())
        }
    }
}
