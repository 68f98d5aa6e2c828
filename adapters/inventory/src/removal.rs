//! Deletion where no host runs.

use crate::leftovers::list;
use collodi_api::{EnvUse, EnvUseKind};
use collodi_backend::{Backends, FileSystem};
use collodi_driver::Workspace;
use collodi_file::{FileAnswer, FileError, FileOp};
use collodi_host::LeftDaemon;
use collodi_python::{Deletion, EnvDir};
use std::ops::ControlFlow;

/// The largest record of a daemon that is read.
const RECORD_BYTES: u64 = 4 << 20;

/// Deletes an environment, whole or half-made. Nobody else may be at work on the workspace;
/// what another workspace makes or deletes is left to it.
///
/// # Errors
///
/// When something cannot be removed. What is left is half-made.
pub async fn remove(files: &dyn FileSystem, env: &EnvDir) -> Result<(), FileError> {
    let mut deletion = Deletion::FIRST;
    loop {
        let answer = files.perform(deletion.op(env)).await;
        match deletion.answered(env, answer) {
            ControlFlow::Continue(next) => deletion = next,
            ControlFlow::Break(ended) => return ended,
        }
    }
}

/// The daemons that live on without a host, each with the directory of the environment that it
/// uses.
///
/// # Errors
///
/// When it cannot be found out which there are.
pub async fn left_users(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<Vec<(String, EnvUse)>, FileError> {
    let state = workspace.layout().state();
    let entries = list(&*backends.files, &state).await?;
    let mut users = Vec::new();
    for entry in entries {
        let Ok(path) = state.join(&entry.name) else {
            continue;
        };
        let read = backends.files.perform(FileOp::read(path, RECORD_BYTES));
        if let Ok(FileAnswer::Bytes(bytes)) = read.await
            && let Some(user) = living(backends, &bytes).await
        {
            users.push(user);
        }
    }
    Ok(users)
}

/// A tree that cannot be looked at counts as alive.
async fn living(backends: &Backends, record: &[u8]) -> Option<(String, EnvUse)> {
    let daemon = LeftDaemon::read(record)?;
    let env = daemon.env?;
    let members = backends.process.tree_members(&daemon.tree).await;
    if members.is_ok_and(|members| members.is_empty()) {
        return None;
    }
    let user = EnvUse {
        kind: EnvUseKind::Process,
        app: Some(daemon.app),
        id: Some(daemon.id.to_string()),
    };
    Some((env, user))
}
