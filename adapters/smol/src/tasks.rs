//! Tasks that nobody has to poll: they wait for the ends of children.

use async_executor::Executor;
use std::{
    future::{Future, pending},
    io,
    sync::{Mutex, PoisonError},
    thread,
};

static TASKS: Executor<'static> = Executor::new();

/// Whether the thread that runs them was started.
static RUNS: Mutex<bool> = Mutex::new(false);

/// Runs `task` on a thread that all tasks share, from the first one on.
///
/// # Errors
///
/// When the thread cannot be started.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    if !*runs {
        let run = || async_io::block_on(TASKS.run(pending::<()>()));
        thread::Builder::new()
            .name("collodi-smol".to_owned())
            .spawn(run)?;
        *runs = true;
    }
    drop(runs);
    TASKS.spawn(task).detach();
    Ok(())
}
