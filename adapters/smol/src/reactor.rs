//! Waiting, by async-io.

use crate::tasks::{self, Task};
use async_io::{Async, Timer};
use blocking::unblock;
use collodi_os::{Attempt, Descriptor, Sleep};
use std::{
    future::Future,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

/// The reactor and the threads that the smol family shares in a process; whoever waits may
/// be polled by any executor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reactor;

impl collodi_os::Reactor for Reactor {
    type Watched<T: Descriptor> = Watched<T>;
    type Task<T: Send + 'static> = Task<T>;

    fn readable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Async::new_nonblocking(fd).map(Watched::Readable)
    }

    fn writable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Async::new_nonblocking(fd).map(Watched::Writable)
    }

    fn sleep(time: Duration) -> Sleep {
        Box::pin(async move {
            Timer::after(time).await;
        })
    }

    fn detach<T: Send + 'static>(
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<Task<T>> {
        tasks::spawn(task)
    }

    async fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        Ok(unblock(work).await)
    }

    fn forget(work: impl FnOnce() + Send + 'static) {
        unblock(work).detach();
    }
}

/// A descriptor that async-io watches.
#[derive(Debug)]
pub enum Watched<T: Descriptor> {
    /// For something to read.
    Readable(Async<T>),
    /// For room to write.
    Writable(Async<T>),
}

impl<T: Descriptor> Watched<T> {
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Readable(fd) => fd.poll_readable(cx),
            Self::Writable(fd) => fd.poll_writable(cx),
        }
    }
}

impl<T: Descriptor> collodi_os::Watched<T> for Watched<T> {
    fn get(&self) -> &T {
        match self {
            Self::Readable(fd) | Self::Writable(fd) => fd.get_ref(),
        }
    }

    fn into_inner(self) -> io::Result<T> {
        match self {
            Self::Readable(fd) | Self::Writable(fd) => fd.into_inner(),
        }
    }

    /// Tries first: readiness is what comes after the last attempt.
    fn poll_until<D>(
        &self,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&T) -> Attempt<D>,
    ) -> Poll<io::Result<D>> {
        loop {
            if let Attempt::Done(done) | Attempt::Last(done) = attempt(self.get()) {
                return Poll::Ready(Ok(done));
            }
            ready!(self.poll_ready(cx))?;
        }
    }
}
