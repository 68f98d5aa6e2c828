//! Deletion where no host runs.

use crate::left::empty;
use collodi_backend::Backends;
use collodi_command::{Signal, TreeId};
use collodi_file::{Claim, FileAnswer, FileError, FileOp};
use collodi_host::env_maker;
use collodi_python::{Deletion, EnvDir};
use std::ops::ControlFlow;

/// Deletes an environment, whole or half-made, and first ends what a maker that is gone has left
/// running. Nobody else may be at work on the workspace;
/// what another workspace makes or deletes is left to it.
///
/// # Errors
///
/// When something cannot be removed. What is left is half-made.
pub async fn remove(backends: &Backends, env: &EnvDir) -> Result<(), FileError> {
    if let Some(tree) = left_maker(backends, env).await {
        // What does not end shows in what cannot be removed.
        let _ = empty(backends, &tree, Signal::KILL).await;
    }
    let mut deletion = Deletion::FIRST;
    loop {
        let answer = backends.files.perform(deletion.op(env)).await;
        match deletion.answered(env, answer) {
            ControlFlow::Continue(next) => deletion = next,
            ControlFlow::Break(ended) => return ended,
        }
    }
}

/// The tree of who marked the environment, and is gone.
async fn left_maker(backends: &Backends, env: &EnvDir) -> Option<TreeId> {
    let path = env.marker();
    let holder = backends.files.perform(FileOp::Holder { path }).await;
    if !matches!(holder, Ok(FileAnswer::NotHeld)) {
        return None;
    }
    let read = FileOp::read(env.marker(), 2 * Claim::MAX_NOTE as u64);
    match backends.files.perform(read).await {
        Ok(FileAnswer::Bytes(bytes)) => {
            env_maker(&Claim::read(&String::from_utf8_lossy(&bytes)).note)
        }
        _ => None,
    }
}
