//! Questions.

use crate::{Book, Entry, Execution};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::Kind;

/// Which entries are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Only those of this app.
    pub app: Option<String>,
    /// Only those that began at this time or later, in milliseconds since 1970.
    pub since: Option<u64>,
    /// Only those for which this level was asked.
    pub level: Option<String>,
    /// Also those by which the program looked what is there: probes, and what is of no app.
    pub probes: bool,
    /// Only those behind the one with this id.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

impl Default for Query {
    /// The last 100 of all.
    fn default() -> Self {
        Self {
            app: None,
            since: None,
            level: None,
            probes: true,
            after: None,
            limit: 100,
        }
    }
}

/// Some entries, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// The entries.
    pub entries: Vec<&'a Entry>,
    /// How many there are in all of those that are asked for, behind or before this page too.
    pub total: usize,
    /// What to ask for the next page with as [`Query::after`]; none when this is the last.
    pub next: Option<String>,
}

impl Query {
    /// The answer. Without `after` and `since` it is the newest entries, else the first ones
    /// from there. An `after` that is no longer there counts as none.
    pub fn page<'a>(&self, book: &'a Book) -> Page<'a> {
        let fits = |entry: &&Entry| self.fits(entry);
        let all: Vec<&Entry> = book.entries().iter().filter(fits).collect();
        let is_after = |entry: &&Entry| Some(&entry.opened.id) == self.after.as_ref();
        let from = match all.iter().position(is_after) {
            Some(at) => at + 1,
            None if self.since.is_some() => 0,
            None => all.len().saturating_sub(self.limit),
        };
        let total = all.len();
        let entries: Vec<&Entry> = all.into_iter().skip(from).take(self.limit).collect();
        let more = from + entries.len() < total;
        let last = entries.last().map(|entry| entry.opened.id.to_string());
        Page {
            next: last.filter(|_| more),
            entries,
            total,
        }
    }

    fn fits(&self, entry: &Entry) -> bool {
        let opened = &entry.opened;
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == found
        };
        is(&self.app, opened.execution.app.as_deref())
            && is(&self.level, Some(&opened.execution.sandbox.requested))
            && self.since.is_none_or(|since| opened.at >= since)
            && (self.probes || !is_probe(&opened.execution))
    }

    /// The entries of this app.
    #[must_use]
    pub fn of_app(self, app: &str) -> Self {
        let app = Some(app.to_owned());
        Self { app, ..self }
    }
}

/// Whether the program only looked what is there.
fn is_probe(execution: &Execution) -> bool {
    let is = |kind: Kind| execution.kind == kind.as_str();
    is(Kind::Probe) || (is(Kind::Other) && execution.app.is_none())
}
