//! `collodi stop`

mod ending;

use super::named::Known;
use crate::{
    cli::StopArgs,
    client::{Client, Fate, wait_for},
    failure::Failure,
    present::style::WARN,
};
use anyhow::Result;
use collodi_api::Answer;
use ending::Ending;
use std::{mem, path::Path, process::ExitCode};

/// Ends an app, a process, a run, or the server; returns when it has ended.
pub(crate) fn stop(workspace: &Path, json: bool, args: &StopArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let what = match &args.name {
        None => stop_server(&client)?,
        Some(name) => stop_named(client, name)?,
    };
    if json {
        say!("{}", serde_json::json!({ "stopped": what }));
    } else {
        say!("{what} has ended");
    }
    Ok(ExitCode::SUCCESS)
}

fn stop_server(client: &Client) -> Result<String> {
    client.post::<serde_json::Value>("/python/shutdown")?;
    let (cause, hint) = match client.end()? {
        Some(Fate::Ended) => return Ok("the server".to_owned()),
        Some(Fate::Died) => (
            "the server was killed before all that it ran had ended",
            "what lives of that goes on: `collodi serve` finds it again",
        ),
        Some(Fate::GoesOn) => (
            "the server has ended, and another one has followed it, perhaps before all that it ran had ended",
            "`collodi ps` shows what runs, and `collodi stop` ends it",
        ),
        None => return Err(Failure::new("the server has not ended yet").into()),
    };
    Err(Failure::new(cause).hint(hint).into())
}

fn stop_named(client: Client, name: &str) -> Result<String> {
    let known = Known::of(&client)?;
    if !known.has(name) {
        let cause = format!("nothing called {name:?} runs");
        return Err(known.nothing_kept(&client, cause, name).into());
    }
    let mut ending = Ending::of(&known, name);
    let paths = paths(&known, name);
    for path in &paths {
        client.post::<Answer>(path)?;
    }
    let again = wait_until_ended(client, &mut ending, &paths)?;
    let again = again.ok_or_else(|| Failure::new(format!("{name} has not ended yet")))?;
    for id in again {
        complain!(
            "{WARN}warning:{WARN:#} {id} has ended, and was started again since: `collodi stop {id}` ends it"
        );
    }
    for alone in known.left_alone(name).filter(|alone| !alone.found) {
        complain!(
            "{WARN}warning:{WARN:#} nobody knows which processes are those of {}: some may still live; look for \
             them before its app is run",
            alone.id
        );
    }
    Ok(name.to_owned())
}

/// Where to stop what is called so: each process of this name, else the run, else the app.
fn paths(known: &Known, name: &str) -> Vec<String> {
    let process = |id: &str| format!("/python/processes/{id}/stop");
    if let Some(latest) = known.process(name) {
        let living = known.living(name).map(|one| process(&one.id));
        let living: Vec<_> = living.collect();
        return match living.is_empty() {
            true => Vec::from([process(&latest.id)]),
            false => living,
        };
    }
    Vec::from([if known.left_alone(name).any(|alone| alone.id == name) {
        process(name)
    } else if known.runs.iter().any(|run| run.id == name) {
        format!("/python/runs/{name}/cancel")
    } else {
        format!("/python/apps/{name}/stop")
    }])
}

/// Waits until all has ended; what was started again since. None when that takes too long. A server that
/// follows the one that was told is told as well: that may have been killed before it had written it down.
fn wait_until_ended(
    mut client: Client,
    ending: &mut Ending,
    paths: &[String],
) -> Result<Option<Vec<String>>> {
    let mut told = client.life();
    wait_for(|| match Known::of(&client) {
        Ok(known) => {
            let (is_over, life) = (ending.look(&known), client.life());
            if mem::replace(&mut told, life) != life && !is_over {
                // What it does not know has ended.
                paths
                    .iter()
                    .for_each(|path| drop(client.post::<Answer>(path)));
            }
            Ok(is_over.then(|| ending.started_again(&known)))
        }
        Err(why) => Ok(match client.follow(why)? {
            Some(next) => {
                client = next;
                None
            }
            // A server that was started for this app ends with it.
            None => Some(Vec::new()),
        }),
    })
}
