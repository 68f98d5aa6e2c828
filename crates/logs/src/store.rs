//! Where finished lines go: masked, cut to length, counted, kept in the ring.

use crate::{
    Limits, Mask, Source,
    block::{Unseen, unseen},
    mask::head,
    ring::Ring,
    split::Text,
};
use alloc::borrow::Cow;
use collodi_time::Instant;

/// What has gone through a log since it was made, or
/// [went on](crate::Log::go_on) behind an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Bytes pushed.
    pub bytes: u64,
    /// Lines completed, notes included.
    pub lines: u64,
    /// Lines that fell out of the ring.
    pub dropped_lines: u64,
    /// Lines whose end was dropped.
    pub truncated_lines: u64,
    /// Bytes dropped from the ends of those lines.
    pub truncated_bytes: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) ring: Ring,
    pub(crate) mask: Mask,
    pub(crate) totals: Totals,
    /// Lines of the ring that the totals do not count.
    pub(crate) earlier: u64,
    line_bytes: usize,
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            ring: Ring::new(limits),
            mask: Mask::default(),
            totals: Totals::default(),
            earlier: 0,
            line_bytes: limits.line_bytes.min(limits.bytes),
        }
    }

    /// How many bytes of a line must be seen to know all that is kept of it: a
    /// secret, or a character, may begin within the limit and end behind it.
    pub(crate) fn raw_bytes(&self) -> usize {
        let behind = self.mask.longest().max(char::MAX_LEN_UTF8);
        self.line_bytes.saturating_add(behind)
    }

    /// How many of the lines that were counted, or kept before that, are gone.
    pub(crate) fn dropped_lines(&self) -> u64 {
        let had = self.totals.lines + self.earlier;
        had - self.ring.lines().len() as u64
    }

    pub(crate) fn add(&mut self, now: Instant, source: Source, line: &Text<'_>) -> u64 {
        let (text, dropped) = self.fit(line);
        let seq = self.ring.push(now, source, &text, dropped);
        self.totals.lines += 1;
        self.totals.truncated_lines += u64::from(dropped > 0);
        self.totals.truncated_bytes += dropped;
        seq
    }

    /// Counts the lines at the beginning of a block of plain ones that those behind them
    /// push out of the ring, and gives the rest. Where a line may be too long, or a
    /// byte that is no text (which takes three) makes it so, that is all of the block.
    pub(crate) fn pass<'a>(&mut self, block: &'a [u8]) -> &'a [u8] {
        let longest = self.line_bytes / char::REPLACEMENT_CHARACTER.len_utf8();
        let Unseen { lines, bytes } = unseen(block, self.ring.most_lines(), longest);
        self.totals.bytes += bytes as u64;
        self.totals.lines += lines as u64;
        self.ring.pass(lines as u64);
        block.get(bytes..).unwrap_or_default()
    }

    /// The text as it may be shown, and how many bytes are missing at its end.
    pub(crate) fn fit<'a>(&self, line: &'a Text<'_>) -> (Cow<'a, str>, u64) {
        let (text, taken) = if self.mask.is_empty() {
            let kept = head(&line.text, self.line_bytes);
            (Cow::Borrowed(kept), kept.len())
        } else {
            self.mask.prefix(&line.text, self.line_bytes)
        };
        (text, line.dropped + (line.text.len() - taken) as u64)
    }
}
