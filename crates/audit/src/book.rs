//! From lines to entries.

use crate::{Closed, Held, MAX_LINE_BYTES, Opened, Record};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

/// An execution: how it began, and how it ended if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it began.
    pub opened: Opened,
    /// How it ended.
    pub closed: Option<Closed>,
}

/// What is known of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It has ended.
    Ended,
    /// It was not started.
    NotStarted,
    /// It was not started, because it could not be kept in what was asked for.
    Refused,
    /// It lives, as far as the server knows that runs.
    Running,
    /// The server that started it is gone, and nobody has seen its end.
    Unknown,
}

impl State {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::NotStarted => "not-started",
            Self::Refused => "refused",
            Self::Running => "running",
            Self::Unknown => "unknown",
        }
    }
}

impl Entry {
    /// What is known of it, where the server with this session runs.
    pub fn state(&self, session: Option<&str>, adopted: bool) -> State {
        match &self.closed {
            Some(closed) if closed.refused => State::Refused,
            Some(closed) if closed.error.is_some() => State::NotStarted,
            Some(_) => State::Ended,
            None if adopted || session == Some(self.opened.session.as_str()) => State::Running,
            None => State::Unknown,
        }
    }

    fn hold(&mut self, held: Held) {
        let sandbox = &mut self.opened.execution.sandbox;
        sandbox.mechanism = Some(held.mechanism);
        (sandbox.enforced, sandbox.missing) = (held.enforced, held.missing);
    }

    /// A sandbox that could not be made holds nothing.
    fn close(&mut self, closed: Closed) {
        if closed.refused {
            let sandbox = &mut self.opened.execution.sandbox;
            sandbox.mechanism = None;
            sandbox.enforced.clear();
        }
        self.closed = Some(closed);
    }

    /// How long it took, in milliseconds. A clock that was set back counts as none.
    pub fn duration_ms(&self) -> Option<u64> {
        let closed = self.closed.as_ref()?;
        Some(closed.at.saturating_sub(self.opened.at))
    }
}

/// All entries of some files, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    entries: Vec<Entry>,
    by_id: BTreeMap<String, usize>,
    skipped: usize,
    lost: u64,
}

impl Book {
    /// The most entries that are kept; of more, the newest.
    pub const MAX_ENTRIES: usize = 200_000;

    /// Reads a file after the ones before. Lines that are none are counted, not kept: the last
    /// one of a server that was killed is torn.
    pub fn read(&mut self, bytes: &[u8]) {
        for line in bytes.split(|byte| *byte == b'\n').filter(|l| !l.is_empty()) {
            let text = (line.len() <= MAX_LINE_BYTES).then(|| core::str::from_utf8(line).ok());
            match text.flatten().and_then(Record::from_line) {
                Some(record) => self.add(record),
                None => self.skipped += 1,
            }
        }
    }

    /// Adds a record. The end of what is not known to have begun is left out: its beginning
    /// went with an older file.
    pub fn add(&mut self, record: Record) {
        match record {
            Record::Opened(opened) => self.open(*opened),
            Record::Held(held) => {
                if let Some(entry) = self.entry(&held.id) {
                    entry.hold(held);
                }
            }
            Record::Closed(closed) => {
                if let Some(entry) = self.entry(&closed.id) {
                    entry.close(closed);
                }
            }
            Record::Lost { count } => self.lost = self.lost.saturating_add(count),
        }
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        let at = self.by_id.get(id).copied()?;
        self.entries.get_mut(at)
    }

    fn open(&mut self, opened: Opened) {
        if self.entries.len() >= Self::MAX_ENTRIES {
            self.forget(Self::MAX_ENTRIES / 2);
        }
        self.by_id.insert(opened.id.to_string(), self.entries.len());
        let closed = None;
        self.entries.push(Entry { opened, closed });
    }

    /// Forgets the oldest entries.
    fn forget(&mut self, count: usize) {
        self.entries.drain(..count.min(self.entries.len()));
        let ids = self.entries.iter().map(|entry| entry.opened.id.clone());
        self.by_id = ids.zip(0..).collect();
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many lines were none.
    pub const fn skipped(&self) -> usize {
        self.skipped
    }

    /// How many records were not written.
    pub const fn lost(&self) -> u64 {
        self.lost
    }
}
