//! Apps that are removed.

use super::{Answered, Shared, apps::busy, envs::delete_known};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::PathName,
    query::flag,
    wait::next,
};
use axum::{Json, extract::State, http::Uri};
use collodi_api::AppRemoved;
use collodi_contain::Name;
use collodi_driver::CommandError;
use collodi_host::{Command, Refused};
use collodi_inventory::only_of;

/// Answers when the app is gone; with `force`, what runs of it is ended first.
pub(crate) async fn remove_app(
    State(surface): Shared,
    PathName(name): PathName,
    uri: Uri,
) -> Answered<AppRemoved> {
    let (force, with_envs) = (flag(&uri, "force")?, flag(&uri, "env")?);
    surface.apps.folder(&name).await?;
    let named = only_of(&surface.workspace, &name).await?;
    if let Some(by) = busy(&surface, &name).await? {
        if !force {
            let detail = format!("app {name} is busy: {by} has not ended");
            return Err(Fault::new(Kind::Busy, detail)
                .hint("stop it first, or have it stopped with ?force=true"));
        }
        stopped(&surface, &name).await?;
    }
    surface.apps.remove(&name).await?;
    let (mut environments, mut kept) = (Vec::new(), Vec::new());
    for env in named {
        // One that is in use by then stays, and the answer says so.
        let gone = with_envs && delete_known(&surface, &env, false).await.is_ok();
        let list = if gone { &mut environments } else { &mut kept };
        list.push(env.to_string());
    }
    Ok(Json(AppRemoved {
        status: "removed".to_owned(),
        name: name.to_string(),
        environments,
        kept,
    }))
}

/// Ends what runs of an app, and waits for its end.
async fn stopped(surface: &Surface, name: &Name) -> Result<(), Fault> {
    let mut events = surface.host.changes().await?;
    match surface
        .host
        .command(Command::StopApp(name.to_string()))
        .await
    {
        // It has ended by itself.
        Ok(_) | Err(CommandError::Refused(Refused::NothingRuns(_))) => {}
        Err(error) => return Err(error.into()),
    }
    while busy(surface, name).await?.is_some() {
        next(&mut events).await?;
    }
    Ok(())
}
