//! Deletion where no host runs.

use collodi_backend::Backends;
use collodi_command::{Signal, TreeId};
use collodi_driver::{empty, left_note};
use collodi_file::FileError;
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
    let note = left_note(&*backends.files, &env.marker()).await.ok()??;
    env_maker(&note)
}
