//! Named deadlines in the order in which they fall due.

use crate::{Deadline, Instant};
use alloc::collections::{BTreeMap, BTreeSet};

/// A set of deadlines, at most one a key.
#[derive(Clone, Debug, Default)]
pub struct Timers<K> {
    by_key: BTreeMap<K, Deadline>,
    by_time: BTreeSet<(Instant, K)>,
}

impl<K: Ord + Clone> Timers<K> {
    /// No timers.
    pub const fn new() -> Self {
        Self {
            by_key: BTreeMap::new(),
            by_time: BTreeSet::new(),
        }
    }

    /// Sets the deadline of `key`, replacing an earlier one.
    pub fn set(&mut self, key: K, deadline: Deadline) {
        self.cancel(&key);
        self.by_time.insert((deadline.at, key.clone()));
        self.by_key.insert(key, deadline);
    }

    /// Removes the deadline of `key`, and says what it was.
    pub fn cancel(&mut self, key: &K) -> Option<Deadline> {
        let deadline = self.by_key.remove(key)?;
        self.by_time.remove(&(deadline.at, key.clone()));
        Some(deadline)
    }

    /// The deadline of `key`.
    pub fn get(&self, key: &K) -> Option<Deadline> {
        self.by_key.get(key).copied()
    }

    /// The earliest deadline.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let (_, key) = self.by_time.first()?;
        self.get(key)
    }

    /// Takes out the earliest timer that is due at `now`; of two that fall due
    /// together, the one with the smaller key.
    pub fn pop_due(&mut self, now: Instant) -> Option<(K, Deadline)> {
        let (at, key) = self.by_time.first()?;
        if *at > now {
            return None;
        }
        let key = key.clone();
        let deadline = self.cancel(&key)?;
        Some((key, deadline))
    }

    /// Whether no timer is set.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Deadline {
        Deadline::new(Instant::from_millis(millis), "test")
    }

    #[test]
    fn setting_again_replaces() {
        let mut timers = Timers::new();
        timers.set('a', at(10));
        timers.set('a', at(20));
        assert_eq!(timers.pop_due(Instant::from_millis(10)), None);
        assert_eq!(
            timers.pop_due(Instant::from_millis(20)),
            Some(('a', at(20)))
        );
        assert!(timers.is_empty());
    }

    #[test]
    fn due_together_in_key_order() {
        let mut timers = Timers::new();
        timers.set('b', at(10));
        timers.set('a', at(10));
        let order = [timers.pop_due(at(10).at), timers.pop_due(at(10).at)];
        assert_eq!(order.map(|t| t.map(|(k, _)| k)), [Some('a'), Some('b')]);
    }
}
