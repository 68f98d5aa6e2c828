//! Waiting, by tokio.

use collodi_os::{Attempt, Descriptor, Sleep};
use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    runtime::Handle,
    task::JoinHandle,
};

/// The tokio runtime that polls whoever waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reactor;

impl collodi_os::Reactor for Reactor {
    type Watched<T: Descriptor> = Watched<T>;
    type Task<T: Send + 'static> = Task<T>;

    fn readable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Watched::new(fd, Interest::READABLE)
    }

    fn writable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Watched::new(fd, Interest::WRITABLE)
    }

    fn sleep(time: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(time))
    }

    fn detach<T: Send + 'static>(
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<Task<T>> {
        Ok(Task(tokio::spawn(task)))
    }

    async fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(io::Error::other)
    }

    fn forget(work: impl FnOnce() + Send + 'static) {
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn_blocking(work);
        }
    }
}

/// A task that tokio runs.
#[derive(Debug)]
pub struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        Pin::new(&mut self.0).poll(cx).map_err(io::Error::other)
    }
}

/// A descriptor that tokio watches.
#[derive(Debug)]
pub struct Watched<T: Descriptor> {
    fd: AsyncFd<T>,
    interest: Interest,
}

impl<T: Descriptor> Watched<T> {
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for descriptors that do not stay what they are; an owned one does"
    )]
    fn new(fd: T, interest: Interest) -> io::Result<Self> {
        let fd = AsyncFd::with_interest(fd, interest)?;
        Ok(Self { fd, interest })
    }
}

impl<T: Descriptor> collodi_os::Watched<T> for Watched<T> {
    fn get(&self) -> &T {
        self.fd.get_ref()
    }

    fn into_inner(self) -> io::Result<T> {
        Ok(self.fd.into_inner())
    }

    fn poll_until<D>(
        &self,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&T) -> Attempt<D>,
    ) -> Poll<io::Result<D>> {
        loop {
            let mut readiness = match self.interest.is_readable() {
                true => ready!(self.fd.poll_read_ready(cx))?,
                false => ready!(self.fd.poll_write_ready(cx))?,
            };
            match attempt(self.get()) {
                Attempt::Done(done) => return Poll::Ready(Ok(done)),
                Attempt::Last(done) => {
                    readiness.clear_ready();
                    return Poll::Ready(Ok(done));
                }
                Attempt::TooEarly => readiness.clear_ready(),
            }
        }
    }
}
