//! Apps.

use super::{Answered, Shared};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::PathName,
    query::QueryString,
    views,
};
use axum::{Json, extract::State};
use collodi_api::{Answer, AppDetail, AppProcesses, Apps};
use collodi_contain::Name;
use collodi_driver::{AppClaim, CommandError};
use collodi_host::{AppChange, Command, Host, LeftAlone, Refused};
use std::collections::BTreeMap;

pub(crate) async fn apps(State(surface): Shared, query: QueryString) -> Answered<Apps> {
    let wait = query.flag("wait")?;
    let running = surface.host.query(running).await?;
    let running = |app: &str| running.get(app).copied().unwrap_or_default();
    let mut apps = surface.inventory.apps(wait, running).await?;
    for app in &mut apps {
        if let Ok(name) = Name::parse(&app.name) {
            let from = surface.apps.provenance(&name).await;
            app.origin = from.as_ref().map(views::origin);
        }
    }
    let count = apps.len();
    Ok(Json(Apps { apps, count }))
}

pub(crate) async fn app(State(surface): Shared, PathName(name): PathName) -> Answered<AppDetail> {
    Ok(Json(detail(&surface, &name).await?))
}

/// An app, and how much of it runs.
pub(super) async fn detail(surface: &Surface, name: &Name) -> Result<AppDetail, Fault> {
    let detail = surface.apps.detail(name).await?;
    let running = surface.host.query(running).await?;
    let running = running.get(name.as_str()).copied().unwrap_or_default();
    Ok(views::app_detail(&detail, running))
}

/// Keeps an app from running as long as the claim is there; `hint` helps when something of it
/// runs.
pub(super) async fn claim(
    surface: &Surface,
    name: &Name,
    change: AppChange,
    hint: &'static str,
) -> Result<AppClaim, Fault> {
    match surface.host.claim_app(name, change).await {
        Err(CommandError::Refused(busy @ Refused::Busy { .. })) => {
            Err(Fault::new(Kind::Busy, busy.to_string()).hint(hint))
        }
        Err(CommandError::Refused(Refused::LeftAlone(daemon))) => Err(left_alone(&daemon)),
        claimed => Ok(claimed?),
    }
}

/// Nothing is done with an app beside a daemon that is left alone.
pub(super) fn left_alone(daemon: &LeftAlone) -> Fault {
    Fault::new(Kind::Busy, daemon.to_string()).hint(daemon.way_out())
}

/// How many processes of each app have not ended.
fn running(host: &Host) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for process in host.processes().filter(|p| !p.has_ended()) {
        *counts.entry(process.app().to_owned()).or_default() += 1;
    }
    let alone = host.left_alone().filter(|alone| alone.tree.is_some());
    for app in alone.filter_map(|alone| alone.id.app()) {
        *counts.entry(app.to_owned()).or_default() += 1;
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
        let alone = host.left_alone().filter(|alone| alone.id.is_of(&app_id));
        AppProcesses {
            processes: processes.map(|p| views::process(p, host)).collect(),
            left_alone: alone.map(views::left_alone).collect(),
            app_id,
        }
    };
    Ok(Json(surface.host.query(of_app).await?))
}

pub(crate) async fn stop_app(State(surface): Shared, PathName(name): PathName) -> Answered<Answer> {
    let id = name.to_string();
    match surface.host.command(Command::StopApp(id.clone())).await {
        // It may be another app's.
        Err(CommandError::Refused(Refused::LeftAlone(daemon))) => Err(left_alone(&daemon)),
        answer => {
            answer?;
            Ok(Json(Answer {
                status: "stopping".to_owned(),
                id: Some(id),
            }))
        }
    }
}
