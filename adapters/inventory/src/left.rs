//! Daemons that have outlived their host.

use crate::leftovers::list;
use collodi_api::{EnvUse, EnvUseKind};
use collodi_backend::Backends;
use collodi_command::Signal;
use collodi_contain::{ContainedPath, Name};
use collodi_driver::{Workspace, empty};
use collodi_file::{FileAnswer, FileError, FileOp};
use collodi_host::LeftDaemon;

/// The largest record of a daemon that is read.
const RECORD_BYTES: u64 = 4 << 20;

/// A daemon that no host has seen end.
#[derive(Clone, Debug)]
pub struct Left {
    /// What is known of it.
    pub daemon: LeftDaemon,
    /// Whether something of it lives, or may live.
    pub lives: bool,
    /// The file that says so.
    record: ContainedPath,
}

/// The daemons that no host has seen end.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_daemons(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<Vec<Left>, FileError> {
    let state = workspace.layout().state();
    let mut all = Vec::new();
    for entry in list(&*backends.files, &state).await? {
        let Ok(record) = state.join(&entry.name) else {
            continue;
        };
        let read = FileOp::read(record.clone(), RECORD_BYTES);
        if let Ok(FileAnswer::Bytes(bytes)) = backends.files.perform(read).await
            && let Some(daemon) = LeftDaemon::read(&entry.name, &bytes)
        {
            // A tree that cannot be looked at counts as alive.
            let members = backends.process.tree_members(&daemon.tree).await;
            let lives = members.map_or(true, |members| !members.is_empty());
            all.push(Left {
                daemon,
                lives,
                record,
            });
        }
    }
    Ok(all)
}

/// As [`left_daemons`], those of an app.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_of(
    backends: &Backends,
    workspace: &Workspace,
    app: &Name,
) -> Result<Vec<Left>, FileError> {
    let mut all = left_daemons(backends, workspace).await?;
    all.retain(|left| left.daemon.app == app.as_str());
    Ok(all)
}

/// The living ones, each with the directory of the environment that it uses.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_users(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<Vec<(String, EnvUse)>, FileError> {
    let all = left_daemons(backends, workspace).await?;
    let living = all.into_iter().filter(|left| left.lives);
    let users = living.filter_map(|Left { daemon, .. }| {
        let user = EnvUse {
            kind: EnvUseKind::Process,
            app: Some(daemon.app),
            id: Some(daemon.id.to_string()),
        };
        Some((daemon.env?, user))
    });
    Ok(users.collect())
}

/// Ends a daemon, and forgets it: no host starts it again. Nobody else may be at work on the
/// workspace. Whether it is gone; of one that is not, the record stays.
///
/// # Errors
///
/// When its record cannot be removed.
pub async fn end_left(backends: &Backends, left: Left) -> Result<bool, FileError> {
    for signal in [Signal::TERM, Signal::KILL] {
        if empty(backends, &left.daemon.tree, signal).await {
            let path = left.record;
            backends.files.perform(FileOp::Remove { path }).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
