//! A run once more, from a step on.

use super::{
    Shared,
    run_app::{accepted, begun, script},
    runs::find,
};
use crate::{
    Surface, body,
    caller::may_override,
    fault::{Fault, Kind},
    names::PathId,
};
use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use collodi_contain::Name;
use collodi_host::{Command, RunId, RunRequest};
use collodi_run::{Overrides, PreparedAnswers};
use collodi_script::Script;
use std::sync::Arc;

/// Begins a run of the same script with the same arguments, answers and overrides, over which
/// the body may say more, at the step that the earlier one came
/// to last when nobody says. Of an app of the workspace the script is as it is by now: a
/// step that failed is mended there.
pub(crate) async fn rerun(
    State(surface): Shared,
    PathId(id): PathId,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Fault> {
    let asked = body::rerun(&bytes)?;
    may_override(&surface, &headers, &asked.overrides).await?;
    let (request, latest) = find(&surface, &id, |run, _| (run.request(), run.known().step)).await?;
    let request = request.ok_or_else(|| {
        let detail = format!("an earlier server has run {id}, and nothing is known of its steps");
        Fault::new(Kind::NotFound, detail)
            .hint("run the app: from its beginning, or with \"from\" from a step that needs nothing of those before")
    })?;
    let script = script_by_now(&surface, &request).await?;
    let unattended = asked.unattended.unwrap_or(request.answers.unattended);
    let answers = PreparedAnswers::of(&asked.answers, unattended);
    let overrides = Overrides::clone(&request.overrides);
    let command = Command::RunFrom {
        request: RunRequest {
            script: script.unwrap_or_else(|| Arc::clone(&request.script)),
            answers: Box::new(request.answers.with(answers)),
            overrides: Arc::new(overrides.with(asked.overrides)),
            again: asked.again,
            ..request
        },
        from: asked.from.unwrap_or(latest),
        of: Some(RunId::from_text(&id)),
    };
    Ok(accepted(&begun(&surface, command).await?))
}

/// The script of an app of the workspace, which must be there and begin with the same file. None
/// for what is elsewhere: of that the text is known alone that it ran with.
async fn script_by_now(
    surface: &Surface,
    request: &RunRequest,
) -> Result<Option<Arc<Script>>, Fault> {
    let Ok(name) = Name::parse(&request.app.name) else {
        return Ok(None);
    };
    if request.app.root != surface.workspace.layout().app(&name) {
        return Ok(None);
    }
    let app = surface.workspace.load(&name).await?;
    if app.app != request.app {
        let detail = format!("{name} begins with another file than this run did");
        return Err(Fault::new(Kind::Busy, detail).hint("run the app from its beginning"));
    }
    Ok(Some(Arc::new(script(&app.parsed)?)))
}
