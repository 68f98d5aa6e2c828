//! `collodi logs`

use crate::{cli::LogsArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{LogPage, Process, Processes};
use std::{path::Path, process::ExitCode, thread, time::Duration};

/// How often a followed log is asked for more.
const PERIOD: Duration = Duration::from_millis(250);

/// Shows what a process said.
pub(crate) fn logs(workspace: &Path, json: bool, args: &LogsArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let id = find(&client, &args.name)?;
    let mut from = first(&client, &id, args.lines)?;
    loop {
        let path = format!("/python/processes/{id}/logs?from={from}&limit=1000");
        // The end of the server is the end of the log.
        let Some(page) = client.get_while_up::<LogPage>(&path)? else {
            return Ok(ExitCode::SUCCESS);
        };
        show(json, &page)?;
        let more = page.next > from && !page.lines.is_empty();
        from = page.next;
        match (more, args.follow) {
            (true, _) => {}
            (false, true) => thread::sleep(PERIOD),
            (false, false) => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The process of this name; of an app, the one that started last.
fn find(client: &Client, name: &str) -> Result<String> {
    let Processes { processes, .. } = client.get("/python/processes")?;
    let of_app = |p: &&Process| p.app_id == name;
    let by_id = processes.iter().find(|p| p.id == name);
    let newest = || {
        processes
            .iter()
            .filter(of_app)
            .max_by(|a, b| a.started_at.cmp(&b.started_at))
    };
    by_id
        .or_else(newest)
        .map(|process| process.id.clone())
        .ok_or_else(|| {
            Failure::new(format!("there is no process or app {name:?}"))
                .hint("`collodi ps` shows what runs")
                .into()
        })
}

/// The number of the first line to show.
fn first(client: &Client, id: &str, lines: usize) -> Result<u64> {
    let end: LogPage = client.get(&format!("/python/processes/{id}/logs?from={}", u64::MAX))?;
    Ok(end.next.saturating_sub(u64::try_from(lines)?))
}

fn show(json: bool, page: &LogPage) -> Result<()> {
    for line in &page.lines {
        if json {
            say!("{}", serde_json::to_string(line)?);
        } else {
            say!("{}", collodi_logs::plain(&line.text));
        }
    }
    Ok(())
}
