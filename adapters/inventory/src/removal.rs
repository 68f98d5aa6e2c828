//! Deletion where no host runs.

use collodi_action::{Action, Completion};
use collodi_backend::Backends;
use collodi_driver::empty;
use collodi_file::FileError;
use collodi_host::env_deletion;
use collodi_python::EnvDir;
use std::ops::ControlFlow;

/// Deletes an environment, whole or half-made, and ends what a maker that is gone has left
/// running. Nobody else may be at work on the workspace;
/// what another workspace makes or deletes is left to it.
///
/// # Errors
///
/// When something cannot be removed. What is left is half-made.
pub async fn remove(backends: &Backends, env: &EnvDir) -> Result<(), FileError> {
    let mut deletion = env_deletion(env.clone());
    loop {
        let how = perform(backends, deletion.action()).await;
        match deletion.completed(how) {
            ControlFlow::Continue(next) => deletion = next,
            ControlFlow::Break(ended) => return ended,
        }
    }
}

/// Does what a deletion asks for; it asks for nothing else.
async fn perform(backends: &Backends, action: Action) -> Completion {
    match action {
        Action::File(op) => Completion::File(backends.files.perform(op).await),
        Action::Signal(tree, signal) => {
            // What does not end shows in what cannot be removed.
            let _ = empty(backends, &tree, signal).await;
            Completion::Signalled(Ok(()))
        }
        _ => Completion::Empty(Ok(())),
    }
}
