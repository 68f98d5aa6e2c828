//! The trees that are waited for, and the children of them that have ended meanwhile.

use crate::heard::Heard;
use collodi_command::TreeId;
use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The trees that are waited for.
///
/// Dropping a child kills its process group. Who waits for a tree ends what is left of it with a
/// signal and a grace period, also those in the group of a child that has ended: so that child is
/// kept, and let go of when nobody is left. When all who wait give up, it is dropped as any other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Awaited(Arc<Mutex<BTreeMap<TreeId, Tree>>>);

#[derive(Debug, Default)]
struct Tree {
    /// How many wait for it.
    waits: usize,
    /// Its children whose end was told.
    ended: Vec<Heard>,
}

/// Somebody waits for a tree, as long as this is kept.
#[derive(Debug)]
pub(crate) struct Wait {
    awaited: Awaited,
    tree: TreeId,
}

impl Awaited {
    pub(crate) fn wait(&self, tree: &TreeId) -> Wait {
        self.lock().entry(tree.clone()).or_default().waits += 1;
        Wait {
            awaited: self.clone(),
            tree: tree.clone(),
        }
    }

    /// Keeps a child of `tree` whose end was told, if somebody waits for that.
    pub(crate) fn keep(&self, tree: &TreeId, child: Heard) {
        let mut trees = self.lock();
        match trees.get_mut(tree) {
            Some(awaited) => awaited.ended.push(child),
            None => {
                drop(trees);
                drop(child);
            }
        }
    }

    /// A panic elsewhere does not make the list wrong.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<TreeId, Tree>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait {
    /// Nobody of the tree is left.
    pub(crate) fn is_over(&self) {
        let mut trees = self.awaited.lock();
        let awaited = trees.get_mut(&self.tree);
        let ended = awaited.map(|tree| mem::take(&mut tree.ended));
        drop(trees);
        ended.into_iter().flatten().for_each(Heard::leave);
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut trees = self.awaited.lock();
        let Some(tree) = trees.get_mut(&self.tree) else {
            return;
        };
        tree.waits -= 1;
        let last = (tree.waits == 0).then(|| trees.remove(&self.tree));
        drop(trees);
        drop(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_backend::{Child, ChildEvent, ChildInput};
    use std::{
        sync::atomic::AtomicBool,
        task::{Context, Poll},
    };

    /// A child that notes what becomes of it.
    #[derive(Debug)]
    struct Noted(Arc<Mutex<&'static str>>);

    impl Child for Noted {
        fn pid(&self) -> Option<u32> {
            None
        }

        fn poll_event(&mut self, _: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
            Poll::Ready(None)
        }

        fn input(&mut self) -> Option<Box<dyn ChildInput>> {
            None
        }

        fn leave(self: Box<Self>) {
            *self.0.lock().unwrap() = "left";
        }
    }

    impl Drop for Noted {
        fn drop(&mut self) {
            let mut fate = self.0.lock().unwrap();
            if *fate == "kept" {
                *fate = "killed";
            }
        }
    }

    /// What becomes of a child that ends while its tree is waited for by as many, and what after each of them
    /// has heard that nobody is left, or has given up.
    fn fates(waits: &[&str]) -> Vec<&'static str> {
        let (awaited, tree) = (Awaited::default(), TreeId::new("a"));
        let waiting: Vec<_> = waits.iter().map(|_| awaited.wait(&tree)).collect();
        let fate = Arc::new(Mutex::new("kept"));
        let child = Heard::new(
            Box::new(Noted(fate.clone())),
            Arc::new(AtomicBool::new(false)),
        );
        awaited.keep(&tree, child);
        let mut fates = vec![*fate.lock().unwrap()];
        for (how, wait) in waits.iter().zip(waiting) {
            if *how == "empty" {
                wait.is_over();
            }
            drop(wait);
            fates.push(*fate.lock().unwrap());
        }
        assert!(awaited.lock().is_empty());
        fates
    }

    #[test]
    fn a_child_that_has_ended_is_kept_as_long_as_somebody_waits_for_its_tree() {
        let table: &[(&[&str], &[&str])] = &[
            (&[], &["killed"]),
            (&["empty"], &["kept", "left"]),
            (&["gives up"], &["kept", "killed"]),
            (&["gives up", "empty"], &["kept", "kept", "left"]),
            (&["empty", "gives up"], &["kept", "left", "left"]),
        ];
        for (waits, expected) in table {
            assert_eq!(fates(waits), *expected, "{waits:?}");
        }
    }
}
