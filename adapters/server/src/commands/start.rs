//! `collodi start`

use super::named::Known;
use crate::{
    cli::StartArgs,
    client::Client,
    failure::{Failure, report},
};
use anyhow::Result;
use collodi_api::{Answer, Process};
use std::{path::Path, process::ExitCode};

/// Has a process run that has ended, or the processes of an app's last run.
pub(crate) fn start(workspace: &Path, json: bool, args: &StartArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let name = &args.name;
    let meant = known.latest(name);
    if meant.is_empty() {
        return Err(nothing(&client, &known, name).into());
    }
    Ok(tell(&client, json, "start", &meant))
}

/// Tells the server to do this with these processes, and shows what it says of each. One that is
/// refused keeps none of the others from it; the first of those says how the program ends.
pub(super) fn tell(client: &Client, json: bool, verb: &str, processes: &[&Process]) -> ExitCode {
    let told = processes
        .iter()
        .map(|one| tell_one(client, json, verb, one));
    let mut failed = told.filter_map(Result::err).map(|error| report(&error));
    let first = failed.next();
    failed.for_each(drop);
    first.unwrap_or(ExitCode::SUCCESS)
}

fn tell_one(client: &Client, json: bool, verb: &str, process: &Process) -> Result<()> {
    let id = &process.id;
    let answer = client.post(&format!("/python/processes/{id}/{verb}"))?;
    say(json, &answer)
}

/// Shows what the server says of a process.
pub(super) fn say(json: bool, answer: &Answer) -> Result<()> {
    let Answer { status, id } = answer;
    match (json, id) {
        (true, _) => say!("{}", serde_json::to_string(answer)?),
        (false, id) => say!("{} is {status}", id.as_deref().unwrap_or("it")),
    }
    Ok(())
}

fn nothing(client: &Client, known: &Known, name: &str) -> Failure {
    match known.has(name) && known.kept_by(name).is_none() {
        true => Failure::new(format!("the server knows no process of {name}"))
            .hint(format!("`collodi run {name}` runs it")),
        false => {
            let cause = format!("the server knows no process of {name}");
            known.nothing_kept(client, cause, name)
        }
    }
}
