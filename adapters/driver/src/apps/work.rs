//! Folders in which apps are made.

use collodi_contain::ContainedPath;
use std::sync::{Arc, Mutex, PoisonError};

/// The folders of works that were given up.
#[derive(Clone, Debug, Default)]
pub(super) struct Left(Arc<Mutex<Vec<ContainedPath>>>);

/// A folder in which an app is made. Dropped before it is done with, it is left to be
/// removed.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) path: ContainedPath,
    left: Left,
    done: bool,
}

impl Left {
    /// Begins to work in this folder.
    pub(super) fn work(&self, path: ContainedPath) -> Work {
        Work {
            path,
            left: self.clone(),
            done: false,
        }
    }

    /// Those that nobody has taken yet.
    pub(super) fn take(&self) -> Vec<ContainedPath> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *left)
    }
}

impl Work {
    /// The folder is an app, or gone.
    pub(super) fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.done {
            let mut left = self.left.0.lock().unwrap_or_else(PoisonError::into_inner);
            left.push(self.path.clone());
        }
    }
}
