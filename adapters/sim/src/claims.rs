//! Who has claimed which file.

use collodi_contain::ContainedPath;
use collodi_file::FileAnswer;
use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

/// The claims, each until its owner lets go or is gone.
#[derive(Debug)]
pub(crate) struct Claims(BTreeMap<String, Weak<()>>);

impl Claims {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(crate) fn is_held(&self, path: &ContainedPath) -> bool {
        let owner = self.0.get(&path.absolute());
        owner.is_some_and(|owner| owner.strong_count() > 0)
    }

    pub(crate) fn hold(&mut self, path: &ContainedPath, owner: &Arc<()>) {
        self.0.insert(path.absolute(), Arc::downgrade(owner));
    }

    pub(crate) fn release(&mut self, path: &ContainedPath) -> FileAnswer {
        self.0.remove(&path.absolute());
        FileAnswer::Done
    }
}
