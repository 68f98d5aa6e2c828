//! A bound on how many children there are at once.

mod slots;

use async_trait::async_trait;
use collodi_backend::{
    Backends, Capabilities, Capability, Child, ChildEvent, ChildInput, Error, Member,
    ProcessBackend,
};
use collodi_command::{CommandSpec, Identity, RecordingPlace, Signal, TreeId, Usage};
use slots::{Slot, Slots};
use std::{
    num::NonZeroUsize,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// As `backends`, with at most `most` children at once. Who starts another waits until one
/// has ended, in the order of asking.
///
/// A child counts until its end was told or its handle is dropped; what it started itself
/// does not count. One that is adopted runs already: it counts, and does not wait.
pub fn limit(backends: Backends, most: NonZeroUsize) -> Backends {
    let process = Arc::new(Limited {
        inner: backends.process,
        slots: Arc::new(Slots::new(most)),
    });
    Backends {
        process,
        ..backends
    }
}

#[derive(Debug)]
struct Limited {
    inner: Arc<dyn ProcessBackend>,
    slots: Arc<Slots>,
}

#[async_trait]
impl ProcessBackend for Limited {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn has(&self, capability: Capability) -> bool {
        self.inner.has(capability)
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        let slot = Slots::wait(&self.slots).await;
        let child = self.inner.spawn(spec).await?;
        Ok(Counted::boxed(child, slot))
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        let child = self.inner.adopt(spec, identity).await?;
        Ok(Counted::boxed(child, Slots::take(&self.slots)))
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        self.inner.signal_tree(tree, signal).await
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        self.inner.tree_empty(tree).await
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        self.inner.tree_members(tree).await
    }

    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        self.inner.usage(trees).await
    }
}

/// A child that counts.
#[derive(Debug)]
struct Counted {
    inner: Box<dyn Child>,
    slot: Option<Slot>,
}

impl Counted {
    fn boxed(inner: Box<dyn Child>, slot: Slot) -> Box<dyn Child> {
        let slot = Some(slot);
        Box::new(Self { inner, slot })
    }
}

impl Child for Counted {
    fn pid(&self) -> Option<u32> {
        self.inner.pid()
    }

    fn identity(&self) -> Option<Identity> {
        self.inner.identity()
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        self.inner.recorded()
    }

    fn enforcement(&self) -> Option<collodi_backend::Enforcement> {
        self.inner.enforcement()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        let event = ready!(self.inner.poll_event(cx));
        if let None | Some(ChildEvent::Exited(_)) = event {
            self.slot = None;
        }
        Poll::Ready(event)
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        self.inner.input()
    }

    fn leave(self: Box<Self>) {
        self.inner.leave();
    }
}
