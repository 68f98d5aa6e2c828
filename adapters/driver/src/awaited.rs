//! The trees that are waited for, and the children of them that have ended meanwhile.

use crate::heard::Heard;
use collodi_action::Error;
use collodi_command::TreeId;
use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What is kept at most of trees that nobody waits for: children, or trees that have none.
const MOST_UNCLEAR: usize = 1024;

/// The trees that are waited for.
///
/// Dropping a child kills its process group. Who waits for a tree ends what is left of it with a
/// signal and a grace period, also those in the group of a child that has ended: so that child is
/// kept, and let go of when nobody is left. When all who wait give up, it is dropped as any other.
///
/// Where nobody could say whether anybody is left, it is asked again after a while: till then, and
/// until one answer is clear, the tree is as one that is waited for. Not everybody asks again, so
/// of such trees the oldest are given up where there are too many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Awaited(Arc<Mutex<Trees>>);

#[derive(Debug, Default)]
struct Trees {
    trees: BTreeMap<TreeId, Tree>,
    /// Those that nobody waits for, the oldest first: the last answer about them was unclear.
    unclear: VecDeque<TreeId>,
}

#[derive(Debug, Default)]
struct Tree {
    /// How many wait for it.
    waits: usize,
    /// Nobody could say whether anybody is left, and nobody has said since.
    is_unclear: bool,
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
        self.lock().begin(tree);
        Wait {
            awaited: self.clone(),
            tree: tree.clone(),
        }
    }

    /// Keeps a child of `tree` whose end was told, if somebody waits for that.
    pub(crate) fn keep(&self, tree: &TreeId, child: Heard) {
        let mut trees = self.lock();
        let given_up = match trees.trees.get_mut(tree) {
            Some(awaited) => {
                awaited.ended.push(child);
                trees.give_up()
            }
            None => {
                drop(trees);
                return drop(child);
            }
        };
        drop(trees);
        drop(given_up);
    }

    /// A panic elsewhere does not make the list wrong.
    fn lock(&self) -> MutexGuard<'_, Trees> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trees {
    fn begin(&mut self, tree: &TreeId) {
        self.trees.entry(tree.clone()).or_default().waits += 1;
        self.unclear.retain(|unclear| unclear != tree);
    }

    /// One who waited for a tree does no more. What is given up is to be dropped.
    fn end(&mut self, id: &TreeId) -> Vec<Tree> {
        let Some(tree) = self.trees.get_mut(id) else {
            return Vec::new();
        };
        tree.waits -= 1;
        match (tree.waits, tree.is_unclear) {
            (0, false) => self.trees.remove(id).into_iter().collect(),
            (0, true) => {
                self.unclear.push_back(id.clone());
                self.give_up()
            }
            _ => Vec::new(),
        }
    }

    /// The oldest that nobody waits for, where there are too many.
    fn give_up(&mut self) -> Vec<Tree> {
        let mut given_up = Vec::new();
        while self.unclear_weight() > MOST_UNCLEAR
            && let Some(oldest) = self.unclear.pop_front()
        {
            given_up.extend(self.trees.remove(&oldest));
        }
        given_up
    }

    fn unclear_weight(&self) -> usize {
        let unclear = self.unclear.iter().filter_map(|id| self.trees.get(id));
        unclear.map(Tree::weight).sum()
    }
}

impl Tree {
    /// How many children it has; a tree without one takes room, too.
    fn weight(&self) -> usize {
        self.ended.len().max(1)
    }
}

impl Wait {
    /// Nobody of the tree is left, or nobody can say whether anybody is.
    pub(crate) fn answered(&self, empty: &Result<(), Error>) {
        match empty {
            Ok(()) => self.is_over(),
            Err(_) => self.is_unclear(),
        }
    }

    fn is_over(&self) {
        let mut trees = self.awaited.lock();
        let ended = trees.trees.get_mut(&self.tree).map(|tree| {
            tree.is_unclear = false;
            mem::take(&mut tree.ended)
        });
        drop(trees);
        ended.into_iter().flatten().for_each(Heard::leave);
    }

    fn is_unclear(&self) {
        if let Some(tree) = self.awaited.lock().trees.get_mut(&self.tree) {
            tree.is_unclear = true;
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        // Not while others are locked out.
        let given_up = self.awaited.lock().end(&self.tree);
        drop(given_up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_action::ErrorKind;
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

    /// A child, and what becomes of it.
    fn child() -> (Heard, Arc<Mutex<&'static str>>) {
        let fate = Arc::new(Mutex::new("kept"));
        let noted = Box::new(Noted(fate.clone()));
        (Heard::new(noted, Arc::new(AtomicBool::new(false))), fate)
    }

    /// Ends a wait: `empty`, `unclear`, or else it is given up.
    fn end(wait: Wait, how: &str) {
        match how {
            "empty" => wait.answered(&Ok(())),
            "unclear" => wait.answered(&Err(Error::new(ErrorKind::Exhausted, "watch", "a"))),
            _ => {}
        }
        drop(wait);
    }

    /// What becomes of a child that ends while its tree is waited for by as many, and what after each of them
    /// has heard an answer, or has given up; at last it is asked `again`, one after the other.
    fn fates(waits: &[&str], again: &[&str]) -> Vec<&'static str> {
        let (awaited, tree) = (Awaited::default(), TreeId::new("a"));
        let waiting: Vec<_> = waits.iter().map(|_| awaited.wait(&tree)).collect();
        let (child, fate) = child();
        awaited.keep(&tree, child);
        let mut fates = vec![*fate.lock().unwrap()];
        for (how, wait) in waits.iter().zip(waiting) {
            end(wait, how);
            fates.push(*fate.lock().unwrap());
        }
        for how in again {
            end(awaited.wait(&tree), how);
            fates.push(*fate.lock().unwrap());
        }
        let is_kept = !awaited.lock().trees.is_empty();
        let ends_unclear =
            waits.iter().chain(again).rfind(|how| **how != "gives up") == Some(&"unclear");
        assert_eq!(is_kept, ends_unclear, "{waits:?}, {again:?}");
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
            (&["unclear", "empty"], &["kept", "kept", "left"]),
            (&["unclear", "gives up"], &["kept", "kept", "kept"]),
        ];
        for (waits, expected) in table {
            assert_eq!(fates(waits, &[]), *expected, "{waits:?}");
        }
    }

    #[test]
    fn it_is_kept_after_an_unclear_answer_until_one_is_clear() {
        let table: &[(&[&str], &[&str])] = &[
            (&["empty"], &["kept", "kept", "left"]),
            (&["unclear", "empty"], &["kept", "kept", "kept", "left"]),
            (&["gives up", "empty"], &["kept", "kept", "kept", "left"]),
        ];
        for (again, expected) in table {
            assert_eq!(fates(&["unclear"], again), *expected, "{again:?}");
        }
    }

    #[test]
    fn so_is_one_that_ends_before_it_is_asked_again() {
        let (awaited, tree) = (Awaited::default(), TreeId::new("a"));
        end(awaited.wait(&tree), "unclear");
        let (child, fate) = child();
        awaited.keep(&tree, child);
        assert_eq!(*fate.lock().unwrap(), "kept");
        end(awaited.wait(&tree), "empty");
        assert_eq!(*fate.lock().unwrap(), "left");
    }

    /// As any other that nobody hears.
    #[test]
    fn with_the_driver_it_is_dropped() {
        let (awaited, tree) = (Awaited::default(), TreeId::new("a"));
        end(awaited.wait(&tree), "unclear");
        let (child, fate) = child();
        awaited.keep(&tree, child);
        drop(awaited);
        assert_eq!(*fate.lock().unwrap(), "killed");
    }

    #[test]
    fn of_those_that_nobody_asks_about_again_only_so_many_are_kept() {
        let awaited = Awaited::default();
        let tree = |at: usize| TreeId::new(&at.to_string());
        let mut fates = Vec::new();
        for at in 0..=MOST_UNCLEAR {
            let wait = awaited.wait(&tree(at));
            let (child, fate) = child();
            awaited.keep(&tree(at), child);
            end(wait, "unclear");
            fates.push(fate);
            // Of the first one it is asked again meanwhile.
            if at == 1 {
                end(awaited.wait(&tree(0)), "unclear");
            }
        }
        let first = || -> Vec<&str> {
            let fates = fates.iter().take(3);
            fates.map(|fate| *fate.lock().unwrap()).collect()
        };
        assert_eq!(first(), ["kept", "killed", "kept"]);
        let (child, _fate) = child();
        awaited.keep(&tree(MOST_UNCLEAR), child);
        assert_eq!(first(), ["killed", "killed", "kept"]);
    }
}
