//! `collodi signal`

use crate::{cli::SignalArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{Answer, Process, Processes, SignalRequest};
use std::{path::Path, process::ExitCode};

/// Sends a signal to all that lives of a process, or of the processes of an app.
pub(crate) fn signal(workspace: &Path, json: bool, args: &SignalArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let Processes { processes, .. } = client.get("/python/processes")?;
    let named = |p: &&Process| p.id == args.name || p.app_id == args.name;
    let living = |p: &&Process| p.ended.is_none() && p.pid > 0;
    let living: Vec<_> = processes.iter().filter(named).filter(living).collect();
    if living.is_empty() {
        let failure = Failure::new(format!("no process of {} lives", args.name));
        return Err(failure.hint("`collodi ps` shows what runs").into());
    }
    let body = SignalRequest {
        signal: args.signal,
    };
    for process in living {
        let id = &process.id;
        let path = format!("/python/processes/{id}/signal");
        let answer: Answer = client.post_json(&path, &body)?;
        match json {
            true => say!("{}", serde_json::to_string(&answer)?),
            false => say!("{} was sent to {id}", args.signal),
        }
    }
    Ok(ExitCode::SUCCESS)
}
