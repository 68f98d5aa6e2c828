//! `collodi start`

use super::named::Known;
use crate::{cli::StartArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::Process;
use std::{path::Path, process::ExitCode};

/// Has a process run that has ended, or the processes of an app's last run.
pub(crate) fn start(workspace: &Path, json: bool, args: &StartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let name = &args.name;
    let meant = known.latest(name);
    if meant.is_empty() {
        return Err(nothing(&known, name).into());
    }
    tell(&client, json, "start", &meant)?;
    Ok(ExitCode::SUCCESS)
}

/// Tells the server to do this with these processes, and shows what it says.
pub(super) fn tell(client: &Client, json: bool, verb: &str, processes: &[&Process]) -> Result<()> {
    for process in processes {
        let id = &process.id;
        let answer: collodi_api::Answer = client.post(&format!("/python/processes/{id}/{verb}"))?;
        match json {
            true => say!("{}", serde_json::to_string(&answer)?),
            false => say!("{id} is {}", answer.status),
        }
    }
    Ok(())
}

fn nothing(known: &Known, name: &str) -> Failure {
    match known.has(name) {
        true => Failure::new(format!("the server knows no process of {name}"))
            .hint(format!("`collodi run {name}` runs it")),
        false => known.no(format!("the server knows no process of {name}"), name),
    }
}
