//! Waiting, by tokio.

use collodi_os::{Attempt, Descriptor, Sleep};
use std::{
    future::Future,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    runtime::Handle,
};

/// The tokio runtime that polls whoever waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reactor;

impl collodi_os::Reactor for Reactor {
    type Watched<T: Descriptor> = Watched<T>;

    fn readable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Watched::new(fd, Interest::READABLE)
    }

    fn writable<T: Descriptor>(fd: T) -> io::Result<Watched<T>> {
        Watched::new(fd, Interest::WRITABLE)
    }

    fn sleep(time: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(time))
    }

    fn detach(task: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        tokio::spawn(task);
        Ok(())
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
