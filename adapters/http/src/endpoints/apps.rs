//! Apps.

use super::{Answered, Shared};
use crate::{names::PathName, views};
use axum::{Json, extract::State};
use collodi_api::{Answer, AppProcesses, Apps};
use collodi_host::{Command, Host};
use std::collections::BTreeMap;

pub(crate) async fn apps(State(surface): Shared) -> Answered<Apps> {
    let running = surface.host.query(running).await?;
    let running = |app: &str| running.get(app).copied().unwrap_or_default();
    let apps = surface.inventory.apps(running).await?;
    let count = apps.len();
    Ok(Json(Apps { apps, count }))
}

/// How many processes of each app have not ended.
fn running(host: &Host) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for process in host.processes().filter(|p| !p.has_ended()) {
        *counts.entry(process.app().to_owned()).or_default() += 1;
    }
    counts
}

pub(crate) async fn app_processes(
    State(surface): Shared,
    PathName(name): PathName,
) -> Answered<AppProcesses> {
    let app_id = name.to_string();
    let of_app = move |host: &Host| {
        let processes = host.processes().filter(|p| p.app() == app_id);
        AppProcesses {
            processes: processes.map(|p| views::process(p, host)).collect(),
            app_id,
        }
    };
    Ok(Json(surface.host.query(of_app).await?))
}

pub(crate) async fn stop_app(State(surface): Shared, PathName(name): PathName) -> Answered<Answer> {
    let id = name.to_string();
    surface.host.command(Command::StopApp(id.clone())).await?;
    Ok(Json(Answer {
        status: "stopping".to_owned(),
        id: Some(id),
    }))
}
