//! What a run would do.

use super::{Answered, Shared, run_app::script};
use crate::{
    fault::{Fault, Kind},
    names::PathName,
};
use axum::{Json, extract::State};
use collodi_api::Plan;
use collodi_command::TreeId;
use collodi_driver::HostHandle;
use collodi_host::{Host, RunRequest, run_options};
use collodi_run::RunOptions;
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
    let options = options(&surface.host, request).await?;
    let files = surface.workspace.files();
    Ok(Json(collodi_plan::plan(options, &**files).await))
}

/// What a run would be begun with, as soon as the host knows what the machine has.
async fn options(host: &HostHandle, request: RunRequest) -> Result<RunOptions, Fault> {
    let mut events = host.changes().await?;
    loop {
        let request = request.clone();
        let options = move |host: &Host| {
            let (tools, stand_ins) = host.found()?;
            let tree = TreeId::new("plan");
            Some(run_options(
                host.options(),
                request,
                tools,
                &stand_ins,
                (tree, 0),
            ))
        };
        if let Some(options) = host.query(options).await? {
            return Ok(options);
        }
        if events.next().await.is_none() {
            return Err(Fault::new(Kind::ShuttingDown, "the host has shut down"));
        }
    }
}
