//! Things that wait for their turn, each once.

use std::collections::{BTreeMap, BTreeSet};

/// Things in the order in which they came, each once.
#[derive(Debug)]
pub(super) struct Turns<T> {
    waiting: BTreeMap<u64, T>,
    known: BTreeSet<T>,
    next: u64,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            known: BTreeSet::new(),
            next: 0,
        }
    }
}

impl<T: Ord + Clone> Turns<T> {
    /// Waits behind all others, unless it waits already.
    pub(super) fn push(&mut self, thing: &T) {
        if self.known.insert(thing.clone()) {
            self.waiting.insert(self.next, thing.clone());
            self.next += 1;
        }
    }

    /// Takes the one that has waited longest.
    pub(super) fn pop(&mut self) -> Option<T> {
        let (_, thing) = self.waiting.pop_first()?;
        self.known.take(&thing)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

impl<T: Ord + Clone> FromIterator<T> for Turns<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut turns = Self::default();
        things.into_iter().for_each(|thing| turns.push(&thing));
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn each_once_in_the_order_of_their_coming() {
        let mut turns: Turns<&str> = ["b", "a", "b", "c"].into_iter().collect();
        turns.push(&"b");
        let all: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        assert_eq!(all, ["b", "a", "c"]);
        assert!(turns.is_empty());
    }
}
