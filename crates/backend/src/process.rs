//! Processes.

use crate::{Capabilities, Capability, Error, ErrorKind};
use alloc::{boxed::Box, sync::Arc, vec::Vec};
use async_trait::async_trait;
use collodi_command::{
    CommandSpec, Exit, Identity, Member, RecordingPlace, Signal, Stream, TreeId, Usage,
};
use collodi_sandbox::Enforcement;
use core::{
    fmt,
    future::poll_fn,
    task::{Context, Poll},
};

/// Starts children and ends whole trees of them.
#[async_trait]
pub trait ProcessBackend: Send + Sync + fmt::Debug {
    /// What this backend can do. To find that out may take a trial.
    fn capabilities(&self) -> Capabilities;

    /// Whether it can do this, without a trial of anything else.
    fn has(&self, capability: Capability) -> bool {
        self.capabilities().has(capability)
    }

    /// Starts a child. It leads a process group of its own, gets exactly the
    /// environment of `spec` (and whatever marks its tree), and inherits no
    /// descriptor but its three standard ones.
    ///
    /// The program is looked up in the `PATH` of `spec`, the working directory
    /// is opened beneath its root.
    ///
    /// A child of a spec with a sandbox runs in it, with everything that it starts, or it
    /// does not run: [`ErrorKind::NoSandbox`] when that is known at once, else
    /// [`Exit::NoSandbox`]. What its sandbox has elsewhere, its environment says: the home
    /// and the temporary folder.
    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error>;

    /// Takes over a child that another program, or an earlier life of this one, started
    /// from this spec, and that lives. What it said and nobody read is told first; its end
    /// is told as that of any other, as [`Exit::Unknown`] where the system does not say.
    /// With [`Stdin::Piped`](collodi_command::Stdin::Piped) its input goes on as well.
    ///
    /// Who stops waiting for this has not taken it over: the process is as it was. So nothing is
    /// awaited once it is.
    ///
    /// One that was [left](Child::leave) to this backend may have ended since: nothing of it is
    /// lost. Of any other this fails with [`ErrorKind::Gone`] when that process is no more.
    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        let what = alloc::format!("{identity} ({spec})");
        Err(Error::new(ErrorKind::Unsupported, "adopt", what))
    }

    /// Sends `signal` to every process of the tree. A tree that is empty is fine.
    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error>;

    /// Completes when no process of the tree is left; at once when it is empty.
    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error>;

    /// The processes of the tree that live now, zombies not counted.
    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error>;

    /// What each of these trees uses now, in their order; none for one that is empty, and where
    /// it cannot be told.
    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        Ok(trees.iter().map(|_| None).collect())
    }
}

/// One child, owned by whoever reads its events. Dropping it kills the child's
/// process group.
pub trait Child: Send + fmt::Debug {
    /// The process id, where there is one.
    fn pid(&self) -> Option<u32>;

    /// What the child can be found by again, where that can be done.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Behind which byte of its recording all is that was told of it; none where nothing is
    /// recorded, or not all of it was.
    fn recorded(&self) -> Option<RecordingPlace> {
        None
    }

    /// What holds of its sandbox, and what does not; none when it has none, or when it was
    /// adopted.
    fn enforcement(&self) -> Option<Enforcement> {
        None
    }

    /// The next thing that happened; pending while nothing has, and whoever asked is woken
    /// when something does. Output keeps its order within a stream.
    ///
    /// `Exited` comes once, as soon as the child ended: it waits for no output.
    /// `Closed` comes once, last. After it, nothing. No event is lost when whoever asked stops
    /// asking; only who asked last is woken.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>>;

    /// A handle to write to the child's standard input; none unless it was asked
    /// for.
    fn input(&mut self) -> Option<Box<dyn ChildInput>>;

    /// Lets go of the child and leaves it alive, with all that it says from now on, for
    /// whoever [adopts](ProcessBackend::adopt) it next. This backend keeps open what is open of it, its
    /// input too, as long as it is there. To a program that is not given that, what it says last is lost
    /// if it ends before. Where nobody can adopt it, it is dropped as any other.
    ///
    /// Of one whose end was told with [`Closed`](ChildEvent::Closed) nobody is killed either: those who are
    /// left of its process group live on as others of its tree.
    fn leave(self: Box<Self>);
}

impl dyn Child + '_ {
    /// Waits for the [next thing that happens](Child::poll_event).
    ///
    /// Safe to cancel: an event is not lost when the future is dropped.
    pub async fn next_event(&mut self) -> Option<ChildEvent> {
        poll_fn(|cx| self.poll_event(cx)).await
    }
}

/// Writes to a child. Dropping it closes the child's standard input.
#[async_trait]
pub trait ChildInput: Send + fmt::Debug {
    /// Writes all of `bytes`, waiting while the child does not read. What it has not
    /// read when it ends fails with [`ErrorKind::Gone`](crate::ErrorKind::Gone), and so
    /// does every write after it closed its input.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;
}

/// What happened to a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildEvent {
    /// It said something.
    Output {
        /// On which stream.
        stream: Stream,
        /// What; never empty.
        bytes: Arc<[u8]>,
    },
    /// It ended.
    Exited(Exit),
    /// No more output will come.
    Closed {
        /// The streams were not at their end: processes that the child started
        /// still hold them. The backend waits a short while after the exit and
        /// then stops reading.
        leaked: bool,
    },
}
