//! `collodi ps`

use crate::client::Client;
use anyhow::Result;
use collodi_api::{Process, Processes, Run, Runs, StepStatus, TreeMember};
use std::{path::Path, process::ExitCode};

/// Shows what runs: scripts at one of their steps, and daemons.
pub(crate) fn ps(workspace: &Path, json: bool) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let Processes { processes, .. } = client.get("/python/processes")?;
    let Runs { runs, .. } = client.get("/python/runs")?;
    let unfinished: Vec<Run> = runs
        .into_iter()
        .filter(|run| run.outcome.is_none())
        .collect();
    if json {
        for run in &unfinished {
            say!("{}", serde_json::to_string(run)?);
        }
        for process in &processes {
            say!("{}", serde_json::to_string(process)?);
        }
    } else if processes.is_empty() && unfinished.is_empty() {
        say!("nothing runs");
    } else {
        let runs = unfinished.iter().map(run_row);
        table(
            &runs
                .chain(processes.iter().map(process_row))
                .collect::<Vec<_>>(),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Name, state, process id, restarts, and what there is to say.
type Row = [String; 5];

const HEAD: [&str; 5] = ["NAME", "STATE", "PID", "RESTARTS", "DETAIL"];

fn run_row(run: &Run) -> Row {
    let at = run
        .steps
        .iter()
        .position(|step| step.status == StepStatus::Running);
    let at = at.map_or_else(
        || "-".to_owned(),
        |at| format!("step {} of {}", at + 1, run.steps.len()),
    );
    let at = match &run.question {
        Some(_) => format!("{at}, waits for an answer"),
        None => at,
    };
    [
        run.id.clone(),
        run.status.to_string(),
        "-".to_owned(),
        "-".to_owned(),
        at,
    ]
}

fn process_row(process: &Process) -> Row {
    let pid = if process.pid < 0 {
        "-".to_owned()
    } else {
        process.pid.to_string()
    };
    let restarts = process.restart_count.to_string();
    [
        process.id.clone(),
        process.status.to_string(),
        pid,
        restarts,
        told(process),
    ]
}

/// Where it answers; else why it does not, where its state does not say that.
fn told(process: &Process) -> String {
    let member = |member: &TreeMember| format!("{} (pid {})", member.name, member.pid);
    let alive: Vec<_> = process.still_alive.iter().map(member).collect();
    if !alive.is_empty() {
        return format!("still lives: {}", alive.join(", "));
    }
    if !process.waits_for.is_empty() {
        return format!("waits for {}", process.waits_for.join(", "));
    }
    let state = process.status.to_string();
    let reason = process.reason.clone().filter(|reason| *reason != state);
    let said = process.url.clone().or(reason);
    said.unwrap_or_else(|| "-".to_owned())
}

/// At most 80 columns as long as names are short; what may be long comes last.
fn table(rows: &[Row]) {
    let name = rows
        .iter()
        .map(|[name, ..]| name.len())
        .max()
        .unwrap_or_default()
        .max(HEAD[0].len());
    let line = |[id, state, pid, restarts, rest]: [&str; 5]| {
        say!("{id:name$}  {state:8}  {pid:>7}  {restarts:>8}  {rest}");
    };
    line(HEAD);
    for row in rows {
        line(row.each_ref().map(String::as_str));
    }
}
