//! What a run would do.

use super::{Answered, Shared, run_app::script};
use crate::{
    fault::{Fault, Kind},
    names::PathName,
};
use axum::{Json, extract::State};
use collodi_api::Plan;
use collodi_driver::HostHandle;
use collodi_host::{Host, RunRequest};
use collodi_plan::{Holds, PlanOptions};
use collodi_value::{Object, Value};
use futures::StreamExt as _;
use std::sync::Arc;

/// Plays the app's script in memory: nothing is run, and nothing is changed.
pub(crate) async fn plan(State(surface): Shared, PathName(name): PathName) -> Answered<Plan> {
    let app = surface.workspace.load(&name).await?;
    let request = RunRequest {
        app: app.app.clone(),
        script: Arc::new(script(&app.parsed)?),
        args: Value::Object(Object::new()),
        answers: Box::default(),
        again: false,
    };
    let options = options(&surface.host, surface.holds).await?;
    let files = surface.workspace.files();
    let plan = collodi_plan::plan(&options, request, &app.source, &**files);
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
