//! One child: its events and its input.

use super::{output::Output, reaper::reap, tidy::tidy_later};
use crate::{
    Children, GroupId, Reactor, Sleep, Spawned, Watched as _, child::LeftChild, write_some,
};
use async_trait::async_trait;
use collodi_backend::{ChildEvent, ChildInput, Enforcement, Error, ErrorKind};
use collodi_command::{Exit, Identity, RecordingPlace};
use futures::FutureExt as _;
use rustix::{
    fd::{AsFd as _, OwnedFd},
    io::fcntl_dupfd_cloexec,
};
use std::{
    fmt,
    future::{Future as _, poll_fn},
    io,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Duration,
};

/// How long after the exit the pipes may stay open before they count as leaked.
const GRACE: Duration = Duration::from_millis(200);

/// A child that was started, seen from whoever reads its events.
pub(super) struct Child<R: Reactor> {
    pid: u32,
    group: Option<GroupId>,
    identity: Option<Identity>,
    enforcement: Option<Box<Enforcement>>,
    children: Arc<Children>,
    exit: State<R>,
    output: Output<R>,
    input: Mouth,
    /// It is not to be killed.
    is_left: bool,
}

/// How far the child has come.
enum State<R: Reactor> {
    /// It runs, or nobody was told of its end.
    Running(R::Task<Exit>),
    /// It has ended like this; its output may go on until then, if that is not over.
    Exited(Exit, Option<Sleep>),
    /// All is told.
    Closed,
}

impl<R: Reactor> State<R> {
    /// How the child ended, whether or not that was told.
    fn known(&mut self) -> Option<Exit> {
        match self {
            Self::Running(reaped) => {
                let asked = Pin::new(reaped).now_or_never()?;
                Some(asked.unwrap_or(Exit::Unknown))
            }
            Self::Exited(exit, _) => Some(*exit),
            Self::Closed => None,
        }
    }
}

impl<R: Reactor> Child<R> {
    /// Takes over a child, and lets a task wait for it.
    ///
    /// # Errors
    ///
    /// When it cannot be watched; then it is killed.
    pub(super) fn new(spawned: Spawned, children: Arc<Children>) -> io::Result<Self> {
        let reaped = reap::<R>(spawned.end, Arc::clone(&children)).inspect_err(|_| {
            // Nobody could wait for it.
            let _ = spawned.group.map(|group| children.groups().kill(group));
        })?;
        Ok(Self {
            pid: spawned.pid,
            group: spawned.group,
            identity: spawned.identity,
            enforcement: spawned.enforcement.map(Box::new),
            children,
            exit: State::Running(reaped),
            output: Output::new(spawned.stdout, spawned.stderr, spawned.reader)?,
            input: spawned
                .stdin
                .map_or(Mouth::None, |fd| Mouth::Ours(Arc::new(fd))),
            is_left: false,
        })
    }

    const fn is_closed(&self) -> bool {
        matches!(self.exit, State::Closed)
    }

    /// What is in the pipes after the exit is told, however slowly it is asked for; what
    /// is put into them after the grace period is not waited for.
    fn poll_rest(&mut self, grace_is_over: bool, cx: &mut Context<'_>) -> Poll<ChildEvent> {
        if grace_is_over {
            self.output.limit();
        }
        if !self.output.is_used_up()
            && let Poll::Ready(output) = self.output.poll_next(cx)
        {
            return Poll::Ready(output);
        }
        let leaked = !self.output.is_over();
        if leaked && !grace_is_over {
            return Poll::Pending;
        }
        self.output.close(&self.children);
        tidy_later::<R>(&self.children);
        self.exit = State::Closed;
        Poll::Ready(ChildEvent::Closed { leaked })
    }
}

impl<R: Reactor> collodi_backend::Child for Child<R> {
    fn pid(&self) -> Option<u32> {
        Some(self.pid)
    }

    fn identity(&self) -> Option<Identity> {
        self.identity.clone()
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        self.output.recorded()
    }

    fn enforcement(&self) -> Option<Enforcement> {
        self.enforcement.as_deref().cloned()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        match &mut self.exit {
            State::Running(reaped) => {
                if let Poll::Ready(exit) = Pin::new(reaped).poll(cx) {
                    let exit = exit.unwrap_or(Exit::Unknown);
                    self.output.ended(exit);
                    self.exit = State::Exited(exit, Some(R::sleep(GRACE)));
                    return Poll::Ready(Some(ChildEvent::Exited(exit)));
                }
                self.output.poll_next(cx).map(Some)
            }
            State::Exited(_, grace) => {
                // What has passed is not to be asked again.
                grace.take_if(|grace| grace.as_mut().poll(cx).is_ready());
                let grace_is_over = grace.is_none();
                self.poll_rest(grace_is_over, cx).map(Some)
            }
            State::Closed => Poll::Ready(None),
        }
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        let input = Input::<R>::Fresh(self.input.give()?);
        Some(Box::new(input))
    }

    fn leave(mut self: Box<Self>) {
        self.is_left = true;
        let Some(identity) = self.identity.take().filter(|_| !self.is_closed()) else {
            return;
        };
        let (pid, left) = (identity.pid, self.children.left());
        let child = LeftChild::new(&identity, self.input.for_others(), self.output.take());
        // Whoever waits for it says from now on how it ends.
        left.insert(identity, child);
        if let Some(exit) = self.exit.known() {
            left.ended(pid, exit);
        }
    }
}

/// The group is killed at once while the child leads it. Once the child is reaped,
/// finding who is left in its group means reading the process table, on another thread.
impl<R: Reactor> Drop for Child<R> {
    fn drop(&mut self) {
        let Some(group) = self.group.filter(|_| !self.is_left) else {
            return;
        };
        if self.children.groups().kill(group).is_pending() {
            let children = Arc::clone(&self.children);
            R::forget(move || children.kill_left_behind(group));
        }
    }
}

/// Our end of a child's input, and who has it.
enum Mouth {
    /// The child reads nothing.
    None,
    /// Nobody was given it.
    Ours(Arc<OwnedFd>),
    /// Somebody was given it, and closes it.
    Given(Weak<OwnedFd>),
}

impl Mouth {
    fn give(&mut self) -> Option<Arc<OwnedFd>> {
        let Self::Ours(fd) = self else {
            return None;
        };
        let fd = Arc::clone(fd);
        *self = Self::Given(Arc::downgrade(&fd));
        Some(fd)
    }

    /// Another end of the same, unless it was closed.
    fn for_others(&self) -> Option<OwnedFd> {
        let fd = match self {
            Self::None => return None,
            Self::Ours(fd) => Arc::clone(fd),
            Self::Given(fd) => fd.upgrade()?,
        };
        fcntl_dupfd_cloexec(&*fd, 0).ok()
    }
}

/// Our end of a child's input, for who writes.
enum Input<R: Reactor> {
    /// Nobody has waited for it yet.
    Fresh(Arc<OwnedFd>),
    Watched(R::Watched<Arc<OwnedFd>>),
    /// It cannot be waited for.
    Broken,
}

impl<R: Reactor> Input<R> {
    /// It is watched from the first write on: handles may be taken anywhere, and waiting
    /// is the runtime's.
    fn watched(&mut self) -> io::Result<&R::Watched<Arc<OwnedFd>>> {
        if let Self::Fresh(_) = self
            && let Self::Fresh(fd) = std::mem::replace(self, Self::Broken)
        {
            *self = Self::Watched(R::writable(fd)?);
        }
        match self {
            Self::Watched(watched) => Ok(watched),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let watched = self.watched()?;
        let mut left = bytes;
        while !left.is_empty() {
            let written =
                poll_fn(|cx| watched.poll_until(cx, |pipe| write_some(pipe.as_fd(), left).into()));
            let count = written.await??;
            left = left.get(count..).unwrap_or_default();
        }
        Ok(())
    }
}

#[async_trait]
impl<R: Reactor> ChildInput for Input<R> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let failed = |error: io::Error| {
            let kind = match error.kind() {
                io::ErrorKind::BrokenPipe => ErrorKind::Gone,
                _ => ErrorKind::Other,
            };
            Error::new(kind, "write to", "the program's input").detail(error.to_string())
        };
        self.write_all(bytes).await.map_err(failed)
    }
}

impl<R: Reactor> fmt::Debug for Child<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.exit {
            State::Running(_) => "running",
            State::Exited(..) => "exited",
            State::Closed => "closed",
        };
        write!(f, "Child({}, {state})", self.pid)
    }
}

impl<R: Reactor> fmt::Debug for Input<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input")
    }
}
