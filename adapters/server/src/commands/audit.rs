//! `collodi audit`

use crate::{
    audit,
    cli::AuditArgs,
    client::Client,
    failure::{Failure, MISUNDERSTOOD},
    state,
};
use anyhow::{Context as _, Result};
use collodi_api::{AuditEntry, AuditPage};
use collodi_audit::Query;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The most characters of an error that people are shown.
const BRIEF: usize = 80;

/// Shows what was executed.
pub(crate) fn audit(workspace: &Path, json: bool, args: &AuditArgs) -> Result<ExitCode> {
    let query = query(args)?;
    let page: AuditPage = match state::is_held(workspace) {
        true => Client::connect(workspace)?.get(&path(&query))?,
        false => audit::read(workspace, &query).context("failed to read the audit log")?,
    };
    for entry in &page.entries {
        match json {
            true => say!("{}", serde_json::to_string(entry)?),
            false => show(entry),
        }
    }
    if page.entries.is_empty() && !json {
        complain!("{}", nothing(&query));
    }
    tell_gaps(&page, &audit::dir(workspace));
    Ok(ExitCode::SUCCESS)
}

/// What is not shown because it is not there, or cannot be read.
fn tell_gaps(page: &AuditPage, dir: &Path) {
    match page.lost {
        0 => {}
        1 => complain!("1 entry was not written: the disk was too slow or full"),
        lost => complain!("{lost} entries were not written: the disk was too slow or full"),
    }
    let why = "a full disk or the end of a server has torn what is damaged";
    match (page.skipped, dir.display()) {
        (0, _) => {}
        (1, dir) => complain!("1 line in {dir} could not be read: {why}"),
        (skipped, dir) => complain!("{skipped} lines in {dir} could not be read: {why}"),
    }
}

/// Why there is nothing to see.
fn nothing(query: &Query) -> String {
    let whose = match &query.app {
        Some(app) => format!(" of app {app}"),
        None if query.probes => String::new(),
        None => " of an app".to_owned(),
    };
    let more = [
        query.since.map(|_| " since then"),
        query.level.as_ref().map(|_| " at this level"),
    ];
    let more: String = more.into_iter().flatten().collect();
    format!("no command{whose} is recorded{more}")
}

fn query(args: &AuditArgs) -> Result<Query> {
    let since = args.since.as_deref().map(since).transpose()?;
    let level = args.level.as_deref().map(level).transpose()?;
    Ok(Query {
        app: args.app.clone(),
        since,
        level,
        probes: args.all,
        after: None,
        limit: args.limit,
    })
}

/// The word of a level of the sandbox.
fn level(text: &str) -> Result<String> {
    let level = text
        .parse::<collodi_sandbox::Level>()
        .map_err(|error| Failure::new(format!("--level {text}: {error}")).status(MISUNDERSTOOD))?;
    Ok(level.to_string())
}

/// A time as it is printed, or how long ago.
fn since(text: &str) -> Result<u64> {
    let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if let Ok(time) = text.parse::<collodi_time::WallTime>() {
        return Ok(millis(time.as_duration()));
    }
    let ago = crate::duration::parse(text).map_err(|error| {
        Failure::new(format!("--since {text}: {error}"))
            .status(MISUNDERSTOOD)
            .hint("say how long ago, as 2h, or a time, as 2026-01-31T12:00:00Z")
    })?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(millis(now.unwrap_or_default().saturating_sub(ago)))
}

fn path(query: &Query) -> String {
    let mut path = format!("/api/guard/sandbox-audit?limit={}", query.limit);
    for (key, value) in [("app", &query.app), ("level", &query.level)] {
        if let Some(value) = value {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            path += &format!("&{key}={value}");
        }
    }
    if !query.probes {
        path += "&probes=false";
    }
    if let Some(since) = query.since {
        path += &format!("&since={since}");
    }
    path
}

fn show(entry: &AuditEntry) {
    let whom = entry.app.as_deref().unwrap_or("-");
    let how = match (entry.exit_code, entry.duration_ms) {
        (Some(code), Some(millis)) => format!("exit {code}, {millis} ms"),
        _ => match &entry.error {
            Some(error) => format!("{}: {}", entry.state, brief(error)),
            None => entry.state.clone(),
        },
    };
    let how = collodi_logs::plain(&how);
    let command = collodi_logs::plain(&entry.command);
    say!(
        "{}  {whom} {}  [{}]  $ {command}  ({how})",
        entry.timestamp,
        entry.kind,
        entry.sandbox.requested
    );
}

/// The beginning of an error, which may name all folders that were searched; `--json` has it whole.
fn brief(error: &str) -> String {
    match error.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", error.get(..end).unwrap_or_default()),
        None => error.to_owned(),
    }
}
