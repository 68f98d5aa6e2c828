//! `collodi ps`

use crate::client::Client;
use anyhow::Result;
use collodi_api::{Process, Processes};
use std::{path::Path, process::ExitCode};

/// Shows what runs.
pub(crate) fn ps(workspace: &Path, json: bool) -> Result<ExitCode> {
    let Processes { processes, .. } = Client::connect(workspace)?.get("/python/processes")?;
    if json {
        for process in &processes {
            say!("{}", serde_json::to_string(process)?);
        }
    } else if processes.is_empty() {
        say!("nothing runs");
    } else {
        table(&processes);
    }
    Ok(ExitCode::SUCCESS)
}

/// At most 80 columns as long as names are short; the address comes last.
fn table(processes: &[Process]) {
    let width = processes
        .iter()
        .map(|p| p.id.len())
        .max()
        .unwrap_or(0)
        .max("PROCESS".len());
    say!(
        "{:width$}  {:8}  {:>7}  {:>8}  ADDRESS",
        "PROCESS",
        "STATE",
        "PID",
        "RESTARTS"
    );
    for process in processes {
        let pid = if process.pid < 0 {
            "-".to_owned()
        } else {
            process.pid.to_string()
        };
        let url = process.url.as_deref().unwrap_or("-");
        let (id, status, restarts) = (&process.id, &process.status, process.restart_count);
        say!("{id:width$}  {status:8}  {pid:>7}  {restarts:>8}  {url}");
    }
}
