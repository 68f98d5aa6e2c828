//! How much a log keeps.

use crate::{Line, ring::SLACK, row::Row};

/// How much a log keeps. Zero is a limit like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lines in the ring.
    pub lines: usize,
    /// Bytes of text in the ring.
    pub bytes: usize,
    /// Bytes of text in one line; the rest of a longer one is dropped and counted.
    /// Never more than `bytes`.
    pub line_bytes: usize,
}

impl Default for Limits {
    /// 500 lines, 1 MiB, 64 KiB a line.
    fn default() -> Self {
        Self {
            lines: 500,
            bytes: 1 << 20,
            line_bytes: 64 << 10,
        }
    }
}

impl Limits {
    /// The most memory that a log with these limits holds between calls, on top of
    /// the secrets in its mask: text, twice over at worst, the lines around it, and
    /// an unfinished line of each stream with the row it is written over.
    pub const fn memory(&self) -> usize {
        let line = size_of::<Line>().saturating_add(SLACK);
        let ring = self.bytes.saturating_add(self.lines.saturating_mul(line));
        let unfinished = self
            .line_bytes
            .saturating_add(Row::MAX_MEMORY + char::MAX_LEN_UTF8);
        ring.saturating_add(unfinished).saturating_mul(2)
    }
}
