//! `collodi logs`

use crate::{cli::LogsArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{LogPage, Process, Processes};
use std::{path::Path, process::ExitCode, thread, time::Duration};

/// How often a followed log is asked for more.
const PERIOD: Duration = Duration::from_millis(250);

/// The most lines of one answer.
const PAGE: u64 = 1000;

/// Shows what a process said.
pub(crate) fn logs(workspace: &Path, json: bool, args: &LogsArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let id = find(&client, &args.name)?;
    let end = end(&client, &id)?;
    let mut from = end.saturating_sub(u64::try_from(args.lines)?);
    loop {
        // A process may say more than can be shown: what is not followed ends where it was.
        let limit = if args.follow {
            PAGE
        } else {
            PAGE.min(end.saturating_sub(from))
        };
        if limit == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let path = format!("/python/processes/{id}/logs?from={from}&limit={limit}");
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

/// The number of the next line.
fn end(client: &Client, id: &str) -> Result<u64> {
    let end: LogPage = client.get(&format!("/python/processes/{id}/logs?from={}", u64::MAX))?;
    Ok(end.next)
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
