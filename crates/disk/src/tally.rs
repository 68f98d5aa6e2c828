//! The count.

use crate::{Ended, LeftOut, Usage, Why};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::{fmt, time::Duration};

/// What bounds a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most things that are counted.
    pub entries: u64,
    /// The longest that a walk takes.
    pub time: Duration,
    /// The most things that are named of those left out.
    pub named: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            time: Duration::from_secs(60),
            named: 20,
        }
    }
}

/// A file, whatever it is called: the number of its disk, and its own there.
pub type FileId = (u64, u64);

/// Something that a walk came upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which file it is.
    pub id: FileId,
    /// How many names the file has. A directory has one, whatever the system says.
    pub links: u64,
    /// What it takes on the disk.
    pub bytes: u64,
    /// When it was last read or changed, in seconds since 1970; 0 when that says nothing,
    /// as of a directory.
    pub touched: u64,
}

/// A count of one or several folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    limits: Limits,
    entries: u64,
    /// The bytes of files with one name.
    own: u64,
    touched: u64,
    /// The files with several names.
    linked: BTreeMap<FileId, Linked>,
    left_out: Vec<LeftOut>,
    more_left_out: u64,
    ended: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Linked {
    /// How many of its names were come upon.
    seen: u64,
    links: u64,
    bytes: u64,
}

/// There is no room for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Tally {
    /// A count that has counted nothing.
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: 0,
            own: 0,
            touched: 0,
            linked: BTreeMap::new(),
            left_out: Vec::new(),
            more_left_out: 0,
            ended: Ended::Whole,
        }
    }

    /// What bounds it.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Counts a thing.
    ///
    /// # Errors
    ///
    /// [`Full`] when there is no room for it; then the count is over, and says so.
    pub fn add(&mut self, found: Found) -> Result<(), Full> {
        if self.entries >= self.limits.entries {
            self.end(Ended::TooMuch);
            return Err(Full);
        }
        self.entries += 1;
        if found.links <= 1 {
            self.own = self.own.saturating_add(found.bytes);
            self.touched = self.touched.max(found.touched);
            return Ok(());
        }
        self.link(found.id, found.links, found.bytes, 1);
        Ok(())
    }

    /// Names something that cannot be counted.
    pub fn leave_out(&mut self, path: impl Into<String>, why: Why) {
        if self.left_out.len() >= self.limits.named {
            self.more_left_out += 1;
            return;
        }
        let path = path.into();
        self.left_out.push(LeftOut { path, why });
    }

    /// The count is over before its end. The first reason counts.
    pub fn end(&mut self, why: Ended) {
        if self.ended == Ended::Whole {
            self.ended = why;
        }
    }

    /// Adds what another count has of another folder, which is called so.
    pub fn absorb(&mut self, folder: &str, other: &Self) {
        self.entries = self.entries.saturating_add(other.entries);
        self.own = self.own.saturating_add(other.own);
        self.touched = self.touched.max(other.touched);
        for (id, linked) in &other.linked {
            self.link(*id, linked.links, linked.bytes, linked.seen);
        }
        for LeftOut { path, why } in &other.left_out {
            let between = if path.is_empty() { "" } else { "/" };
            self.leave_out(alloc::format!("{folder}{between}{path}"), why.clone());
        }
        self.more_left_out += other.more_left_out;
        if other.ended != Ended::Whole {
            self.end(other.ended);
        }
    }

    /// What was counted.
    pub fn usage(&self) -> Usage {
        let linked = || self.linked.values();
        let all = linked().map(|linked| linked.bytes);
        let gone = linked().filter(|linked| linked.seen >= linked.links);
        let sum = |of: u64, bytes: u64| of.saturating_add(bytes);
        Usage {
            bytes: all.fold(self.own, sum),
            freed: gone.map(|linked| linked.bytes).fold(self.own, sum),
            entries: self.entries,
            touched: self.touched,
            left_out: self.left_out.clone(),
            more_left_out: self.more_left_out,
            ended: self.ended,
        }
    }

    /// A file that there is no room to remember is not counted, and the count says so.
    fn link(&mut self, id: FileId, links: u64, bytes: u64, seen: u64) {
        let room = self.limits.entries > self.linked.len() as u64;
        if !room && !self.linked.contains_key(&id) {
            return self.end(Ended::TooMuch);
        }
        let linked = self.linked.entry(id).or_insert(Linked {
            seen: 0,
            links,
            bytes,
        });
        linked.seen = linked.seen.saturating_add(seen);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.usage().fmt(f)
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is more than a count has room for")
    }
}

impl core::error::Error for Full {}
