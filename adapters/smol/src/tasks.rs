//! Tasks that nobody has to poll: they wait for the ends of children.

use async_executor::{Executor, FallibleTask};
use std::{
    future::{Future, pending},
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
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
pub(crate) fn spawn<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> io::Result<Task<T>> {
    let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
    if !*runs {
        let run = || async_io::block_on(TASKS.run(pending::<()>()));
        thread::Builder::new()
            .name("collodi-smol".to_owned())
            .spawn(run)?;
        *runs = true;
    }
    drop(runs);
    Ok(Task(Some(TASKS.spawn(task).fallible())))
}

/// A task that runs to its end also when nobody waits for it.
#[derive(Debug)]
pub struct Task<T>(Option<FallibleTask<T>>);

impl<T> Future for Task<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let cut_off = || io::Error::other("the task was cut off");
        match &mut self.0 {
            Some(task) => Pin::new(task).poll(cx).map(|done| done.ok_or_else(cut_off)),
            None => Poll::Ready(Err(cut_off())),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.detach();
        }
    }
}
