//! Apps that are removed.

use super::{
    Answered, Shared,
    apps::{claim, left_alone},
    envs::delete_known,
};
use crate::{Surface, fault::Fault, names::PathName, query::QueryString, wait::next};
use axum::{Json, extract::State};
use collodi_api::AppRemoved;
use collodi_contain::Name;
use collodi_driver::{AppClaim, CommandError};
use collodi_host::{AppChange, Command, Host, Refused};
use collodi_inventory::only_of;

/// Answers when the app is gone; with `force`, what runs of it is ended first.
pub(crate) async fn remove_app(
    State(surface): Shared,
    PathName(name): PathName,
    query: QueryString,
) -> Answered<AppRemoved> {
    let (force, with_envs) = (query.flag("force")?, query.flag("env")?);
    surface.apps.folder(&name).await?;
    let named = only_of(&surface.workspace, &name).await?;
    let _claim = match force {
        true => stopped(&surface, &name).await?,
        false => {
            let hint = "stop it first, or have it stopped with --force (?force=true)";
            claim(&surface, &name, AppChange::Removal, hint).await?
        }
    };
    surface.apps.remove(&name).await?;
    let mut environments = Vec::new();
    for env in named {
        // One that is in use by then stays, and the answer says so.
        let gone = with_envs && delete_known(&surface, &env, false).await.is_ok();
        environments.push((env.to_string(), gone));
    }
    Ok(Json(AppRemoved::of(name.to_string(), environments)))
}

/// Ends what runs of an app, and claims it when that has ended.
async fn stopped(surface: &Surface, name: &Name) -> Result<AppClaim, Fault> {
    refuse_unended(surface, name).await?;
    let mut events = surface.host.changes().await?;
    let mut told = None;
    loop {
        let by = match surface.host.claim_app(name, AppChange::Removal).await {
            Err(CommandError::Refused(Refused::Busy { by, .. })) => by,
            Err(CommandError::Refused(Refused::LeftAlone(daemon))) => daemon.id.to_string(),
            claimed => return Ok(claimed?),
        };
        // Who was told to end takes a while.
        if told.as_ref() != Some(&by) {
            stop(surface, name).await?;
            told = Some(by);
        }
        next(&mut events).await?;
    }
}

/// Of what is left alone, and nobody ends with this app, something may run in its folder.
async fn refuse_unended(surface: &Surface, name: &Name) -> Result<(), Fault> {
    let name = name.clone();
    let unended = move |host: &Host| {
        let app = name.as_str();
        let mut its = host.left_alone().filter(|alone| alone.id.is_of(app));
        its.find(|alone| !alone.ends_with(app)).cloned()
    };
    let unended = surface.host.query(unended).await?;
    unended.map_or(Ok(()), |daemon| Err(left_alone(&daemon)))
}

async fn stop(surface: &Surface, name: &Name) -> Result<(), Fault> {
    let stop = Command::StopApp(name.to_string());
    match surface.host.command(stop).await {
        // It has ended by itself.
        Ok(_) | Err(CommandError::Refused(Refused::NothingRuns(_))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
