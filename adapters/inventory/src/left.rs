//! Daemons that have outlived their host.

use crate::leftovers::list;
use collodi_api::{Env, EnvUse, EnvUseKind};
use collodi_backend::Backends;
use collodi_command::Signal;
use collodi_contain::{ContainedPath, Name};
use collodi_driver::{Workspace, empty};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_host::{LeftAlone, LeftDaemon, StateFiles};

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

/// The daemons whose files cannot be read, or are of another version, and of which something lives, or
/// may live.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_unread(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<Vec<LeftAlone>, FileError> {
    let state = workspace.layout().state();
    let mut found = StateFiles::default();
    for entry in list(&*backends.files, &state).await? {
        let (name, kind) = (&entry.name, entry.kind);
        let Ok(path) = state.join(name) else {
            continue;
        };
        if kind != FileKind::File {
            found.no_file(name, kind);
            continue;
        }
        let read = FileOp::read(path, RECORD_BYTES);
        match backends.files.perform(read).await {
            Ok(FileAnswer::Bytes(bytes)) => found.read(name, &bytes),
            Err(error) if error.kind != FileErrorKind::NotFound => found.not_read(name, &error),
            // It has gone meanwhile.
            _ => {}
        }
    }
    let mut living = Vec::new();
    for alone in found.left_alone(&state) {
        if may_live(backends, &alone).await {
            living.push(alone);
        }
    }
    Ok(living)
}

async fn may_live(backends: &Backends, alone: &LeftAlone) -> bool {
    match &alone.tree {
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
        Some(tree) => {
            empty(backends, tree, Signal::TERM).await || empty(backends, tree, Signal::KILL).await
        }
        None => false,
    };
    let layout = workspace.layout();
    let (name, path) = (format!("{}.json", alone.id), layout.set_aside());
    if let (true, Ok(from), Ok(to)) = (is_gone, layout.state().join(&name), path.join(&name)) {
        let older = FileOp::Remove { path: to.clone() };
        for op in [FileOp::MakeDir { path }, older, FileOp::Rename { from, to }] {
            backends.files.perform(op).await?;
        }
    }
    Ok(is_gone)
}

/// Adds these to what uses environments: which one they live in nobody knows, so it may be each that a
/// script of their apps names.
pub fn may_use<'a>(envs: &mut [Env], alone: impl Iterator<Item = &'a LeftAlone> + Clone) {
    for env in envs {
        let apps: Vec<_> = env.used_by.iter().filter_map(|of| of.app.clone()).collect();
        let its = |alone: &&LeftAlone| apps.iter().any(|app| alone.id.is_of(app));
        let users = alone.clone().filter(its).map(unread_user);
        env.used_by.splice(..0, users);
    }
}

fn unread_user(alone: &LeftAlone) -> EnvUse {
    EnvUse {
        kind: EnvUseKind::Process,
        app: alone.id.app().map(ToOwned::to_owned),
        id: Some(alone.id.to_string()),
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
    for signal in [Signal::TERM, Signal::KILL] {
        if empty(backends, &left.daemon.tree, signal).await {
            let path = left.record;
            backends.files.perform(FileOp::Remove { path }).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
