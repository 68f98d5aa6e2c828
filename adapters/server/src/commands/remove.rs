//! `collodi remove`

use super::{
    add::parse_name,
    env::delete,
    left_behind,
    named::{Known, ends_with, is_left_alone},
};
use crate::{
    cli::RemoveArgs,
    client::Client,
    failure::Failure,
    local::{Local, refused},
    sure::{can_ask, sure},
};
use anyhow::Result;
use collodi_api::AppRemoved;
use collodi_contain::Name;
use collodi_host::{AppChange, Refused};
use collodi_inventory::only_of;
use std::{path::Path, process::ExitCode};

/// What goes with an app.
struct Removal {
    /// Its folder.
    path: String,
    /// The environments that its scripts name, and no other app's use.
    environments: Vec<Name>,
}

/// Shows what goes, asks, and removes it.
pub(crate) fn remove(workspace: &Path, json: bool, args: &RemoveArgs) -> Result<ExitCode> {
    let name = parse_name(&args.name)?;
    let server = Client::of_running(workspace)?;
    match &server {
        Some(server) => refuse_busy(server, &name, args.force)?,
        None => refuse_left(workspace, &name, args.force)?,
    }
    let Some(removal) = agreed(workspace, json, &name, args)? else {
        complain!("nothing was removed");
        return Ok(ExitCode::FAILURE);
    };
    if let Some(server) = server {
        let (force, env) = (args.force, args.env);
        let path = format!("/python/apps/{name}?force={force}&env={env}");
        return show(json, &server.delete(&path)?);
    }
    let removed = Local::alone(workspace, |local| async move {
        left_behind::end(&local, &name, args.force).await?;
        by_itself(&local, &name, removal, args.env).await
    })?;
    show(json, &removed)
}

/// Refuses an app of which something runs, or what not even force ends: the server does too, but only
/// when it was shown what goes.
fn refuse_busy(server: &Client, name: &Name, force: bool) -> Result<()> {
    let known = Known::of(server)?;
    if let Some(by) = known.busy_by(name.as_str()).filter(|_| !force) {
        let (app, by) = (name.to_string(), by.to_owned());
        let hint = format!("end it first with `collodi stop {app}`, or have it ended with --force");
        return Err(Failure::new(Refused::Busy { app, by }).hint(hint).into());
    }
    let kept = match force {
        true => known.outlives(name.as_str()),
        false => known.kept_by(name.as_str()),
    };
    let Some(alone) = kept else {
        return Ok(());
    };
    let by_force = match ends_with(alone, name.as_str()) {
        true => "; --force ends it first",
        false => "",
    };
    let hint = format!("{}{by_force}", alone.hint);
    Err(is_left_alone(alone).hint(hint).into())
}

fn refuse_left(workspace: &Path, name: &Name, force: bool) -> Result<()> {
    Local::look(workspace, |local| async move {
        match force {
            true => left_behind::refuse_lasting(&local, name).await,
            false => left_behind::refuse(&local, name, AppChange::Removal)
                .await
                .map(drop),
        }
    })
}

/// Shows what goes, and asks; none when nobody wants it to.
fn agreed(workspace: &Path, json: bool, name: &Name, args: &RemoveArgs) -> Result<Option<Removal>> {
    let removal = Local::look(workspace, |local| async move {
        let path = local.apps.folder(name).await.map_err(refused)?;
        let environments = only_of(local.apps.workspace(), name).await?;
        Ok(Removal { path, environments })
    })?;
    let otherwise = format!("collodi remove {name} --yes");
    if !args.yes {
        can_ask(&otherwise)?;
    }
    if !json {
        tell(&removal, args.env);
    }
    let question = format!("Remove {name}?");
    let is_sure = args.yes || sure(&question, &otherwise)?;
    Ok(is_sure.then_some(removal))
}

async fn by_itself(
    local: &Local,
    name: &Name,
    removal: Removal,
    with_envs: bool,
) -> Result<AppRemoved> {
    local.apps.remove(name).await.map_err(refused)?;
    let workspace = local.apps.workspace();
    let mut environments = Vec::new();
    for env in removal.environments {
        let went = async || {
            delete(&local.backends, workspace, &env, false)
                .await
                .is_ok()
        };
        let gone = with_envs && went().await;
        environments.push((env.to_string(), gone));
    }
    Ok(AppRemoved::of(name.to_string(), environments))
}

fn tell(removal: &Removal, with_envs: bool) {
    say!("{} goes, with all that is in it", removal.path);
    for env in &removal.environments {
        match with_envs {
            true => say!("the environment {env} goes, with all that is installed in it"),
            false => say!("the environment {env} stays (--env: goes too)"),
        }
    }
}

fn show(json: bool, removed: &AppRemoved) -> Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string(removed)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} is removed", removed.name);
    for env in &removed.environments {
        say!("the environment {env} is deleted");
    }
    Ok(ExitCode::SUCCESS)
}
