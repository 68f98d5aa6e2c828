//! Processes: starting them, and ending whole trees.

mod child;
mod nap;
mod output;
mod pipe;
mod reaper;
mod tidy;
mod trees;

use crate::{Children, Left, Process, Reactor, Spawned};
use async_trait::async_trait;
use child::Child;
use collodi_backend::{Capabilities, Capability, Error, ErrorKind, Member, ProcessBackend, Usage};
use collodi_command::{CommandSpec, Identity, Signal, TreeId};
use futures::future::join_all;
use std::{io, sync::Arc};
use trees::Trees;

/// Starts real processes, and waits for them on a runtime.
///
/// Each child is owned by a task that reaps it. When the runtime ends first, its
/// children are no longer waited for; they are not killed.
#[derive(Debug)]
pub struct Processes<R> {
    trees: Trees<R>,
}

impl<R: Reactor> Processes<R> {
    /// A backend that knows of no tree yet. It finds the processes of a tree that an
    /// earlier one started, where a tree is found by its marker.
    pub fn new() -> Self {
        Self::of(Children::new())
    }

    /// The same, but it shares those that are left with other backends of this program, or with the one
    /// that this process was before.
    pub fn sharing(left: Arc<Left>) -> Self {
        Self::of(Children::sharing(left))
    }

    /// A backend that finds trees in the process table alone, as where no control groups
    /// can be made.
    pub fn without_control_groups() -> Self {
        Self::of(Children::without_control_groups())
    }

    fn of(children: Children) -> Self {
        let trees = Trees::of(children);
        Self { trees }
    }

    fn own(
        &self,
        spec: &CommandSpec,
        spawned: Spawned,
    ) -> Result<Box<dyn collodi_backend::Child>, Error> {
        let child = Child::<R>::new(spawned, Arc::clone(&self.trees.children));
        Ok(Box::new(child.map_err(|error| unwatchable(spec, &error))?))
    }
}

impl<R: Reactor> Default for Processes<R> {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl<R: Reactor> ProcessBackend for Processes<R> {
    fn capabilities(&self) -> Capabilities {
        self.trees.children.capabilities()
    }

    fn has(&self, capability: Capability) -> bool {
        self.trees.children.has(capability)
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn collodi_backend::Child>, Error> {
        let spawned = self.trees.children.spawn(spec)?;
        self.own(spec, spawned)
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn collodi_backend::Child>, Error> {
        let adopted = self.trees.children.adopt(spec, identity)?;
        self.own(spec, adopted)
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        self.trees.signal(tree, signal).await
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        self.trees.empty(tree).await
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        let members = self.trees.members(tree).await?;
        Ok(members.iter().map(Process::member).collect())
    }

    /// Those that are found in the process table are found in one reading of it. Of a tree that
    /// cannot be looked at nothing is known, and of the others what they use.
    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        let looks = trees.iter().map(|tree| self.trees.usage(tree));
        let found = join_all(looks).await.into_iter();
        Ok(found.map(|usage| usage.ok().flatten()).collect())
    }
}

fn unwatchable(spec: &CommandSpec, error: &io::Error) -> Error {
    Error::new(ErrorKind::Exhausted, "watch", spec.program.as_str()).detail(error.to_string())
}
