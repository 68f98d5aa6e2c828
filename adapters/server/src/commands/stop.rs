//! `collodi stop`

use super::named::Known;
use crate::{
    cli::StopArgs,
    client::{Client, wait},
    present::style::WARN,
    state,
};
use anyhow::Result;
use collodi_api::Run;
use std::{path::Path, process::ExitCode};

/// Ends an app, a process, a run, or the server; returns when it has ended.
pub(crate) fn stop(workspace: &Path, json: bool, args: &StopArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let what = match &args.name {
        None => stop_server(workspace, &client)?,
        Some(name) => stop_named(workspace, &client, name)?,
    };
    if json {
        say!("{}", serde_json::json!({ "stopped": what }));
    } else {
        say!("{what} has ended");
    }
    Ok(ExitCode::SUCCESS)
}

fn stop_server(workspace: &Path, client: &Client) -> Result<String> {
    client.post::<serde_json::Value>("/python/shutdown")?;
    wait("the server", || Ok(!state::is_held(workspace)))?;
    Ok("the server".to_owned())
}

fn stop_named(workspace: &Path, client: &Client, name: &str) -> Result<String> {
    let known = Known::of(client)?;
    if !known.has(name) {
        let cause = format!("nothing called {name:?} runs");
        return Err(known.nothing_kept(client, cause, name).into());
    }
    let is_process = known.processes.iter().any(|p| p.id == name);
    let path = if is_process || known.left_alone(name).any(|alone| alone.id == name) {
        format!("/python/processes/{name}/stop")
    } else if known.runs.iter().any(|run| run.id == name) {
        format!("/python/runs/{name}/cancel")
    } else {
        format!("/python/apps/{name}/stop")
    };
    client.post::<serde_json::Value>(&path)?;
    let is_of = |run: &Run| run.id == name || run.app_id == name;
    let living = || {
        let known = Known::of(client)?;
        let runs = || {
            known
                .runs
                .iter()
                .any(|run| is_of(run) && run.outcome.is_none())
        };
        let processes = known.living(name).next().is_some();
        Ok(processes || known.left_alone(name).next().is_some() || runs())
    };
    // A server that was started for this app ends with it.
    wait(name, || match living() {
        Ok(living) => Ok(!living),
        Err(_) if !state::is_held(workspace) => Ok(true),
        Err(error) => Err(error),
    })?;
    for alone in known.left_alone(name).filter(|alone| !alone.found) {
        complain!(
            "{WARN}warning:{WARN:#} nobody knows which processes are those of {}: some may still live; look for \
             them before its app is run",
            alone.id
        );
    }
    Ok(name.to_owned())
}
