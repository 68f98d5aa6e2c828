//! `collodi ps`

use crate::{client::Client, duration::now, present::style::DIM};
use anyhow::Result;
use collodi_api::{
    LeftAlone, Process, ProcessStatus, Processes, Run, Runs, StepStatus, TreeMember,
};
use collodi_logs::plain;
use collodi_time::WallTime;
use std::{path::Path, process::ExitCode};

/// Shows what runs: scripts at one of their steps, and daemons.
pub(crate) fn ps(workspace: &Path, json: bool) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let Processes {
        processes,
        forgotten,
        left_alone,
        ..
    } = client.get("/python/processes")?;
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
        for alone in &left_alone {
            say!("{}", serde_json::to_string(alone)?);
        }
    } else if processes.is_empty() && unfinished.is_empty() && left_alone.is_empty() {
        say!("nothing runs");
    } else {
        let now = now();
        let runs = unfinished.iter().map(run_row);
        let processes = processes.iter().map(|process| process_row(process, now));
        let alone = left_alone.iter().map(alone_row);
        table(&runs.chain(processes).chain(alone).collect::<Vec<_>>());
        tell_forgotten(forgotten);
        left_alone.iter().for_each(tell_alone);
    }
    Ok(ExitCode::SUCCESS)
}

/// Says that there were more, and where they are.
fn tell_forgotten(count: u64) {
    let more = match count {
        0 => return,
        1 => "1 more has ended that the server keeps".to_owned(),
        _ => format!("{count} more have ended that the server keeps"),
    };
    say!("{DIM}{more} no longer: `collodi audit` shows how{DIM:#}");
}

/// Says why one is left alone, and what to do.
fn tell_alone(alone: &LeftAlone) {
    say!("{DIM}{alone}; {}{DIM:#}", alone.hint);
}

/// Name, state, process id, restarts, what its script calls it, and what there is to say.
type Row = [String; 6];

const HEAD: [&str; 6] = ["NAME", "STATE", "PID", "RESTARTS", "CALLED", "DETAIL"];

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
        "-".to_owned(),
        at,
    ]
}

fn process_row(process: &Process, now: WallTime) -> Row {
    let pid = if process.pid < 0 {
        "-".to_owned()
    } else {
        process.pid.to_string()
    };
    let restarts = process.restart_count.to_string();
    let name = process.name.as_deref().map(plain);
    let called = name.map_or_else(
        || "-".to_owned(),
        |name| name.replace(char::is_control, " "),
    );
    [
        process.id.clone(),
        state(process),
        pid,
        restarts,
        called,
        detail(process, now),
    ]
}

/// Of one that nobody could read no more is known than that it lives, or may.
fn alone_row(alone: &LeftAlone) -> Row {
    let lives = match alone.found {
        true => "left alone",
        false => "left alone; nobody knows whether it lives",
    };
    let none = || "-".to_owned();
    [
        alone.id.clone(),
        "unread".to_owned(),
        none(),
        none(),
        none(),
        lives.to_owned(),
    ]
}

/// The word for where it is; one that ended well and is started again has not crashed, and one that
/// failed for good was not stopped.
fn state(process: &Process) -> String {
    match process.status {
        ProcessStatus::Crashed if !process.failed => "waiting".to_owned(),
        ProcessStatus::Stopped if process.failed => "failed".to_owned(),
        status => status.to_string(),
    }
}

/// What there is to say of it, and whether the next server will know it.
fn detail(process: &Process, now: WallTime) -> String {
    let not_kept = process.not_kept.as_ref();
    let not_kept = not_kept.map(|why| format!("its state is not kept: {why}"));
    let said: Vec<_> = told(process, now).into_iter().chain(not_kept).collect();
    match said.is_empty() {
        true => "-".to_owned(),
        false => said.join("; "),
    }
}

/// What it waits for, and why; else where it answers, or how it ended, where its state does not
/// say that.
fn told(process: &Process, now: WallTime) -> Option<String> {
    let reason = process.reason.as_ref();
    let after = reason.filter(|_| process.ended.is_none());
    let waits = waits(process, after.is_some(), now);
    let waiting = waits
        .into_iter()
        .chain(after.map(|reason| format!("after {reason}")));
    let waiting = waiting.collect::<Vec<_>>().join(", ");
    if !waiting.is_empty() {
        return Some(waiting);
    }
    process.url.clone().or_else(|| ended(process, now))
}

/// Why and when it ended, where its state does not say that.
fn ended(process: &Process, now: WallTime) -> Option<String> {
    let state = process.status.to_string();
    let reason = process.reason.as_ref().filter(|reason| **reason != state)?;
    let at = process.ended_at.as_ref().and_then(|at| at.parse().ok());
    let ago = at.map_or_else(String::new, |at| format!(", {}", ago(at, now)));
    Some(format!("{reason}{ago}"))
}

/// What it waits for: its next start, other daemons, or, where it `is_dead`, what it left behind.
fn waits(process: &Process, is_dead: bool, now: WallTime) -> Option<String> {
    let member = |member: &TreeMember| format!("{} (pid {})", member.name, member.pid);
    let alive: Vec<_> = process.still_alive.iter().map(member).collect();
    let next = process.next_start.as_ref();
    let next = next.and_then(|next| next.parse::<WallTime>().ok());
    match next {
        _ if !alive.is_empty() => Some(format!("still lives: {}", alive.join(", "))),
        _ if !process.waits_for.is_empty() => {
            Some(format!("waits for {}", process.waits_for.join(", ")))
        }
        _ if process.being_stopped && process.status == ProcessStatus::Running => {
            Some("is stopped when those that depend on it are".to_owned())
        }
        Some(next) => Some(again(next, now)),
        None => is_dead.then(|| "waits until nothing of it lives".to_owned()),
    }
}

/// When it is started again, in whole milliseconds, seconds or minutes.
fn again(next: WallTime, now: WallTime) -> String {
    let wait = next.as_duration().saturating_sub(now.as_duration());
    let millis = wait.as_millis();
    match millis.div_ceil(1_000) {
        _ if millis == 0 => "again at once".to_owned(),
        _ if millis < 1_000 => format!("again in {millis} ms"),
        seconds @ ..120 => format!("again in {seconds} s"),
        seconds => format!("again in {} min", seconds.div_ceil(60)),
    }
}

/// How long ago something was, rounded down.
fn ago(at: WallTime, now: WallTime) -> String {
    let since = now.as_duration().saturating_sub(at.as_duration());
    match since.as_secs() {
        seconds @ ..120 => format!("{seconds} s ago"),
        seconds @ ..7_200 => format!("{} min ago", seconds / 60),
        seconds @ ..172_800 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

/// At most 80 columns as long as names are short; what may be long comes last. What scripts call them
/// is shown where they do.
fn table(rows: &[Row]) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| Some(row.get(column)?.chars().count()));
        cells.max().unwrap_or_default()
    };
    let name = width(0).max(HEAD[0].len());
    let have_names = rows.iter().any(|[.., called, _]| called != "-");
    let called = width(4).max(HEAD[4].len());
    let line = |[id, state, pid, restarts, own, rest]: [&str; 6]| {
        let own = match have_names {
            true => format!("{own:called$}  "),
            false => String::new(),
        };
        say!("{id:name$}  {state:8}  {pid:>7}  {restarts:>8}  {own}{rest}");
    };
    line(HEAD);
    for row in rows {
        line(row.each_ref().map(String::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::{again, ago};
    use collodi_time::WallTime;
    use std::time::Duration;

    #[test]
    fn waits_are_whole_milliseconds_seconds_or_minutes() {
        let at = |millis| WallTime::since_unix_epoch(Duration::from_millis(millis));
        for (next, said) in [
            (900, "again at once"),
            (1_000, "again at once"),
            (1_001, "again in 1 ms"),
            (1_500, "again in 500 ms"),
            (1_999, "again in 999 ms"),
            (2_000, "again in 1 s"),
            (2_001, "again in 2 s"),
            (12_500, "again in 12 s"),
            (120_000, "again in 119 s"),
            (121_000, "again in 2 min"),
            (122_000, "again in 3 min"),
        ] {
            assert_eq!(again(at(next), at(1_000)), said);
        }
    }

    #[test]
    fn what_was_is_so_long_ago() {
        let at = |secs| WallTime::since_unix_epoch(Duration::from_secs(secs));
        for (passed, said) in [
            (0, "0 s ago"),
            (119, "119 s ago"),
            (120, "2 min ago"),
            (7_199, "119 min ago"),
            (7_200, "2 h ago"),
            (172_799, "47 h ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(at(1_000), at(1_000 + passed)), said);
        }
        assert_eq!(ago(at(9), at(1)), "0 s ago", "a clock was set back");
    }
}
