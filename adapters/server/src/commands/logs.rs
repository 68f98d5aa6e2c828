//! `collodi logs`

use super::named::Known;
use crate::{cli::LogsArgs, client::Client};
use anyhow::Result;
use collodi_api::LogPage;
use std::{path::Path, process::ExitCode, thread, time::Duration};

/// How often a followed log is asked for more.
const PERIOD: Duration = Duration::from_millis(250);

/// The most lines of one answer.
const PAGE: u64 = 1000;

/// Shows what a process or a run said.
pub(crate) fn logs(workspace: &Path, json: bool, args: &LogsArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let log = find(&client, &args.name)?;
    let end = end(&client, &log)?;
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
        let path = format!("{log}?from={from}&limit={limit}");
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

/// Where the log is of the process or the run of this name; of an app, of the process that
/// started last, else of its newest run.
fn find(client: &Client, name: &str) -> Result<String> {
    let known = Known::of(client)?;
    let Known { processes, runs } = &known;
    let process = |id: &str| format!("/python/processes/{id}/logs");
    let run = |id: &str| format!("/python/runs/{id}/logs");
    if processes.iter().any(|p| p.id == name) {
        return Ok(process(name));
    }
    if runs.iter().any(|r| r.id == name) {
        return Ok(run(name));
    }
    let of_app = processes.iter().filter(|p| p.app_id == name);
    if let Some(newest) = of_app.max_by(|a, b| a.started_at.cmp(&b.started_at)) {
        return Ok(process(&newest.id));
    }
    let of_app = runs.iter().filter(|r| r.app_id == name);
    if let Some(newest) = of_app.max_by(|a, b| a.started_at.cmp(&b.started_at)) {
        return Ok(run(&newest.id));
    }
    let cause = format!("there is no process, run or app {name:?}");
    Err(known.nothing_kept(client, cause, name).into())
}

/// The number of the next line.
fn end(client: &Client, log: &str) -> Result<u64> {
    let end: LogPage = client.get(&format!("{log}?from={}", u64::MAX))?;
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
