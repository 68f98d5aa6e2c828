//! A pipe that is read.

use crate::{Attempt, Heard, Reactor, Watched as _};
use rustix::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::{
    io, mem,
    task::{Context, Poll},
};

/// Our end of a pipe.
pub(super) enum Pipe<R: Reactor> {
    /// It is watched.
    Watched(R::Watched<OwnedFd>),
    /// It floods us, and is read again and again without being watched: each write into a
    /// watched pipe may wake the runtime.
    Loose(OwnedFd),
    /// It cannot be watched.
    Lost,
}

impl<R: Reactor> Pipe<R> {
    /// # Errors
    ///
    /// When the system cannot watch more.
    pub(super) fn watched(fd: OwnedFd) -> io::Result<Self> {
        R::readable(fd).map(Self::Watched)
    }

    /// Reads what there is; pending while there is nothing.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        mut read: impl FnMut(BorrowedFd<'_>) -> Heard,
    ) -> Poll<io::Result<Heard>> {
        loop {
            match self {
                Self::Lost => return Poll::Ready(Ok(Heard::End)),
                Self::Watched(watched) => {
                    return watched.poll_until(cx, |fd| attempt(read(fd.as_fd())));
                }
                Self::Loose(fd) => match read(fd.as_fd()) {
                    Heard::Nothing => self.watch()?,
                    heard => return Poll::Ready(Ok(heard)),
                },
            }
        }
    }

    /// Stops watching it until there is nothing in it.
    pub(super) fn let_be(&mut self) {
        let fd = mem::replace(self, Self::Lost).into_inner();
        *self = fd.map_or(Self::Lost, Self::Loose);
    }

    /// Our end itself, which is watched no more; none where it cannot be.
    pub(super) fn into_inner(self) -> Option<OwnedFd> {
        match self {
            Self::Watched(watched) => watched.into_inner().ok(),
            Self::Loose(fd) => Some(fd),
            Self::Lost => None,
        }
    }

    fn watch(&mut self) -> io::Result<()> {
        *self = match mem::replace(self, Self::Lost) {
            Self::Loose(fd) => Self::watched(fd)?,
            other => other,
        };
        Ok(())
    }
}

fn attempt(heard: Heard) -> Attempt<Heard> {
    match heard {
        Heard::Nothing => Attempt::TooEarly,
        // All was read that was there: what comes now makes it ready again.
        heard @ Heard::Bytes { more: false, .. } => Attempt::Last(heard),
        heard => Attempt::Done(heard),
    }
}
