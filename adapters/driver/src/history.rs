//! The latest changes, for who was away for a moment.

use collodi_host::Event;
use std::{collections::VecDeque, sync::Arc};

/// How many changes are kept.
const KEPT: usize = 1024;

/// The latest changes, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct History {
    changes: VecDeque<Arc<Event>>,
    last: u64,
}

/// What happened after a number.
#[derive(Debug)]
pub(crate) enum Since {
    /// These, each with its number.
    Changes(Vec<(u64, Arc<Event>)>),
    /// So many, of which some are not kept.
    Missed(u64),
}

impl History {
    /// The number of the latest change; 0 before the first.
    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn push(&mut self, change: Arc<Event>) {
        if self.changes.len() == KEPT {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
        self.last += 1;
    }

    /// What happened after change `number`. A number that was never given counts as one
    /// after which everything was missed.
    pub(crate) fn since(&self, number: u64) -> Since {
        let Some(count) = self.last.checked_sub(number) else {
            return Since::Missed(self.last.max(1));
        };
        let kept = self.changes.len();
        let Some(skip) = usize::try_from(count)
            .ok()
            .and_then(|n| kept.checked_sub(n))
        else {
            return Since::Missed(count);
        };
        let numbered = (number + 1..).zip(self.changes.iter().skip(skip).cloned());
        Since::Changes(numbered.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(history: &History, number: u64) -> String {
        match history.since(number) {
            Since::Changes(changes) => {
                let numbers: Vec<_> = changes.iter().map(|(number, _)| *number).collect();
                match numbers.as_slice() {
                    [] => "nothing".to_owned(),
                    [first, .., last] => format!("{first} to {last}"),
                    [only] => only.to_string(),
                }
            }
            Since::Missed(count) => format!("missed {count}"),
        }
    }

    #[test]
    fn what_is_kept_is_told_again() {
        let mut history = History::default();
        assert_eq!(told(&history, 0), "nothing");
        assert_eq!(told(&history, 7), "missed 1");
        for _ in 0..1030 {
            history.push(Arc::new(Event::FactsKnown));
        }
        let table = [
            (0, "missed 1030"),
            (5, "missed 1025"),
            (6, "7 to 1030"),
            (1029, "1030"),
            (1030, "nothing"),
            (1031, "missed 1030"),
            (u64::MAX, "missed 1030"),
        ];
        for (number, expected) in table {
            assert_eq!(told(&history, number), expected, "after {number}");
        }
    }
}
