//! Daemons that have outlived their host.

use crate::{leftovers::list, unclaimed::state_files};
use collodi_api::{Env, EnvUse, EnvUseKind};
use collodi_backend::Backends;
use collodi_command::{Signal, TreeId};
use collodi_contain::{ContainedPath, Name};
use collodi_driver::{Workspace, empty};
use collodi_file::{FileAnswer, FileError, FileOp};
use collodi_host::{LeftAlone, LeftDaemon, LeftStep, Lost, LostDaemon, ProcessId};
use std::collections::BTreeSet;

/// The largest record of a daemon that is read.
pub(crate) const RECORD_BYTES: u64 = 4 << 20;

/// A daemon that no host has seen end, or that each host starts.
#[derive(Clone, Debug)]
pub struct Left {
    /// What is known of it.
    pub daemon: LeftDaemon,
    /// Whether something of it lives, or may live.
    pub lives: bool,
    /// The file that says so.
    record: ContainedPath,
}

/// The daemons that no host has seen end, and those that each host starts.
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
            let lives = may_live(backends, Some(&daemon.tree)).await;
            all.push(Left {
                daemon,
                lives,
                record,
            });
        }
    }
    Ok(all)
}

/// Ends a step. Nobody else may be at work on the workspace. Whether nothing of it is left.
pub async fn end_step(backends: &Backends, step: &LeftStep) -> bool {
    end(backends, &step.tree).await
}

/// A tree that nobody knows, or can look at, counts as alive.
pub(crate) async fn may_live(backends: &Backends, tree: Option<&TreeId>) -> bool {
    match tree {
        Some(tree) => {
            let members = backends.process.tree_members(tree).await;
            members.map_or(true, |members| !members.is_empty())
        }
        None => true,
    }
}

/// Ends a daemon whose file was not read, and puts that aside, in place of an older one of its name. Nobody else may be at work on the
/// workspace. Whether it is gone; of one that is not, or of which nobody knows, the file stays.
///
/// # Errors
///
/// When its file cannot be put aside.
pub async fn end_unread(
    backends: &Backends,
    workspace: &Workspace,
    alone: &LeftAlone,
) -> Result<bool, FileError> {
    let is_gone = match &alone.tree {
        Some(tree) => end(backends, tree).await,
        None => false,
    };
    if is_gone {
        put_aside(backends, workspace, &alone.id).await?;
    }
    Ok(is_gone)
}

/// As [`end_unread`], one whose file says nothing: what is in that is put aside, if anything is.
///
/// # Errors
///
/// When its file cannot be put aside.
pub async fn end_lost(
    backends: &Backends,
    workspace: &Workspace,
    lost: &LostDaemon,
) -> Result<bool, FileError> {
    let is_gone = end(backends, &lost.tree).await;
    if is_gone && matches!(lost.why, Lost::Damaged(_)) {
        put_aside(backends, workspace, &lost.id).await?;
    }
    Ok(is_gone)
}

async fn end(backends: &Backends, tree: &TreeId) -> bool {
    empty(backends, tree, Signal::TERM).await || empty(backends, tree, Signal::KILL).await
}

async fn put_aside(
    backends: &Backends,
    workspace: &Workspace,
    id: &ProcessId,
) -> Result<(), FileError> {
    let layout = workspace.layout();
    let (name, path) = (format!("{id}.json"), layout.set_aside());
    if let (Ok(from), Ok(to)) = (layout.state().join(&name), path.join(&name)) {
        let older = FileOp::Remove { path: to.clone() };
        for op in [FileOp::MakeDir { path }, older, FileOp::Rename { from, to }] {
            backends.files.perform(op).await?;
        }
    }
    Ok(())
}

/// Forgets the daemons of an app that have ended; the next host does not know them, and removes what they
/// said. Nobody else may be at work on the workspace.
///
/// # Errors
///
/// When that is not possible.
pub async fn forget_ended(
    backends: &Backends,
    workspace: &Workspace,
    app: &Name,
) -> Result<(), FileError> {
    let state = workspace.layout().state();
    let found = state_files(backends, workspace).await?;
    for id in found.ended_of(app.as_str()) {
        if let Ok(path) = state.join(&format!("{id}.json")) {
            backends.files.perform(FileOp::Remove { path }).await?;
        }
    }
    Ok(())
}

/// Adds these to what uses environments: which one they live in nobody knows, so it may be each that a
/// script of their apps names.
pub fn may_use<'a>(envs: &mut [Env], daemons: impl Iterator<Item = &'a ProcessId> + Clone) {
    add_users(envs, |app| {
        let its = daemons.clone().filter(|id| id.is_of(app));
        its.map(unread_user).collect()
    });
}

/// Puts before what uses an environment those that may be of the apps that do.
pub(crate) fn add_users(envs: &mut [Env], of_app: impl Fn(&str) -> Vec<EnvUse>) {
    for env in envs {
        let apps: BTreeSet<_> = env.used_by.iter().filter_map(|of| of.app.clone()).collect();
        let mut users: Vec<EnvUse> = Vec::new();
        for user in apps.iter().flat_map(|app| of_app(app)) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        env.used_by.splice(..0, users);
    }
}

fn unread_user(id: &ProcessId) -> EnvUse {
    EnvUse {
        kind: EnvUseKind::Process,
        app: id.app().map(ToOwned::to_owned),
        id: Some(id.to_string()),
    }
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

/// Those that live, or that the next host starts, each with the directory of the environment that it uses.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_users(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<Vec<(String, EnvUse)>, FileError> {
    let all = left_daemons(backends, workspace).await?;
    let kept = all
        .into_iter()
        .filter(|left| left.lives || left.daemon.waits);
    let users = kept.filter_map(|Left { daemon, .. }| {
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
    let is_gone = end(backends, &left.daemon.tree).await;
    if is_gone {
        let path = left.record;
        backends.files.perform(FileOp::Remove { path }).await?;
    }
    Ok(is_gone)
}
