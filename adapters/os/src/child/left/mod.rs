//! Children that were left: what is open of them stays open, so that what they say last, and how they end,
//! is there for whoever takes them over.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod passing;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod staying;

use super::{adopt, ends::Ours, identity};
use collodi_command::{Exit, Identity};
use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    io::fcntl_dupfd_cloexec,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Children that were left and that nobody has taken over: of one that ends meanwhile nothing is lost.
/// It holds the streams of each, and a handle of its process. Several backends may share it, and the program
/// that this process [becomes](Self::pass_on) may have it.
#[derive(Debug, Default)]
pub struct Left(Mutex<BTreeMap<Identity, Entry>>);

#[derive(Debug)]
struct Entry {
    child: LeftChild,
    /// The program that this process was before has left it.
    is_passed_on: bool,
}

/// What is open of a child that was left.
#[derive(Debug, Default)]
pub(crate) struct LeftChild {
    /// A handle of its process; none where it was waited for.
    pub(super) handle: Option<OwnedFd>,
    /// How it ended, if that is known.
    pub(super) exit: Option<Exit>,
    pub(super) streams: Ours,
}

impl LeftChild {
    /// A child whose output is read here; `reads` when it has an input, which somebody else may be about
    /// to close.
    pub(crate) fn new(
        identity: &Identity,
        exit: Option<Exit>,
        [stdout, stderr]: [Option<OwnedFd>; 2],
        reads: bool,
    ) -> Self {
        let input = || input(identity, stdout.as_ref().map(|fd| fd.as_fd()));
        Self {
            handle: identity::handle_of(identity).ok().map(|(_, handle)| handle),
            exit,
            streams: Ours {
                stdin: reads.then(input).flatten(),
                stdout,
                stderr,
            },
        }
    }
}

impl Left {
    pub(super) fn insert(&self, identity: Identity, child: LeftChild) {
        let is_passed_on = false;
        let entry = Entry {
            child,
            is_passed_on,
        };
        self.lock().insert(identity, entry);
    }

    pub(super) fn take(&self, identity: &Identity) -> Option<LeftChild> {
        self.lock().remove(identity).map(|entry| entry.child)
    }

    /// The process of this id has ended, and was waited for.
    pub(super) fn ended(&self, pid: u32, exit: Exit) {
        let mut left = self.lock();
        let is_it = |of: &Identity, entry: &Entry| of.pid == pid && !entry.is_passed_on;
        if let Some((_, entry)) = left.iter_mut().find(|(of, entry)| is_it(of, entry)) {
            entry.child.exit.get_or_insert(exit);
        }
    }

    /// A panic elsewhere does not make it wrong.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Identity, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another end of what a child reads: its terminal, or the pipe that it has.
fn input(identity: &Identity, stdout: Option<BorrowedFd<'_>>) -> Option<OwnedFd> {
    match stdout.filter(|stdout| rustix::termios::isatty(stdout)) {
        Some(terminal) => fcntl_dupfd_cloexec(terminal, 0).ok(),
        None => adopt::input(identity.pid).ok().flatten(),
    }
}
