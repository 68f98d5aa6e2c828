//! Daemons of an app that a server which is gone has left.

use crate::{failure::Failure, local::Local};
use anyhow::Result;
use collodi_contain::Name;
use collodi_host::AppChange;
use collodi_inventory::{Left, end_left, left_of};

/// Refuses to touch an app of which daemons live; those that do not are returned.
///
/// # Errors
///
/// Which live.
pub(super) async fn refuse(local: &Local, app: &Name, change: AppChange) -> Result<Vec<Left>> {
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

/// Ends and forgets those of an app that is removed; by force also those that live.
///
/// # Errors
///
/// Which live, or would not end.
pub(super) async fn end(local: &Local, app: &Name, force: bool) -> Result<()> {
    let left = match force {
        true => left_of(&local.backends, local.apps.workspace(), app).await?,
        false => refuse(local, app, AppChange::Removal).await?,
    };
    for left in left {
        let id = left.daemon.id.clone();
        if !end_left(&local.backends, left).await? {
            return Err(Failure::new(format!("failed to remove {app}: {id} does not end")).into());
        }
    }
    Ok(())
}
