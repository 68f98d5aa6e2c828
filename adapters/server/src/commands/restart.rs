//! `collodi restart`

use crate::{cli::RestartArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{Answer, Process, Processes};
use std::{path::Path, process::ExitCode};

/// Ends a process, or the processes of an app, and has each start anew at once.
pub(crate) fn restart(workspace: &Path, json: bool, args: &RestartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let Processes { processes, .. } = client.get("/python/processes")?;
    let named = |p: &&Process| p.id == args.name || p.app_id == args.name;
    let living: Vec<_> = processes
        .iter()
        .filter(named)
        .filter(|process| process.ended.is_none())
        .collect();
    if living.is_empty() {
        let failure = Failure::new(format!("no process of {} lives", args.name));
        return Err(failure.hint("`collodi ps` shows what runs").into());
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
