//! Runs.

use super::{Answered, Shared, processes::Range};
use crate::{Surface, body, fault::Fault, names::PathId, query::QueryString, views};
use axum::{Json, body::Bytes, extract::State};
use collodi_api::{Answer, LogPage, Run, Runs};
use collodi_host::{Command, Host, Refused, RunEntry, RunId};
use collodi_time::WallTime;

pub(crate) async fn runs(State(surface): Shared) -> Answered<Runs> {
    let all = |host: &Host| host.runs().map(views::run).collect::<Vec<_>>();
    let runs = surface.host.query(all).await?;
    Ok(Json(Runs {
        count: runs.len(),
        runs,
    }))
}

pub(crate) async fn run(State(surface): Shared, PathId(id): PathId) -> Answered<Run> {
    Ok(Json(find(&surface, &id, |run, _| views::run(run)).await?))
}

pub(crate) async fn run_logs(
    State(surface): Shared,
    PathId(id): PathId,
    query: QueryString,
) -> Answered<LogPage> {
    let range = Range::of(&query)?;
    let page = move |run: &RunEntry, epoch| range.page(run.id().as_str(), run.log(), epoch);
    Ok(Json(find(&surface, &id, page).await?))
}

pub(crate) async fn cancel_run(State(surface): Shared, PathId(id): PathId) -> Answered<Answer> {
    let run = RunId::from_text(&id);
    surface.host.command(Command::CancelRun(run)).await?;
    Ok(Json(Answer {
        status: "cancelling".to_owned(),
        id: Some(id),
    }))
}

/// Answers what the run asks.
pub(crate) async fn answer_run(
    State(surface): Shared,
    PathId(id): PathId,
    bytes: Bytes,
) -> Answered<Answer> {
    let answer = body::answer(&bytes, RunId::from_text(&id))?;
    surface.host.command(answer).await?;
    Ok(Json(Answer {
        status: "answered".to_owned(),
        id: Some(id),
    }))
}

/// A view of the run of this name.
pub(super) async fn find<T: Send + 'static>(
    surface: &Surface,
    id: &str,
    view: impl FnOnce(&RunEntry, WallTime) -> T + Send + 'static,
) -> Result<T, Fault> {
    let sought = RunId::from_text(id);
    let found = move |host: &Host| host.run(&sought).map(|run| view(run, host.options().epoch));
    let found = surface.host.query(found).await?;
    found.ok_or_else(|| Refused::NoSuchRun(id.to_string()).into())
}
