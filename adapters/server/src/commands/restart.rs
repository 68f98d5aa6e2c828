//! `collodi restart`

use super::{
    named::Known,
    start::{say, tell},
};
use crate::{cli::RestartArgs, client::Client};
use anyhow::Result;
use collodi_api::Answer;
use std::{path::Path, process::ExitCode};

/// Ends a process, or the processes of an app, and has each start anew at once. Where nothing
/// of it lives, those that ended last are started.
pub(crate) fn restart(workspace: &Path, json: bool, args: &RestartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let living: Vec<_> = known.living(&args.name).collect();
    let ended = known.latest(&args.name);
    match (living.is_empty(), ended.is_empty()) {
        (false, _) if known.is_app(&args.name) => restart_app(&client, json, args),
        (false, _) => Ok(tell(&client, json, "restart", &living)),
        (true, false) => Ok(tell(&client, json, "start", &ended)),
        (true, true) => {
            let cause = format!("no process of {} lives", args.name);
            Err(known.nothing_kept(&client, cause, &args.name).into())
        }
    }
}

/// The server knows which of them depends on which, and starts what they need as well. What is being stopped is
/// not started again.
fn restart_app(client: &Client, json: bool, args: &RestartArgs) -> Result<ExitCode> {
    let path = format!("/python/apps/{}/restart", args.name);
    let restarting: Answer = client.post(&path)?;
    for process in Known::of(client)?.living(&args.name) {
        let status = match process.being_stopped {
            true => "being stopped".to_owned(),
            false => restarting.status.clone(),
        };
        let id = Some(process.id.clone());
        say(json, &Answer { status, id })?;
    }
    Ok(ExitCode::SUCCESS)
}
