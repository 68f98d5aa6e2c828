//! Processes.

use super::{Answered, Shared, log_text::needle};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::PathId,
    query::QueryString,
    views,
};
use axum::{Json, extract::State};
use collodi_api::{Answer, LogPage, ProcessDetail, Processes};
use collodi_host::{Command, Host, Process, ProcessId, Refused};
use collodi_logs::{Line, Log, Needle};
use collodi_time::WallTime;

/// How many of the last lines a status has.
const STATUS_LINES: usize = 50;
/// How many lines a page has when nobody says, and at most.
const PAGE_LINES: u64 = 500;
const MOST_LINES: u64 = 1000;

pub(crate) async fn processes(State(surface): Shared) -> Answered<Processes> {
    let all = |host: &Host| {
        let processes = host.processes().map(|p| views::process(p, host));
        let processes: Vec<_> = processes.collect();
        Processes {
            count: processes.len(),
            processes,
            forgotten: host.forgotten_processes(),
            left_alone: host.left_alone().map(views::left_alone).collect(),
        }
    };
    Ok(Json(surface.host.query(all).await?))
}

pub(crate) async fn process(State(surface): Shared, PathId(id): PathId) -> Answered<ProcessDetail> {
    let detail = |process: &Process, host: &Host| ProcessDetail {
        process: views::process(process, host),
        logs: views::last_lines(process.log(), STATUS_LINES),
    };
    Ok(Json(find(&surface, &id, detail).await?))
}

pub(crate) async fn process_logs(
    State(surface): Shared,
    PathId(id): PathId,
    query: QueryString,
) -> Answered<LogPage> {
    let range = Range::of(&query)?;
    let page = move |process: &Process, host: &Host| {
        let epoch = host.options().epoch;
        range.page(process.id().as_str(), process.log(), epoch)
    };
    Ok(Json(find(&surface, &id, page).await?))
}

/// A process that has ended is left alone.
pub(crate) async fn stop_process(State(surface): Shared, PathId(id): PathId) -> Answered<Answer> {
    let process = ProcessId::from_text(&id);
    surface.host.command(Command::StopProcess(process)).await?;
    Ok(answer("stopping", id))
}

/// The lines that are asked for.
#[derive(Clone, Debug)]
pub(super) struct Range {
    from: u64,
    limit: usize,
    needle: Option<Needle>,
}

impl Range {
    /// `from` and `limit`, and what they must have in them. More lines than a page has are not given at once.
    pub(super) fn of(query: &QueryString) -> Result<Self, Fault> {
        let limit = query.number("limit")?.unwrap_or(PAGE_LINES).min(MOST_LINES);
        Ok(Self {
            from: query.number("from")?.unwrap_or_default(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            needle: needle(query)?,
        })
    }

    /// These lines of a log, and what stands behind the last one.
    pub(super) fn page(&self, id: &str, log: &Log, epoch: WallTime) -> LogPage {
        let wanted = |line: &Line| self.needle.as_ref().is_none_or(|n| n.is_in(line));
        let mut page = views::page(id, &log.search(self.from, self.limit, wanted), epoch);
        if self.needle.is_none() && page.next == log.next_seq() {
            page.unfinished = views::unfinished(log);
        }
        page
    }
}

/// A view of the process of this name.
pub(super) async fn find<T: Send + 'static>(
    surface: &Surface,
    id: &str,
    view: impl FnOnce(&Process, &Host) -> T + Send + 'static,
) -> Result<T, Fault> {
    let sought = ProcessId::from_text(id);
    let found = move |host: &Host| match host.process(&sought) {
        Some(process) => Ok(view(process, host)),
        None => Err(host.refusal_of(&sought)),
    };
    surface.host.query(found).await?.map_err(no_process)
}

/// Of one that the host leaves alone there is nothing to show, and nothing to start.
fn no_process(refused: Refused) -> Fault {
    match refused {
        Refused::LeftAlone(daemon) => {
            Fault::new(Kind::NotFound, daemon.to_string()).hint(daemon.way_out())
        }
        refused => refused.into(),
    }
}

pub(super) fn answer(status: impl ToString, id: String) -> Json<Answer> {
    Json(Answer {
        status: status.to_string(),
        id: Some(id),
    })
}
