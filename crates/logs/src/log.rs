//! The log of one process.

use crate::{Limits, Line, Mask, Page, ring::Ring};
use alloc::string::String;
use collodi_command::Stream;
use collodi_time::Instant;
use core::ops::Range;

/// The log of one process: its two streams and the supervisor's notes, as numbered
/// lines in bounded memory.
#[derive(Clone, Debug)]
pub struct Log {
    ring: Ring,
}

/// What has gone through a log since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Lines completed, notes included.
    pub lines: u64,
    /// Bytes pushed.
    pub bytes: u64,
    /// Lines that are no longer in the ring.
    pub dropped_lines: u64,
    /// Lines whose end was dropped.
    pub truncated_lines: u64,
    /// Bytes dropped from the ends of those lines.
    pub truncated_bytes: u64,
}

/// The unfinished line of a stream, such as a progress bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Its text so far.
    pub text: String,
    /// How many bytes of it are already dropped.
    pub dropped: u64,
}

impl Log {
    /// An empty log; the first line will be number 0.
    pub fn new(limits: Limits) -> Self {
        Self {
            ring: Ring::new(limits),
        }
    }

    /// Masks the secrets in every line from now on.
    #[must_use]
    pub fn with_mask(self, _mask: Mask) -> Self {
        self
    }

    /// Takes in output; returns the numbers of the lines it completed.
    pub fn push(&mut self, now: Instant, stream: Stream, bytes: &[u8]) -> Range<u64> {
        let first = self.ring.next();
        let _ = (now, stream, bytes);
        first..self.ring.next()
    }

    /// Adds a line of the supervisor's own; returns its number.
    pub fn note(&mut self, now: Instant, text: &str) -> u64 {
        self.ring.push(now, crate::Source::Note, text, 0)
    }

    /// The streams have ended: what is unfinished becomes lines.
    pub fn close(&mut self, _now: Instant) -> Range<u64> {
        self.ring.next()..self.ring.next()
    }

    /// The last `n` lines, oldest first.
    pub fn last(&self, n: usize) -> impl Iterator<Item = &Line> {
        let lines = self.ring.lines();
        let skip = lines.len().saturating_sub(n);
        lines.skip(skip)
    }

    /// At most `max_lines` lines from number `from` on.
    pub fn read(&self, from: u64, max_lines: usize) -> Page<'_> {
        self.ring.page(from, max_lines, |_| true)
    }

    /// At most `max_lines` of the lines from number `from` on that `wanted` picks.
    pub fn search(
        &self,
        from: u64,
        max_lines: usize,
        wanted: impl FnMut(&Line) -> bool,
    ) -> Page<'_> {
        self.ring.page(from, max_lines, wanted)
    }

    /// The unfinished line of `stream`, if there is one.
    pub fn partial(&self, _stream: Stream) -> Option<Partial> {
        None
    }

    /// What has gone through since the log was made.
    pub fn totals(&self) -> Totals {
        Totals::default()
    }
}
