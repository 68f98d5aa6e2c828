//! Deletion where no host runs.

use collodi_backend::FileSystem;
use collodi_file::FileError;
use collodi_python::{Deletion, EnvDir};
use std::ops::ControlFlow;

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
