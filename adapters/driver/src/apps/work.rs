//! Works on apps that are under way, each with a claim that tells whose it is.

use collodi_command::TreeId;
use collodi_contain::ContainedPath;
use std::sync::{Arc, Mutex, PoisonError};

/// The works that were given up.
#[derive(Clone, Debug, Default)]
pub(super) struct Left(Arc<Mutex<Vec<Given>>>);

/// What was given up.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The claim, which is still ours.
    pub(super) claim: ContainedPath,
    /// The folder in which an app was made.
    pub(super) folder: Option<ContainedPath>,
}

/// Something that is done to an app. Dropped before it is done with, it is left to be ended.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) given: Given,
    /// What works for it.
    pub(super) tree: TreeId,
    left: Left,
    done: bool,
}

impl Left {
    /// Begins a work.
    pub(super) fn work(&self, given: Given, tree: TreeId) -> Work {
        Work {
            given,
            tree,
            left: self.clone(),
            done: false,
        }
    }

    /// Those that nobody has taken yet.
    pub(super) fn take(&self) -> Vec<Given> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *left)
    }
}

impl Work {
    /// Nothing of it is left to be ended.
    pub(super) fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.done {
            let mut left = self.left.0.lock().unwrap_or_else(PoisonError::into_inner);
            left.push(self.given.clone());
        }
    }
}
