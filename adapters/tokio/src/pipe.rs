//! A pipe that is read.

use crate::ready::Watched;
use collodi_os::Heard;
use std::{
    io, mem,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    task::{Context, Poll, ready},
};

/// Our end of a pipe.
#[derive(Debug)]
pub(crate) enum Pipe {
    /// It is watched.
    Watched(Watched),
    /// It floods us, and is read again and again without being watched: each write into a
    /// watched pipe wakes the runtime.
    Loose(OwnedFd),
    /// It cannot be watched.
    Lost,
}

impl Pipe {
    /// # Errors
    ///
    /// When the system cannot watch more.
    pub(crate) fn watched(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self::Watched(Watched::readable(fd)?))
    }

    /// Reads what there is; pending while there is nothing.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        mut read: impl FnMut(BorrowedFd<'_>) -> Heard,
    ) -> Poll<io::Result<Heard>> {
        loop {
            let heard = match self {
                Self::Lost => Heard::End,
                Self::Loose(fd) => read(fd.as_fd()),
                Self::Watched(watched) => {
                    let mut readiness = ready!(watched.poll_ready(cx))?;
                    let heard = read(readiness.get_inner().as_fd());
                    // All was read that was there: what comes now makes it ready again.
                    if !matches!(heard, Heard::Bytes { more: true, .. }) {
                        readiness.clear_ready();
                    }
                    heard
                }
            };
            match heard {
                Heard::Nothing => self.watch()?,
                heard => return Poll::Ready(Ok(heard)),
            }
        }
    }

    /// Stops watching it until there is nothing in it.
    pub(crate) fn let_be(&mut self) {
        *self = match mem::replace(self, Self::Lost) {
            Self::Watched(watched) => Self::Loose(watched.into_inner()),
            other => other,
        };
    }

    fn watch(&mut self) -> io::Result<()> {
        *self = match mem::replace(self, Self::Lost) {
            Self::Loose(fd) => Self::watched(fd)?,
            other => other,
        };
        Ok(())
    }
}
