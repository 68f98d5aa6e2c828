//! What waiting needs of a runtime.

use std::{
    fmt,
    future::Future,
    io,
    os::fd::{AsFd, AsRawFd},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// A runtime, seen from a backend: it wakes up when a descriptor is ready or time has
/// passed, runs tasks, and has threads for what blocks. Its functions are called where the
/// runtime is at hand.
pub trait Reactor: fmt::Debug + Send + Sync + 'static {
    /// A descriptor that is watched.
    type Watched<T: Descriptor>: Watched<T>;

    /// What a task came to, once it has; an error when the runtime cut it off. A panic of the task may
    /// go on in who waits. The task runs on when this is dropped.
    type Task<T: Send + 'static>: Future<Output = io::Result<T>> + Send + Unpin;

    /// Watches for something to read.
    ///
    /// # Errors
    ///
    /// When the system cannot watch more, or this kind of thing.
    fn readable<T: Descriptor>(fd: T) -> io::Result<Self::Watched<T>>;

    /// Watches for room to write.
    ///
    /// # Errors
    ///
    /// As [`Reactor::readable`].
    fn writable<T: Descriptor>(fd: T) -> io::Result<Self::Watched<T>>;

    /// Completes after this time, and not before.
    fn sleep(time: Duration) -> Sleep;

    /// Runs `task` to its end, whoever drops what.
    ///
    /// # Errors
    ///
    /// When there is no thread to run it.
    fn detach<T: Send + 'static>(
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<Self::Task<T>>;

    /// Runs `work` on a thread for blocking work; once begun, it is finished. Beyond the
    /// runtime's end it is not begun.
    ///
    /// # Errors
    ///
    /// When it panicked, or the runtime is shutting down.
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = io::Result<T>> + Send;

    /// As [`Reactor::offload`], for what nobody waits for; where there is no runtime, it is
    /// left.
    fn forget(work: impl FnOnce() + Send + 'static);
}

/// A wait for time to pass.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What can be watched: it does not block, and stays the same descriptor.
pub trait Descriptor: AsFd + AsRawFd + fmt::Debug + Send + Sync + Unpin + 'static {}

impl<T: AsFd + AsRawFd + fmt::Debug + Send + Sync + Unpin + 'static> Descriptor for T {}

/// A descriptor of which it is awaited that it becomes ready.
pub trait Watched<T>: fmt::Debug + Send + Sync + Unpin {
    /// The descriptor.
    fn get(&self) -> &T;

    /// The descriptor, which is watched no more.
    ///
    /// # Errors
    ///
    /// When the system does not let go of it.
    fn into_inner(self) -> io::Result<T>;

    /// Calls `attempt` whenever the descriptor may be ready, until it is not too early.
    ///
    /// # Errors
    ///
    /// When the runtime is shutting down.
    fn poll_until<D>(
        &self,
        cx: &mut Context<'_>,
        attempt: impl FnMut(&T) -> Attempt<D>,
    ) -> Poll<io::Result<D>>;
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt<D> {
    /// This, and there may be more.
    Done(D),
    /// This, and it was all for now: only the system can say that there is more.
    Last(D),
    /// Nothing: it is too early.
    TooEarly,
}

impl<D> From<Poll<D>> for Attempt<D> {
    fn from(poll: Poll<D>) -> Self {
        match poll {
            Poll::Ready(done) => Self::Done(done),
            Poll::Pending => Self::TooEarly,
        }
    }
}
