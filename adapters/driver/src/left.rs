//! What programs that are gone have left: their claims, and trees of processes.

use collodi_backend::{Backends, FileSystem};
use collodi_command::{Signal, TreeId};
use collodi_contain::ContainedPath;
use collodi_file::{Claim, FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_time::Duration;
use futures::future::select;
use std::pin::pin;

/// How long what is told to end may take, and what is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A claim that nobody has; none when somebody has it, or it is not there.
///
/// # Errors
///
/// When that cannot be found out.
pub(crate) async fn left_claim(
    files: &dyn FileSystem,
    path: &ContainedPath,
) -> Result<Option<Claim>, FileError> {
    let holder = FileOp::Holder { path: path.clone() };
    if files.perform(holder).await? != FileAnswer::NotHeld {
        return Ok(None);
    }
    let read = FileOp::read(path.clone(), 2 * Claim::MAX_NOTE as u64);
    match files.perform(read).await {
        Ok(FileAnswer::Bytes(bytes)) => Ok(Some(Claim::read(&String::from_utf8_lossy(&bytes)))),
        Err(error) if error.kind != FileErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}

/// Signals a tree, and waits a while for its end; whether it has come.
pub async fn empty(backends: &Backends, tree: &TreeId, signal: Signal) -> bool {
    let (process, clock) = (&backends.process, &backends.clock);
    if process.signal_tree(tree, signal).await.is_ok() {
        let dying = pin!(process.tree_empty(tree));
        select(dying, clock.sleep_until(clock.now() + GRACE)).await;
    }
    let members = process.tree_members(tree).await;
    members.is_ok_and(|members| members.is_empty())
}
