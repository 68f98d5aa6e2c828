//! The run of an app's script, from the request to its end.

use super::Shared;
use crate::{
    Surface, body,
    caller::may_override,
    fault::{Fault, Kind},
    names::PathName,
    views,
    wait::{Through, through},
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use collodi_api::{RunAccepted, RunResult, RunStatus, StepStatus};
use collodi_driver::LoadedApp;
use collodi_host::{Accepted, Command, Host, Refused, RunId, RunRequest};
use collodi_run::{Failure, Outcome, Status};
use collodi_script::{Parsed, Script, ScriptError, locate};
use std::sync::Arc;

/// Answers when the script is through; it goes on when nobody waits any more. With
/// `Prefer: respond-async`, answers when it has begun.
pub(crate) async fn run_app(
    State(surface): Shared,
    PathName(name): PathName,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Fault> {
    let body::RunBody {
        args,
        answers,
        again,
        from,
        overrides,
    } = body::run(&bytes)?;
    may_override(&surface, &headers, &overrides).await?;
    let app = surface.workspace.load(&name).await?;
    let script = script(&app.parsed)?;
    let request = RunRequest {
        app: app.app.clone(),
        script: Arc::new(script),
        args,
        answers: Box::new(answers),
        overrides: Arc::new(overrides),
        again,
    };
    let command = match from {
        None => Command::Run(request),
        Some(from) => Command::RunFrom {
            request,
            from,
            of: None,
        },
    };
    // Before the run: nothing of it must go unheard.
    let mut events = surface.host.changes().await?;
    let id = begun(&surface, command).await?;
    if prefers_async(&headers) {
        return Ok(accepted(&id));
    }
    match through(&surface.host, &mut events, &id).await? {
        Through::Serving => Ok(Json(serving(&surface, &id).await?).into_response()),
        Through::Ended(outcome) => Ok(Json(ended(&app, &id, &outcome)?).into_response()),
    }
}

/// The run that a command begins.
pub(super) async fn begun(surface: &Surface, command: Command) -> Result<RunId, Fault> {
    match surface.host.command(command).await? {
        Accepted::Run(id) => Ok(id),
        Accepted::UnderWay => Err(Fault::new(Kind::ShuttingDown, "the run was not begun")),
    }
}

/// The script, when it can be run.
pub(super) fn script(parsed: &Parsed) -> Result<Script, Fault> {
    parsed
        .script()
        .cloned()
        .map_err(|error| invalid(parsed, &error))
}

fn invalid(parsed: &Parsed, error: &ScriptError) -> Fault {
    let first = parsed.errors().next();
    Fault::new(Kind::InvalidScript, error.to_string()).with(|problem| {
        problem.file = Some(parsed.file.clone());
        problem.line = first.map(|first| first.start.line);
        problem.column = first.map(|first| first.start.column);
        problem.pointer = first.map(|first| first.pointer.clone());
        problem.hint = first.and_then(|first| first.hint.clone());
        problem.diagnostics = parsed.diagnostics.iter().map(views::diagnostic).collect();
    })
}

/// RFC 7240: a list of preferences, in one header or several.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all(HeaderName::from_static("prefer"));
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    let mut preferences = texts.flat_map(|text| text.split(','));
    preferences.any(|text| {
        let name = text.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("respond-async")
    })
}

pub(super) fn accepted(id: &RunId) -> Response {
    let body = RunAccepted {
        run_id: id.to_string(),
    };
    let mut answer = (StatusCode::ACCEPTED, Json(body)).into_response();
    let headers = answer.headers_mut();
    let applied = HeaderName::from_static("preference-applied");
    headers.insert(applied, HeaderValue::from_static("respond-async"));
    // An id has characters only that a header may have.
    if let Ok(location) = HeaderValue::try_from(format!("/python/runs/{id}")) {
        headers.insert(header::LOCATION, location);
    }
    answer
}

async fn serving(surface: &Surface, id: &RunId) -> Result<RunResult, Fault> {
    let sought = id.clone();
    let view = move |host: &Host| host.run(&sought).map(views::run);
    let Some(run) = surface.host.query(view).await? else {
        return Err(Refused::NoSuchRun(id.to_string()).into());
    };
    let begun = |status| !matches!(status, StepStatus::Pending | StepStatus::Skipped);
    Ok(RunResult {
        status: RunStatus::Serving,
        steps_run: run.steps.iter().filter(|step| begun(step.status)).count(),
        daemon_process_ids: run.daemon_process_ids,
        run_id: run.id,
    })
}

fn ended(app: &LoadedApp, id: &RunId, outcome: &Outcome) -> Result<RunResult, Fault> {
    let run_id = id.to_string();
    match &outcome.status {
        Status::Completed | Status::StoppedEarly => Ok(RunResult {
            status: views::word(&outcome.status),
            steps_run: outcome.steps_run,
            daemon_process_ids: outcome.daemons.iter().map(ToString::to_string).collect(),
            run_id,
        }),
        Status::Failed(failure) => Err(failed(app, run_id, failure)),
        _ => {
            let fault = Fault::new(Kind::Cancelled, format!("run {id} was cancelled"));
            Err(fault.with(|problem| problem.run_id = Some(run_id)))
        }
    }
}

fn failed(app: &LoadedApp, run_id: String, failure: &Failure) -> Fault {
    let place = locate(&app.source, &failure.pointer);
    let view = views::failure(failure);
    Fault::new(Kind::StepFailed, failure.to_string()).with(|problem| {
        problem.run_id = Some(run_id);
        problem.file = Some(app.app.file.clone());
        problem.line = Some(place.line);
        problem.column = Some(place.column);
        problem.pointer = Some(view.pointer.clone());
        problem.hint.clone_from(&view.hint);
        problem.failure = Some(view);
    })
}
