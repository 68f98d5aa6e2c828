//! What has begun and not ended, without the rest.

use crate::{Book, MAX_LINE_BYTES};
use alloc::{
    borrow::{Cow, ToOwned as _},
    collections::BTreeMap,
    string::String,
};
use serde::Deserialize;

/// The executions of some files of which no end is written down, by the tree of their processes. Of
/// each line it reads what says so, and no more: that is much less work than a [`Book`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOpen {
    begun: BTreeMap<String, Begun>,
    count: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Begun {
    number: usize,
    tree: String,
}

/// What a line says of it.
#[derive(Deserialize)]
struct Brief<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    tree: Cow<'a, str>,
}

impl LeftOpen {
    /// Reads a file after the ones before. At most [`Book::MAX_ENTRIES`] are kept.
    pub fn read(&mut self, bytes: &[u8]) {
        let lines = bytes.split(|byte| *byte == b'\n');
        for line in lines.filter(|line| line.len() <= MAX_LINE_BYTES) {
            if let Ok(brief) = serde_json::from_slice::<Brief<'_>>(line) {
                self.add(&brief);
            }
        }
    }

    fn add(&mut self, brief: &Brief<'_>) {
        match &*brief.event {
            "opened" => self.begin(&brief.id, &brief.tree),
            "closed" => drop(self.begun.remove(&*brief.id)),
            _ => {}
        }
    }

    fn begin(&mut self, id: &str, tree: &str) {
        self.count += 1;
        if self.begun.len() >= Book::MAX_ENTRIES {
            self.begun.pop_first();
        }
        let (number, tree) = (self.count, tree.to_owned());
        self.begun.insert(id.to_owned(), Begun { number, tree });
    }

    /// The names of the executions by their trees; of those of one tree, the last that began.
    pub fn by_tree(self) -> BTreeMap<String, String> {
        let begun = self.begun.into_iter();
        let in_order: BTreeMap<_, _> = begun
            .map(|(id, Begun { number, tree })| (number, (tree, id)))
            .collect();
        in_order.into_values().collect()
    }
}
