//! Control groups that nobody is in.
//!
//! To remove one and to make it again takes as long as a tenth of a start, and the next life of a daemon
//! may begin at once. So what is empty stays for a moment, and goes unless somebody came.

use super::{Cgroups, Look, has_groups, remove_empty};
use crate::tree::usage;
use collodi_command::TreeId;
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

/// The most that stay; others are removed at once.
const MOST: usize = 1024;

/// The trees whose control groups are to be removed.
#[derive(Debug, Default)]
pub(super) struct Vacant(Mutex<Trees>);

#[derive(Debug, Default)]
struct Trees {
    vacant: BTreeMap<TreeId, Seen>,
    /// Whose groups do not stay: who came into one would be bounded as those before, or, where
    /// it was killed once, be killed at its start (seen with Linux 6.18).
    spent: BTreeSet<TreeId>,
    /// Of trees whose groups had lives before: the microseconds of processor time that those took.
    before: BTreeMap<TreeId, u64>,
    /// Whose groups had lives before of which that is not known yet.
    renewed: BTreeSet<TreeId>,
}

/// What is known of a control group that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Its last child has ended.
    Left,
    /// Nobody is in it, and who comes into it runs.
    Empty,
}

impl Vacant {
    /// Whether it may stay.
    fn add(&self, tree: &TreeId, seen: Seen) -> bool {
        let mut trees = self.lock();
        let stays = !trees.spent.contains(tree) && trees.vacant.len() < MOST;
        if stays {
            trees.vacant.insert(tree.clone(), seen);
        }
        stays
    }

    /// Somebody is about to be in it: what was known of it.
    fn enter(&self, tree: &TreeId) -> Option<Seen> {
        self.lock().vacant.remove(tree)
    }

    /// It does not stay when it is empty.
    fn spend(&self, tree: &TreeId) {
        self.lock().spent.insert(tree.clone());
    }

    fn is_removed(&self, tree: &TreeId) {
        let mut trees = self.lock();
        trees.spent.remove(tree);
        trees.renewed.remove(tree);
        trees.before.remove(tree);
    }

    /// A panic elsewhere does not make the lists wrong.
    fn lock(&self) -> MutexGuard<'_, Trees> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cgroups {
    /// Nobody may be in the control group of the tree any more: it goes with the next
    /// [`tidy`](Self::tidy), if it is empty by then.
    pub(crate) fn vacate(&self, tree: &TreeId) {
        self.leave(tree, Seen::Left);
    }

    pub(super) fn leave(&self, tree: &TreeId, seen: Seen) {
        if !self.vacant.add(tree, seen) {
            self.remove(tree);
        }
    }

    /// Makes a group that stayed as good as a new one for the next life of its tree; one that
    /// cannot be, goes. Whether one stays.
    pub(super) fn renew(&self, tree: &TreeId, path: &str) -> bool {
        if self.vacant.lock().spent.contains(tree) {
            self.remove(tree);
            return false;
        }
        let Some(seen) = self.vacant.enter(tree) else {
            return false;
        };
        let runs =
            || seen == Seen::Empty || matches!(self.look(tree), Look::Empty { frozen: false });
        if has_groups(path) || !runs() {
            self.remove(tree);
            return false;
        }
        self.vacant.lock().renewed.insert(tree.clone());
        true
    }

    /// The next life has begun in a group that was made as good as new: what is counted by now is taken
    /// for that of lives before. Its first moments are, too; to ask earlier would hold up its start.
    pub(super) fn count_before(&self, tree: &TreeId) {
        let is_renewed = self.vacant.lock().renewed.contains(tree);
        let path = self.path(tree).filter(|_| is_renewed);
        let micros = path.and_then(|path| usage::of_lives(&path));
        let mut trees = self.vacant.lock();
        if trees.renewed.remove(tree)
            && let Some(micros) = micros
        {
            trees.before.insert(tree.clone(), micros);
        }
    }

    /// The processor time of lives before, in microseconds; all there is as long as it is not known.
    pub(super) fn used_before(&self, tree: &TreeId) -> u64 {
        let trees = self.vacant.lock();
        if trees.renewed.contains(tree) {
            return u64::MAX;
        }
        trees.before.get(tree).copied().unwrap_or_default()
    }

    /// The tree has no group any more.
    pub(super) fn has_gone(&self, tree: &TreeId) {
        self.vacant.is_removed(tree);
    }

    /// The control group of the tree is for one life: it does not stay when it is empty.
    pub(crate) fn spend(&self, tree: &TreeId) {
        self.vacant.spend(tree);
    }

    /// Whether something is to be [tidied](Self::tidy).
    pub(crate) fn is_untidy(&self) -> bool {
        !self.vacant.lock().vacant.is_empty()
    }

    /// Removes what is vacant, and the first time what an earlier life left. Of one that somebody is
    /// just about to enter nothing is lost: who starts a process makes it again.
    pub(crate) fn tidy(&self) {
        if !self.is_swept.swap(true, Ordering::Relaxed) {
            remove_empty(&self.base);
        }
        let trees = mem::take(&mut self.vacant.lock().vacant);
        trees.keys().for_each(|tree| self.remove(tree));
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        self.tidy();
    }
}
