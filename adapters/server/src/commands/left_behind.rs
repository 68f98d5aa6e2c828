//! Daemons of an app that a server which is gone has left.

use crate::{failure::Failure, local::Local};
use anyhow::Result;
use collodi_contain::Name;
use collodi_host::{AppChange, LeftAlone};
use collodi_inventory::{Left, end_left, end_unread, left_of, left_unread};

/// Refuses to touch an app of which daemons live; those that do not are returned.
///
/// # Errors
///
/// Which live.
pub(super) async fn refuse(local: &Local, app: &Name, change: AppChange) -> Result<Vec<Left>> {
    if let Some(alone) = unread(local, app).await?.first() {
        return Err(is_alone(app, alone, change).into());
    }
    let left = left_of(&local.backends, local.apps.workspace(), app).await?;
    let living = left.iter().filter(|left| left.lives);
    let living: Vec<_> = living.map(|left| left.daemon.id.to_string()).collect();
    if living.is_empty() {
        return Ok(left);
    }
    let living = living.join(", ");
    let mut hint = format!(
        "start `collodi serve`, which goes on with what was left, then end it with `collodi stop {app}`"
    );
    let what = match change {
        AppChange::Addition => "add",
        AppChange::Update => "update",
        AppChange::Removal => {
            hint += "; or --force ends it first";
            "remove"
        }
    };
    let why = format!("failed to {what} {app}: a server that is gone has left {living} running");
    Err(Failure::new(why).hint(hint).into())
}

/// Those that no server could read, and that live or may.
async fn unread(local: &Local, app: &Name) -> Result<Vec<LeftAlone>> {
    let mut all = left_unread(&local.backends, local.apps.workspace()).await?;
    all.retain(|alone| alone.id.is_of(app.as_str()));
    Ok(all)
}

fn is_alone(app: &Name, alone: &LeftAlone, change: AppChange) -> Failure {
    let serve = "`collodi stop` needs a server: `collodi serve` starts one";
    let mut hint = format!("{}; {serve}", alone.way_out());
    if change == AppChange::Removal && alone.ends_with(app.as_str()) {
        hint += "; or --force ends it first";
    }
    Failure::new(format!("{app} is not touched: {alone}")).hint(hint)
}

/// Those that end with the app, when all do.
async fn unread_to_end(local: &Local, app: &Name) -> Result<Vec<LeftAlone>> {
    let all = unread(local, app).await?;
    match all.iter().find(|alone| !alone.ends_with(app.as_str())) {
        Some(alone) => Err(is_alone(app, alone, AppChange::Removal).into()),
        None => Ok(all),
    }
}

/// Ends and forgets those of an app that is removed; by force also those that live.
///
/// # Errors
///
/// Which live, or would not end.
pub(super) async fn end(local: &Local, app: &Name, force: bool) -> Result<()> {
    let unread = unread_to_end(local, app).await?;
    let left = match force {
        true => left_of(&local.backends, local.apps.workspace(), app).await?,
        false => refuse(local, app, AppChange::Removal).await?,
    };
    for alone in unread {
        if !end_unread(&local.backends, local.apps.workspace(), &alone).await? {
            let id = alone.id;
            return Err(Failure::new(format!("failed to remove {app}: {id} does not end")).into());
        }
    }
    for left in left {
        let id = left.daemon.id.clone();
        if !end_left(&local.backends, left).await? {
            return Err(Failure::new(format!("failed to remove {app}: {id} does not end")).into());
        }
    }
    Ok(())
}
