//! `collodi restart`

use super::named::Known;
use crate::{cli::RestartArgs, client::Client};
use anyhow::Result;
use collodi_api::Answer;
use std::{path::Path, process::ExitCode};

/// Ends a process, or the processes of an app, and has each start anew at once.
pub(crate) fn restart(workspace: &Path, json: bool, args: &RestartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let living: Vec<_> = known.living(&args.name).collect();
    if living.is_empty() {
        return Err(known
            .no(format!("no process of {} lives", args.name), &args.name)
            .into());
    }
    for process in living {
        let id = &process.id;
        let answer: Answer = client.post(&format!("/python/processes/{id}/restart"))?;
        match json {
            true => say!("{}", serde_json::to_string(&answer)?),
            false => say!("{id} is {}", answer.status),
        }
    }
    Ok(ExitCode::SUCCESS)
}
