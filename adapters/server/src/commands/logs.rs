//! `collodi logs`

mod unfinished;

use super::named::Known;
use crate::{
    cli::LogsArgs,
    client::Client,
    failure::{Failure, HINT},
    present::{counted, style::WARN},
};
use anyhow::Result;
use collodi_api::{Gap, LogPage, Process, Run};
use serde_json::json;
use std::{path::Path, process::ExitCode, thread, time::Duration};
use unfinished::Unfinished;

/// How often a followed log is asked for more.
const PERIOD: Duration = Duration::from_millis(250);

/// The most lines of one answer.
const PAGE: u64 = 1000;

/// How many other logs of an app are named.
const MOST_OTHERS: usize = 5;

/// Shows what a process or a run said.
pub(crate) fn logs(workspace: &Path, json: bool, args: &LogsArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let known = Known::of(&client)?;
    let whose = find(&client, &known, &args.name)?;
    if let (Whose::Newest(newest), false) = (&whose, json) {
        tell_others(&known, newest);
    }
    let log = whose.path();
    let end = end(&client, &log)?;
    match args.follow {
        true => follow(&client, &log, json, before(&end, args.lines))?,
        false => show_to(&client, &log, json, end, args.lines)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows so many lines to where the log was, the last of them what was no line yet. A process may
/// say more than can be shown.
fn show_to(client: &Client, log: &str, json: bool, mut end: LogPage, lines: usize) -> Result<()> {
    end.unfinished.truncate(lines);
    let mut from = before(&end, lines - end.unfinished.len());
    while from < end.next {
        let limit = PAGE.min(end.next - from);
        // The end of the server is the end of the log.
        let Some(page) = read(client, log, from, limit)?.filter(|page| page.next > from) else {
            break;
        };
        show(json, &page)?;
        from = page.next;
    }
    for line in &end.unfinished {
        match json {
            true => say!(
                "{}",
                json!({ "stream": line.stream, "text": line.text, "unfinished": true })
            ),
            false => say!("{}", collodi_logs::plain(&line.text)),
        }
    }
    Ok(())
}

/// The number of the first of so many lines at the end.
fn before(end: &LogPage, lines: usize) -> u64 {
    end.next
        .saturating_sub(u64::try_from(lines).unwrap_or(u64::MAX))
}

/// Shows the lines from this one on, until the server ends.
fn follow(client: &Client, log: &str, json: bool, mut from: u64) -> Result<()> {
    let mut unfinished = Unfinished::new(json);
    while let Some(page) = read(client, log, from, PAGE)? {
        let is_more = page.next > from;
        if is_more {
            unfinished.clear();
        }
        show(json, &page)?;
        unfinished.show(&page.unfinished);
        from = page.next;
        if !is_more {
            thread::sleep(PERIOD);
        }
    }
    unfinished.clear();
    match client.was_killed() {
        true => Err(killed().into()),
        false => Ok(()),
    }
}

/// Why a log is followed no longer.
fn killed() -> Failure {
    Failure::new("the server was killed")
        .hint("what it keeps up lives on: `collodi serve` finds it again")
}

fn read(client: &Client, log: &str, from: u64, limit: u64) -> Result<Option<LogPage>> {
    client.get_while_up(&format!("{log}?from={from}&limit={limit}"))
}

/// Whose log it is.
enum Whose<'k> {
    Process(&'k Process),
    /// That of the app's processes that started last.
    Newest(&'k Process),
    Run(&'k Run),
}

impl Whose<'_> {
    fn path(&self) -> String {
        match self {
            Self::Process(of) | Self::Newest(of) => format!("/python/processes/{}/logs", of.id),
            Self::Run(of) => format!("/python/runs/{}/logs", of.id),
        }
    }
}

/// The process or the run of this name; of an app, the process that started last, else its newest run.
fn find<'k>(client: &Client, known: &'k Known, name: &str) -> Result<Whose<'k>> {
    if let Some(named) = known.process(name) {
        return Ok(Whose::Process(named));
    }
    if let Some(named) = known.runs.iter().find(|run| run.id == name) {
        return Ok(Whose::Run(named));
    }
    let of_app = known.processes.iter().filter(|p| p.app_id == name);
    if let Some(newest) = of_app.max_by(|a, b| a.started_at.cmp(&b.started_at)) {
        return Ok(Whose::Newest(newest));
    }
    let of_app = known.runs.iter().filter(|run| run.app_id == name);
    let newest = of_app.max_by(|a, b| a.started_at.cmp(&b.started_at));
    newest.map(Whose::Run).ok_or_else(|| {
        let cause = format!("there is no process, run or app {name:?}");
        known.nothing_kept(client, cause, name).into()
    })
}

/// Says which of an app's processes is shown, and how the others are: those that live, and those of its
/// last run.
fn tell_others(known: &Known, shown: &Process) {
    let last = known.latest(&shown.app_id);
    let others = known.processes.iter().filter(|other| {
        let counts = other.ended.is_none() || last.contains(other);
        counts && other.app_id == shown.app_id && other.id != shown.id
    });
    let others: Vec<_> = others
        .map(|other| format!("`collodi logs {}`", known.word(other)))
        .collect();
    let (named, more) = others.split_at(others.len().min(MOST_OTHERS));
    if named.is_empty() {
        return;
    }
    let more = match more.len() {
        0 => String::new(),
        more => format!(", and {more} more that `collodi ps` names"),
    };
    complain!(
        "{HINT}note:{HINT:#} this is the log of {}, which started last; others: {}{more}",
        known.word(shown),
        named.join(", ")
    );
}

/// The number of the next line, and what stands before that.
fn end(client: &Client, log: &str) -> Result<LogPage> {
    client.get(&format!("{log}?from={}", u64::MAX))
}

fn show(json: bool, page: &LogPage) -> Result<()> {
    if let Some(Gap { from, to }) = page.gap {
        let missing = usize::try_from(to - from).unwrap_or(usize::MAX);
        let be = if missing == 1 { "is" } else { "are" };
        let missing = counted(missing, "line");
        complain!(
            "{WARN}{missing} before this {be} no longer kept: the last are, up to `collodi config get python.max_log_lines` and 1 MiB, without notes of earlier servers{WARN:#}"
        );
    }
    for line in &page.lines {
        if json {
            say!("{}", serde_json::to_string(line)?);
        } else {
            say!("{}", collodi_logs::plain(&line.text));
        }
    }
    Ok(())
}
