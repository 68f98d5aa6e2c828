//! `collodi signal`

use super::named::Known;
use crate::{cli::SignalArgs, client::Client};
use anyhow::Result;
use collodi_api::{Answer, SignalRequest};
use std::{path::Path, process::ExitCode};

/// Sends a signal to all that lives of a process, or of the processes of an app.
pub(crate) fn signal(workspace: &Path, json: bool, args: &SignalArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let living = known.living(&args.name).filter(|process| process.pid > 0);
    let living: Vec<_> = living.collect();
    if living.is_empty() {
        let cause = format!("no process of {} lives", args.name);
        return Err(known.nothing_kept(&client, cause, &args.name).into());
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
