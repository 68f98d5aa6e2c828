//! Control groups that nobody is in.
//!
//! To remove one and to make it again takes as long as a tenth of a start, and the next life of a daemon
//! may begin at once. So what is empty stays for a moment, and goes unless somebody came.

use super::Cgroups;
use collodi_command::TreeId;
use std::{
    collections::BTreeSet,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most that stay; others are removed at once.
const MOST: usize = 1024;

/// The trees whose control groups are to be removed.
#[derive(Debug, Default)]
pub(super) struct Vacant(Mutex<Trees>);

#[derive(Debug, Default)]
struct Trees {
    vacant: BTreeSet<TreeId>,
    /// Who came into their groups would be bounded as those before: these do not stay.
    bounded: BTreeSet<TreeId>,
}

impl Vacant {
    /// Whether it may stay.
    fn add(&self, tree: &TreeId) -> bool {
        let mut trees = self.lock();
        let stays = !trees.bounded.contains(tree) && trees.vacant.len() < MOST;
        if stays {
            trees.vacant.insert(tree.clone());
        }
        stays
    }

    /// It does not stay when it is empty.
    pub(super) fn never(&self, tree: &TreeId) {
        self.lock().bounded.insert(tree.clone());
    }

    /// Somebody is in it.
    pub(super) fn enter(&self, tree: &TreeId) {
        self.lock().vacant.remove(tree);
    }

    /// It is removed.
    pub(super) fn forget(&self, tree: &TreeId) {
        self.lock().bounded.remove(tree);
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
        if !self.vacant.add(tree) {
            self.remove(tree);
        }
    }

    /// The tree is bounded by its control group, which therefore does not stay when it is empty.
    pub(crate) fn note_bounded(&self, tree: &TreeId) {
        self.vacant.never(tree);
    }

    /// Whether something is to be [tidied](Self::tidy).
    pub(crate) fn is_untidy(&self) -> bool {
        !self.vacant.lock().vacant.is_empty()
    }

    /// Removes what is vacant. Of one that somebody is just about to enter nothing is lost: who
    /// starts a process makes it again.
    pub(crate) fn tidy(&self) {
        let trees = mem::take(&mut self.vacant.lock().vacant);
        trees.iter().for_each(|tree| self.remove(tree));
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        self.tidy();
    }
}
