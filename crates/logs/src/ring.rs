//! The newest lines, numbered.

use crate::{Limits, Line, Source};
use alloc::{borrow::ToOwned, collections::VecDeque, string::String, vec::Vec};
use collodi_time::Instant;
use core::ops::Range;

/// A text buffer that fell out of the ring is used again for a new line unless it
/// is much too large for it: at most twice the text and this many bytes.
pub(crate) const SLACK: usize = 64;

/// What a reader gets from one position on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'a> {
    /// The lines, oldest first.
    pub lines: Vec<&'a Line>,
    /// The numbers asked for that had fallen out of the ring.
    pub gap: Option<Range<u64>>,
    /// The position to read from next.
    pub next: u64,
}

/// Lines with growing numbers, bounded in number and bytes.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    limits: Limits,
    lines: VecDeque<Line>,
    bytes: usize,
    next: u64,
}

impl Ring {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            lines: VecDeque::new(),
            bytes: 0,
            next: 0,
        }
    }

    /// The number that the next line will get.
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// The number of the oldest line that is still here.
    pub(crate) fn first(&self) -> u64 {
        self.lines.front().map_or(self.next, |line| line.seq)
    }

    pub(crate) fn push(&mut self, at: Instant, source: Source, text: &str, dropped: u64) -> u64 {
        let seq = self.next;
        self.next += 1;
        let free = self.make_room(text.len());
        if self.fits(text.len()) {
            self.bytes += text.len();
            if self.lines.capacity() == 0 {
                // Many logs are of one line for long, and to grow makes room for four.
                self.lines.reserve_exact(1);
            }
            self.lines.push_back(Line {
                seq,
                at,
                source,
                text: fill(free, text),
                truncated: dropped > 0,
                dropped,
            });
        }
        seq
    }

    /// The most lines that it keeps.
    pub(crate) const fn most_lines(&self) -> usize {
        self.limits.lines
    }

    /// Gives so many numbers to lines that are not kept, because
    /// [`most_lines`](Self::most_lines) follow at once, which push out all before them.
    pub(crate) const fn pass(&mut self, lines: u64) {
        self.next += lines;
    }

    /// The lines here, and those to come, have numbers that are higher by `more`.
    pub(crate) fn renumber(&mut self, more: u64) {
        self.lines.iter_mut().for_each(|line| line.seq += more);
        self.next += more;
    }

    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.lines.iter()
    }

    pub(crate) fn page(
        &self,
        from: u64,
        max_lines: usize,
        mut wanted: impl FnMut(&Line) -> bool,
    ) -> Page<'_> {
        let from = from.min(self.next);
        let start = from.max(self.first());
        let mut page = Page {
            lines: Vec::new(),
            gap: (from < start).then_some(from..start),
            next: start,
        };
        for line in self.lines.range(self.index(start)..) {
            if page.lines.len() == max_lines {
                break;
            }
            page.next = line.seq + 1;
            if wanted(line) {
                page.lines.push(line);
            }
        }
        page
    }

    /// Bytes held, spare capacity included.
    pub(crate) fn memory(&self) -> usize {
        let texts: usize = self.lines.iter().map(|line| line.text.capacity()).sum();
        texts + self.lines.capacity() * size_of::<Line>()
    }

    fn index(&self, seq: u64) -> usize {
        let index = seq.saturating_sub(self.first());
        usize::try_from(index).map_or(self.lines.len(), |i| i.min(self.lines.len()))
    }

    fn fits(&self, bytes: usize) -> bool {
        self.lines.len() < self.limits.lines
            && self.bytes.saturating_add(bytes) <= self.limits.bytes
    }

    /// Drops the oldest lines until `bytes` more fit, and returns a buffer that
    /// became free.
    fn make_room(&mut self, bytes: usize) -> Option<String> {
        let mut free = None;
        while !self.fits(bytes) {
            let line = self.lines.pop_front()?;
            self.bytes -= line.text.len();
            free = Some(line.text);
        }
        free
    }
}

fn fill(free: Option<String>, text: &str) -> String {
    match free {
        Some(mut buffer) if buffer.capacity() <= 2 * text.len() + SLACK => {
            buffer.clear();
            buffer.push_str(text);
            buffer
        }
        _ => text.to_owned(),
    }
}
