//! Daemons of an app that a server which is gone has left.

use crate::{failure::Failure, local::Local};
use anyhow::Result;
use collodi_contain::Name;
use collodi_host::{AppChange, LeftAlone, LeftStep, LostDaemon};
use collodi_inventory::{
    Left, Unclaimed, end_left, end_lost, end_step, end_unread, forget_ended, left_of,
};

/// Refuses to touch an app of which daemons live; those that do not are returned.
///
/// # Errors
///
/// Which live.
pub(super) async fn refuse(local: &Local, app: &Name, change: AppChange) -> Result<Vec<Left>> {
    if let Some(unread) = unread(local, app).await?.first() {
        return Err(unread.refusal(app, change).into());
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

/// What no server goes on with.
enum Unread {
    Alone(LeftAlone),
    Lost(LostDaemon),
    Step(LeftStep),
}

impl Unread {
    fn name(&self) -> &str {
        match self {
            Self::Alone(alone) => alone.id.as_str(),
            Self::Lost(lost) => lost.id.as_str(),
            Self::Step(step) => step.run.as_str(),
        }
    }

    /// Whether it is of this app, or may be.
    fn is_of(&self, app: &Name) -> bool {
        match self {
            Self::Alone(alone) => alone.id.is_of(app.as_str()),
            Self::Lost(lost) => lost.id.is_of(app.as_str()),
            Self::Step(step) => step.run.app() == Some(app.as_str()),
        }
    }

    /// Whether nothing of it is left when somebody ends this app.
    fn ends_with(&self, app: &Name) -> bool {
        match self {
            Self::Alone(alone) => alone.ends_with(app.as_str()),
            Self::Lost(lost) => lost.id.app() == Some(app.as_str()),
            Self::Step(step) => step.run.app() == Some(app.as_str()),
        }
    }

    fn refusal(&self, app: &Name, change: AppChange) -> Failure {
        let serve = "`collodi stop` needs a server: `collodi serve` starts one";
        let (why, mut hint) = match self {
            Self::Alone(alone) => (alone.to_string(), format!("{}; {serve}", alone.way_out())),
            Self::Lost(lost) => (lost.to_string(), lost.way_out().to_owned()),
            Self::Step(step) => (step.to_string(), step.way_out().to_owned()),
        };
        if change == AppChange::Removal && self.ends_with(app) {
            hint += "; or --force ends it first";
        }
        Failure::new(format!("{app} is not touched: {why}")).hint(hint)
    }

    /// Whether it is gone.
    async fn end(&self, local: &Local) -> Result<bool> {
        let (backends, workspace) = (&local.backends, local.apps.workspace());
        Ok(match self {
            Self::Alone(alone) => end_unread(backends, workspace, alone).await?,
            Self::Lost(lost) => end_lost(backends, workspace, lost).await?,
            Self::Step(step) => end_step(backends, step).await,
        })
    }
}

/// What of an app no server goes on with, and that live or may.
async fn unread(local: &Local, app: &Name) -> Result<Vec<Unread>> {
    let (backends, workspace) = (&local.backends, local.apps.workspace());
    let Unclaimed {
        alone, lost, steps, ..
    } = Unclaimed::of(backends, workspace).await?;
    let all = alone.into_iter().map(Unread::Alone);
    let all = all.chain(lost.into_iter().map(Unread::Lost));
    let all = all.chain(steps.into_iter().map(Unread::Step));
    Ok(all.filter(|one| one.is_of(app)).collect())
}

/// Those that end with the app, when all do.
async fn unread_to_end(local: &Local, app: &Name) -> Result<Vec<Unread>> {
    let all = unread(local, app).await?;
    match all.iter().find(|unread| !unread.ends_with(app)) {
        Some(unread) => Err(unread.refusal(app, AppChange::Removal).into()),
        None => Ok(all),
    }
}

/// Refuses an app of which something may live that nobody ends with it.
///
/// # Errors
///
/// Which that is.
pub(super) async fn refuse_lasting(local: &Local, app: &Name) -> Result<()> {
    unread_to_end(local, app).await.map(drop)
}

/// Ends and forgets those of an app that is removed, also those that have ended; by force also those
/// that live.
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
    for unread in unread {
        if !unread.end(local).await? {
            return Err(not_ended(app, unread.name()));
        }
    }
    for left in left {
        let id = left.daemon.id.clone();
        if !end_left(&local.backends, left).await? {
            return Err(not_ended(app, id.as_str()));
        }
    }
    Ok(forget_ended(&local.backends, local.apps.workspace(), app).await?)
}

fn not_ended(app: &Name, id: &str) -> anyhow::Error {
    Failure::new(format!("failed to remove {app}: {id} does not end")).into()
}
