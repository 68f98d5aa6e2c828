//! The trees that the children are in.

use super::Children;
use crate::tree::{Cgroups, GroupId, Process, Table, signal};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Signal, TreeId, Usage};
use rustix::fd::BorrowedFd;
use std::{
    collections::BTreeSet,
    io,
    sync::atomic::Ordering,
    task::{Context, Poll},
};

impl Children {
    /// Whether the tree is a control group with all that it is. Of such a tree
    /// [`whole_members`](Self::whole_members), [`signal_whole`](Self::signal_whole) and
    /// [`poll_empty`](Self::poll_empty) are true, and no process table has to be read.
    pub fn is_whole(&self, tree: &TreeId) -> bool {
        self.cgroups
            .as_ref()
            .is_some_and(|groups| groups.is_whole(tree))
    }

    /// The processes of a whole tree.
    pub fn whole_members(&self, tree: &TreeId) -> Vec<Process> {
        self.cgroups
            .as_ref()
            .map(|groups| groups.members(tree))
            .unwrap_or_default()
    }

    /// What a whole tree uses; none when nobody is in it.
    pub fn whole_usage(&self, tree: &TreeId) -> Option<Usage> {
        self.cgroups.as_ref()?.usage(tree)
    }

    /// Sends a signal to all of a whole tree: to those in groups that children lead as one,
    /// to others one by one. With [`Signal::KILL`] nobody of it is left, nor what it was
    /// just starting.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a signal that this system does not have; `PermissionDenied`.
    pub fn signal_whole(&self, tree: &TreeId, sent: Signal) -> Result<(), Error> {
        if sent == Signal::KILL {
            self.kill_grouped(tree)?;
            // The kernel passes over threads whose first one has ended.
            return signal(tree, &self.whole_members(tree), sent);
        }
        let pids = self.cgroups.as_ref().map(|groups| groups.pids(tree));
        if let Some(pids) = pids
            && self.groups.signal_leaders(tree, &pids, sent)?
        {
            return Ok(());
        }
        let members = self.whole_members(tree);
        let led = self.groups.signal(tree, sent)?;
        signal(tree, &self.groups.beside(members, &led, sent), sent)
    }

    /// Completes when nobody of a whole tree is left. Somebody has to call
    /// [`drain`](Self::drain) when [`watcher`](Self::watcher) is readable, and wakes
    /// whoever was told to wait.
    ///
    /// # Errors
    ///
    /// When the system cannot watch it; it can still be waited for its members.
    pub fn poll_empty(&self, tree: &TreeId, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(groups) = self.cgroups.as_ref() else {
            return Poll::Ready(Ok(()));
        };
        groups.poll_empty(tree, cx.waker())
    }

    /// Whether somebody is to [tidy](Self::tidy) in a while. Nobody else is told so meanwhile.
    pub fn wants_tidying(&self) -> bool {
        let has_groups = self.cgroups.as_ref().is_some_and(Cgroups::is_untidy);
        let untidy = has_groups || !self.resting.is_empty();
        untidy && !self.is_tidying.swap(true, Ordering::AcqRel)
    }

    /// Removes control groups that nobody is in, and closes recordings that nobody writes. They
    /// stay for a while, because the next life of a daemon may begin at once.
    pub fn tidy(&self) {
        self.is_tidying.store(false, Ordering::Release);
        self.resting.clear();
        if let Some(groups) = self.cgroups.as_ref() {
            groups.tidy();
        }
    }

    /// A descriptor that is readable when something of a tree has changed that somebody
    /// waits for.
    pub fn watcher(&self) -> Option<BorrowedFd<'_>> {
        Some(self.cgroups.as_ref()?.watcher()?.handle())
    }

    /// Wakes whoever waits for what has changed.
    pub fn drain(&self) {
        if let Some(watcher) = self.cgroups.as_ref().and_then(|groups| groups.watcher()) {
            watcher.drain();
        }
    }

    /// The processes of a tree in `table`, by marker, group and descent, and those that are
    /// in the control group that an earlier life left.
    pub fn members(&self, table: &Table, tree: &TreeId) -> Vec<Process> {
        let grouped = self.cgroups.as_ref().map(|groups| groups.pids(tree));
        let grouped: BTreeSet<i32> = grouped.unwrap_or_default();
        self.groups.members(table, tree, &grouped)
    }

    /// Kills what of a tree is in its control group.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`.
    pub fn kill_grouped(&self, tree: &TreeId) -> Result<(), Error> {
        let killed = self.cgroups.as_ref().map(|groups| groups.kill(tree));
        killed.transpose().map(drop).map_err(|error| {
            Error::new(ErrorKind::PermissionDenied, "kill", tree.as_str()).detail(error.to_string())
        })
    }

    /// Kills the group that a child led, whoever is left in it. This may have to read the
    /// process table; [`Groups::kill`](crate::Groups::kill) says when.
    pub fn kill_left_behind(&self, group: GroupId) {
        let Some(tree) = self.groups.tree_of(group) else {
            return;
        };
        if self.is_whole(&tree) {
            let mut left = self.whole_members(&tree);
            left.retain(|process| group.has(process));
            // Who cannot be killed is left.
            let _ = signal(&tree, &left, Signal::KILL);
        } else {
            self.groups.kill_left_behind(group);
        }
    }
}
