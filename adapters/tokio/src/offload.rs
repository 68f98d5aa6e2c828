//! Work that blocks, on a thread that may.

use std::io;

/// Runs `work` on a thread for blocking work.
///
/// # Errors
///
/// When it panicked, or the runtime is shutting down.
pub(crate) async fn offload<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other)
}
