//! `collodi stop`

use crate::{
    cli::StopArgs,
    client::{Client, wait},
    state,
};
use anyhow::Result;
use collodi_api::{Process, Processes, Run, Runs};
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
    let of_name = |p: &Process| p.id == name || p.app_id == name;
    let path = if processes(client)?.iter().any(|p| p.id == name) {
        format!("/python/processes/{name}/stop")
    } else if runs(client)?.iter().any(|run| run.id == name) {
        format!("/python/runs/{name}/cancel")
    } else {
        format!("/python/apps/{name}/stop")
    };
    client.post::<serde_json::Value>(&path)?;
    let living = || {
        let processes = processes(client)?.iter().any(|p| of_name(p) && lives(p));
        Ok(processes
            || runs(client)?
                .iter()
                .any(|run| (run.id == name || run.app_id == name) && run.outcome.is_none()))
    };
    // A server that was started for this app ends with it.
    wait(name, || match living() {
        Ok(living) => Ok(!living),
        Err(_) if !state::is_held(workspace) => Ok(true),
        Err(error) => Err(error),
    })?;
    Ok(name.to_owned())
}

fn processes(client: &Client) -> Result<Vec<Process>> {
    Ok(client.get::<Processes>("/python/processes")?.processes)
}

fn runs(client: &Client) -> Result<Vec<Run>> {
    Ok(client.get::<Runs>("/python/runs")?.runs)
}

/// A process that has ended says how.
fn lives(process: &Process) -> bool {
    process.ended.is_none()
}
