//! Descriptors that are watched.

use std::{
    io,
    os::fd::{AsRawFd, OwnedFd},
    task::{Context, Poll, ready},
};
use tokio::io::{
    Interest,
    unix::{AsyncFd, AsyncFdReadyGuard},
};

/// A descriptor of which it is awaited that it becomes ready.
#[derive(Debug)]
pub(crate) struct Watched<T: AsRawFd = OwnedFd> {
    fd: AsyncFd<T>,
    interest: Interest,
}

impl<T: AsRawFd> Watched<T> {
    /// Waits for something to read.
    ///
    /// # Errors
    ///
    /// When the system cannot watch more, or this kind of thing.
    pub(crate) fn readable(fd: T) -> io::Result<Self> {
        Self::new(fd, Interest::READABLE)
    }

    /// Waits for room to write.
    ///
    /// # Errors
    ///
    /// As [`Watched::readable`].
    pub(crate) fn writable(fd: T) -> io::Result<Self> {
        Self::new(fd, Interest::WRITABLE)
    }

    #[expect(
        deprecated,
        reason = "its successor is unsafe, for descriptors that do not stay what they are; an owned one does"
    )]
    fn new(fd: T, interest: Interest) -> io::Result<Self> {
        let fd = AsyncFd::with_interest(fd, interest)?;
        Ok(Self { fd, interest })
    }

    pub(crate) fn get(&self) -> &T {
        self.fd.get_ref()
    }

    pub(crate) fn poll_ready(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyGuard<'_, T>>> {
        if self.interest.is_readable() {
            self.fd.poll_read_ready(cx)
        } else {
            self.fd.poll_write_ready(cx)
        }
    }

    /// Completes when it is ready; any number may wait.
    pub(crate) async fn ready(&self) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        self.fd.ready(self.interest).await
    }

    /// Calls `attempt` whenever it is ready, until it is not too early for it.
    pub(crate) fn poll_until<D>(
        &self,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&T) -> Poll<D>,
    ) -> Poll<io::Result<D>> {
        loop {
            let mut readiness = ready!(self.poll_ready(cx))?;
            if let Poll::Ready(done) = attempt(self.get()) {
                return Poll::Ready(Ok(done));
            }
            readiness.clear_ready();
        }
    }
}
