//! Children that were left: what is open of them stays open, so that what they say last, and how they end,
//! is there for whoever takes them over.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod passing;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod staying;

use super::{ends::Ours, identity};
use collodi_command::{Exit, Identity};
use rustix::fd::OwnedFd;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};

/// How long nobody needs to take over what another program has left: it is not wanted then. It is let go
/// when another child ends or is left.
const PATIENCE: Duration = Duration::from_secs(60);

/// Children that were left and that nobody has taken over: of one that ends meanwhile nothing is lost.
/// It holds the streams of each, and a handle of its process, until somebody adopts it or this is dropped.
/// Several backends may share it, and the program that this process [becomes](Self::pass_on) may have it.
#[derive(Debug, Default)]
pub struct Left(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    children: BTreeMap<Identity, LeftChild>,
    /// When those came that another program has left, if any of them may be there.
    came: Option<Instant>,
    /// How often they were passed on to another program.
    round: u64,
}

/// What is open of a child that was left.
#[derive(Debug, Default)]
pub(crate) struct LeftChild {
    /// A handle of its process; none where it was waited for.
    pub(super) handle: Option<OwnedFd>,
    /// How it ended, if that is known.
    pub(super) exit: Option<Exit>,
    pub(super) streams: Ours,
    /// How many programs have passed it on.
    passed: u8,
}

impl LeftChild {
    /// One with these streams, of which nobody here has seen the end.
    pub(crate) fn new(
        identity: &Identity,
        stdin: Option<OwnedFd>,
        [stdout, stderr]: [Option<OwnedFd>; 2],
    ) -> Self {
        Self {
            handle: identity::handle_of(identity).ok().map(|(_, handle)| handle),
            exit: None,
            streams: Ours {
                stdin,
                stdout,
                stderr,
            },
            passed: 0,
        }
    }
}

impl Left {
    pub(crate) fn insert(&self, identity: Identity, child: LeftChild) {
        let mut entries = self.lock();
        entries.let_go(Instant::now());
        entries.children.insert(identity, child);
    }

    pub(super) fn has(&self, identity: &Identity) -> bool {
        self.lock().children.contains_key(identity)
    }

    pub(super) fn take(&self, identity: &Identity) -> Option<LeftChild> {
        self.lock().children.remove(identity)
    }

    /// How often all were passed on: a backend is of one round.
    pub(super) fn round(&self) -> u64 {
        self.lock().round
    }

    /// Calls `wait`, which says how the child of this id ended if it has, and gives its id back. Who was left
    /// ended so. Backends of an earlier round wait for nobody.
    pub(super) fn reap(
        &self,
        round: u64,
        pid: u32,
        wait: impl FnOnce() -> Poll<Exit>,
    ) -> Poll<Exit> {
        let mut entries = self.lock();
        if entries.round != round {
            return Poll::Pending;
        }
        let ended = wait();
        if let Poll::Ready(exit) = ended {
            entries.let_go(Instant::now());
            entries.ended(pid, exit);
        }
        ended
    }

    /// A child that was left has ended so.
    pub(crate) fn ended(&self, pid: u32, exit: Exit) {
        self.lock().ended(pid, exit);
    }

    /// A panic elsewhere does not make it wrong.
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Lets go of what nobody wants.
    fn let_go(&mut self, now: Instant) {
        if self.came.is_some_and(|came| now >= came + PATIENCE) {
            self.came = None;
            self.children.retain(|_, child| child.passed == 0);
        }
    }

    /// One that another program has left was waited for by nobody here.
    fn ended(&mut self, pid: u32, exit: Exit) {
        let is_it = |of: &Identity, child: &LeftChild| {
            of.pid == pid && child.exit.is_none() && child.passed == 0
        };
        let mut children = self.children.iter_mut();
        if let Some((_, child)) = children.find(|(of, child)| is_it(of, child)) {
            child.exit = Some(exit);
        }
    }
}
