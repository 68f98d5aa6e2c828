//! The log of one process.

use crate::{
    Limits, Line, Mask, Page, Source, Totals,
    block::{behind_first_line, plain_lines},
    split::{Splitter, Text},
    store::Store,
};
use alloc::{borrow::Cow, string::String};
use collodi_command::Stream;
use collodi_time::Instant;
use core::ops::Range;

/// The log of one process: its two streams and the supervisor's notes, as numbered
/// lines in bounded memory. The contract is in the [crate documentation](crate).
#[derive(Clone, Debug)]
pub struct Log {
    stdout: Splitter,
    stderr: Splitter,
    store: Store,
}

/// The unfinished line of a stream, such as a prompt or a progress bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Its text so far. What may yet turn out to be a secret, or is not yet a
    /// whole character, is held back.
    pub text: String,
    /// How many bytes of it have been dropped already.
    pub dropped: u64,
}

impl Log {
    /// An empty log. The first line will be number 0.
    pub fn new(limits: Limits) -> Self {
        let store = Store::new(limits);
        Self {
            stdout: Splitter::new(store.raw_bytes()),
            stderr: Splitter::new(store.raw_bytes()),
            store,
        }
    }

    /// Hides what `mask` hides, in every line that is not finished yet.
    #[must_use]
    pub fn with_mask(mut self, mask: Mask) -> Self {
        self.set_mask(mask);
        self
    }

    /// Hides what `mask` hides, in every line that is not finished yet. Finished
    /// lines stay as they are.
    pub fn set_mask(&mut self, mask: Mask) {
        self.store.mask = mask;
        self.stdout.set_cap(self.store.raw_bytes());
        self.stderr.set_cap(self.store.raw_bytes());
    }

    /// Takes in output, in chunks cut anywhere. Returns the numbers of the lines
    /// that this chunk completed. If they are more than the ring holds, the first
    /// of them are gone already; [`push_with`](Self::push_with) shows them all.
    pub fn push(&mut self, now: Instant, stream: Stream, bytes: &[u8]) -> Range<u64> {
        self.push_where(now, stream, bytes, |_| false, |_| {})
    }

    /// Like [`push`](Self::push), and shows each line as it is completed. (A log
    /// that keeps no lines at all shows none.)
    pub fn push_with(
        &mut self,
        now: Instant,
        stream: Stream,
        bytes: &[u8],
        each: impl FnMut(&Line),
    ) -> Range<u64> {
        self.push_where(now, stream, bytes, |_| true, each)
    }

    /// Like [`push_with`](Self::push_with), for whoever looks for something that few lines
    /// have: `may_have` is asked of a block of whole lines, as they came, whether one of them
    /// may have it. If not, they are not shown, which is many times faster when they are more
    /// than the ring holds. There is no escape sequence, carriage return or backspace in a
    /// block; lines that have some are always shown, and so is one that began in an earlier
    /// chunk.
    pub fn push_where(
        &mut self,
        now: Instant,
        stream: Stream,
        bytes: &[u8],
        may_have: impl FnOnce(&[u8]) -> bool,
        mut each: impl FnMut(&Line),
    ) -> Range<u64> {
        let first = self.next_seq();
        let (begun, rest) = behind_first_line(bytes);
        let (block, rest) = plain_lines(rest);
        self.take_in(now, stream, begun, &mut each);
        if may_have(block) {
            self.take_in(now, stream, block, &mut each);
        } else {
            let block = self.store.pass(block);
            self.take_in(now, stream, block, |_| {});
        }
        self.take_in(now, stream, rest, each);
        first..self.next_seq()
    }

    fn take_in(&mut self, now: Instant, stream: Stream, bytes: &[u8], mut each: impl FnMut(&Line)) {
        let (splitter, store) = self.split(stream);
        store.totals.bytes += bytes.len() as u64;
        splitter.push(bytes, |line| {
            store.add(now, stream.into(), &line);
            store
                .ring
                .lines()
                .next_back()
                .into_iter()
                .for_each(&mut each);
        });
    }

    /// Adds a line of the supervisor's own and returns its number. Control
    /// characters in it become blanks, so it is one line.
    ///
    /// A note does not finish what the process has not: say that it ended with
    /// [`close`](Self::close) first.
    pub fn note(&mut self, now: Instant, text: &str) -> u64 {
        let blank = |c: char| if c.is_control() { ' ' } else { c };
        let line = Text {
            text: Cow::Owned(text.chars().map(blank).collect()),
            dropped: 0,
        };
        self.store.add(now, Source::Note, &line)
    }

    /// The streams have ended: what is unfinished becomes lines, of standard
    /// output first. Output may follow, of the next life of the process.
    pub fn close(&mut self, now: Instant) -> Range<u64> {
        let first = self.next_seq();
        for stream in [Stream::Stdout, Stream::Stderr] {
            let (splitter, store) = self.split(stream);
            splitter.close(|line| {
                store.add(now, stream.into(), &line);
            });
        }
        first..self.next_seq()
    }

    /// The number that the next line will get.
    pub const fn next_seq(&self) -> u64 {
        self.store.ring.next()
    }

    /// Goes on where the log before it was, once it is
    /// [restored](crate::recording::restore): the lines that are kept, and those to come, get
    /// numbers that are higher by `more`, and [`totals`](Self::totals) counts what comes from
    /// here on. A line that is kept counts as dropped when it falls out of the ring.
    pub fn go_on(&mut self, more: u64) {
        self.store.ring.renumber(more);
        self.store.earlier = self.store.ring.lines().len() as u64;
        self.store.totals = Totals::default();
    }

    /// The number of the oldest line that is kept; [`next_seq`](Self::next_seq)
    /// if there is none.
    pub fn first_seq(&self) -> u64 {
        self.store.ring.first()
    }

    /// The last `n` lines, oldest first.
    pub fn last(&self, n: usize) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        let lines = self.store.ring.lines();
        let skip = lines.len().saturating_sub(n);
        lines.skip(skip)
    }

    /// At most `max_lines` lines from number `from` on. A reader that goes on at
    /// [`Page::next`] gets every line, or is told that it is gone, once and in
    /// order. A number that is not given yet is read as the next one to be given.
    pub fn read(&self, from: u64, max_lines: usize) -> Page<'_> {
        self.search(from, max_lines, |_| true)
    }

    /// Of the lines from number `from` on, at most `max_lines` that `wanted` picks.
    /// Goes on at [`Page::next`] like [`read`](Self::read).
    pub fn search(
        &self,
        from: u64,
        max_lines: usize,
        wanted: impl FnMut(&Line) -> bool,
    ) -> Page<'_> {
        self.store.ring.page(from, max_lines, wanted)
    }

    /// The unfinished line of `stream`, if there is one.
    pub fn partial(&self, stream: Stream) -> Option<Partial> {
        let mut line = match stream {
            Stream::Stdout => self.stdout.partial(),
            Stream::Stderr => self.stderr.partial(),
        };
        let shown = self.store.mask.showable(&line.text).len();
        line.text = shorten(line.text, shown);
        let (text, dropped) = self.store.fit(&line);
        (!text.is_empty() || dropped > 0).then(|| Partial {
            text: text.into_owned(),
            dropped,
        })
    }

    /// What has gone through since the log was made, or [went on](Self::go_on).
    pub fn totals(&self) -> Totals {
        Totals {
            dropped_lines: self.store.dropped_lines(),
            ..self.store.totals
        }
    }

    /// Bytes of memory held, not counting the mask. [`Limits::memory`] is its bound.
    pub fn memory(&self) -> usize {
        self.stdout.memory() + self.stderr.memory() + self.store.ring.memory()
    }

    const fn split(&mut self, stream: Stream) -> (&mut Splitter, &mut Store) {
        let splitter = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        (splitter, &mut self.store)
    }
}

fn shorten(text: Cow<'_, str>, len: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(crate::mask::head(text, len)),
        Cow::Owned(mut text) => {
            text.truncate(len);
            Cow::Owned(text)
        }
    }
}
