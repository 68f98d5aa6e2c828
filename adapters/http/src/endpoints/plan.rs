//! What a run would do.

use super::{Answered, Shared, run_app::script};
use crate::{
    Surface, body,
    fault::{Fault, Kind},
    names::PathName,
};
use axum::{Json, body::Bytes, extract::State};
use collodi_api::Plan;
use collodi_driver::HostHandle;
use collodi_host::{Host, RunRequest};
use collodi_plan::{Holds, PlanOptions};
use collodi_run::App;
use collodi_script::Parsed;
use collodi_value::{Object, Value};
use futures::StreamExt as _;
use std::sync::Arc;

/// Plays the app's script in memory: nothing is run, and nothing is changed.
pub(crate) async fn plan(State(surface): Shared, PathName(name): PathName) -> Answered<Plan> {
    let app = surface.workspace.load(&name).await?;
    play(&surface, app.app, &app.parsed, &app.source).await
}

/// The same as if the script had this text.
pub(crate) async fn plan_text(
    State(surface): Shared,
    PathName(name): PathName,
    bytes: Bytes,
) -> Answered<Plan> {
    let text = body::script(&bytes)?;
    let app = surface.workspace.load(&name).await?;
    let parsed = surface.workspace.parse(&app, text.as_bytes());
    play(&surface, app.app, &parsed, &text).await
}

async fn play(surface: &Surface, app: App, parsed: &Parsed, source: &str) -> Answered<Plan> {
    let request = RunRequest {
        app,
        script: Arc::new(script(parsed)?),
        args: Value::Object(Object::new()),
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    };
    let options = options(&surface.host, surface.holds).await?;
    let files = surface.workspace.files();
    let plan = collodi_plan::plan(&options, request, source, &**files);
    Ok(Json(plan.await))
}

/// What a run would be begun with, as soon as the host knows what the machine has.
async fn options(host: &HostHandle, holds: Holds) -> Result<PlanOptions, Fault> {
    let mut events = host.changes().await?;
    loop {
        let found = move |host: &Host| {
            let (tools, stand_ins) = host.found()?;
            let (host, tools) = (host.options().clone(), tools.clone());
            Some(PlanOptions {
                host,
                tools,
                stand_ins,
                holds,
            })
        };
        if let Some(options) = host.query(found).await? {
            return Ok(options);
        }
        if events.next().await.is_none() {
            return Err(Fault::new(Kind::ShuttingDown, "the host has shut down"));
        }
    }
}
