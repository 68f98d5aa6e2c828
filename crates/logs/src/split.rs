//! From chunks of bytes to lines.

use crate::row::{Row, moves_back};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use memchr::{memchr, memchr_iter, memchr3};

/// A buffer that grew larger than this for a long line is given back after it.
const KEPT_CAPACITY: usize = 4096;

/// Cuts one stream into lines.
///
/// What the text of a line is, depends on its bytes only, never on the chunks
/// they came in. Of a line, the bytes since the last carriage return are held as
/// they are, at most `cap` of them; what stood there before is a [`Row`] that
/// they will be written over.
#[derive(Clone, Debug)]
pub(crate) struct Splitter {
    cap: usize,
    segment: Vec<u8>,
    /// None for most lines.
    row: Option<Box<Row>>,
    returned: bool,
    dropped: u64,
}

/// A line, or what there is of it.
pub(crate) struct Text<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) dropped: u64,
}

impl Splitter {
    /// Holds at most `cap` bytes of a line, which is not zero.
    pub(crate) fn new(cap: usize) -> Self {
        Self {
            cap,
            segment: Vec::new(),
            row: None,
            returned: false,
            dropped: 0,
        }
    }

    /// Holds at most `cap` bytes of a line from now on.
    pub(crate) const fn set_cap(&mut self, cap: usize) {
        self.cap = cap;
    }

    /// Takes in a chunk and emits the lines that it completes.
    pub(crate) fn push(&mut self, bytes: &[u8], mut emit: impl FnMut(Text<'_>)) {
        let mut specials = Specials::new(bytes);
        let mut start = 0;
        for end in memchr_iter(b'\n', bytes) {
            let line = slice(bytes, start, end);
            if self.is_empty() && !specials.within(start, end) {
                emit(appended(line.strip_suffix(b"\r").unwrap_or(line), self.cap));
            } else {
                self.extend(line);
                self.finish(&mut emit);
            }
            start = end + 1;
        }
        self.extend(slice(bytes, start, bytes.len()));
    }

    /// Emits what is unfinished, if there is something.
    pub(crate) fn close(&mut self, emit: impl FnOnce(Text<'_>)) {
        self.finish(|text| {
            if !text.text.is_empty() || text.dropped > 0 {
                emit(text);
            }
        });
    }

    /// What is unfinished. The bytes of an unfinished character are left out.
    pub(crate) fn partial(&self) -> Text<'_> {
        let segment = whole_chars(&self.segment);
        if self.only_appends(segment) {
            return Text {
                text: lossy(segment),
                dropped: self.dropped,
            };
        }
        let mut row = self.row.clone().unwrap_or_default();
        overwrite(&mut row, segment);
        Text {
            text: Cow::Owned(row.to_text()),
            dropped: self.dropped + row.dropped(),
        }
    }

    /// Bytes held.
    pub(crate) fn memory(&self) -> usize {
        self.segment.capacity() + self.row.as_deref().map_or(0, Row::memory)
    }

    /// Whether no line has begun. A row that is written over, and bytes that were
    /// dropped, always come with bytes that are held.
    const fn is_empty(&self) -> bool {
        self.segment.is_empty()
    }

    /// Whether the line is no more than `segment`, which ends it.
    fn only_appends(&self, segment: &[u8]) -> bool {
        self.row.as_deref().is_none_or(Row::is_new) && !moves_back(segment)
    }

    /// Adds bytes without a line feed.
    fn extend(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(at) = memchr(b'\r', rest) {
            self.append(slice(rest, 0, at));
            self.returned = true;
            rest = slice(rest, at + 1, rest.len());
        }
        self.append(rest);
    }

    /// Adds bytes without a line feed or carriage return. Only now is it known
    /// that a carriage return before them was not part of the line's end.
    fn append(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.returned {
            self.fold();
        }
        let kept = bytes.len().min(self.cap.saturating_sub(self.segment.len()));
        reserve(&mut self.segment, kept, self.cap);
        self.segment.extend_from_slice(slice(bytes, 0, kept));
        self.dropped += (bytes.len() - kept) as u64;
    }

    /// Makes the segment what the next one will be written over.
    fn fold(&mut self) {
        overwrite(self.row.get_or_insert_default(), &self.segment);
        self.segment.clear();
        self.returned = false;
    }

    fn finish(&mut self, emit: impl FnOnce(Text<'_>)) {
        if self.only_appends(&self.segment) {
            emit(decoded(&self.segment, self.dropped));
        } else {
            self.fold();
            let row = self.row.take().unwrap_or_default();
            emit(Text {
                text: Cow::Owned(row.to_text()),
                dropped: self.dropped + row.dropped(),
            });
        }
        self.segment.clear();
        self.segment.shrink_to(KEPT_CAPACITY);
        self.returned = false;
        self.dropped = 0;
    }
}

/// The first carriage return, backspace or escape from some place on: a line
/// before it is text and nothing else.
struct Specials<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl<'a> Specials<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut specials = Self { bytes, next: 0 };
        specials.seek(0);
        specials
    }

    /// Whether the line from `start` to `end` has one, other than a carriage
    /// return at its end. Lines are asked for in order.
    fn within(&mut self, start: usize, end: usize) -> bool {
        if self.next < start {
            self.seek(start);
        }
        self.next < end && !(self.next + 1 == end && self.bytes.get(self.next) == Some(&b'\r'))
    }

    fn seek(&mut self, start: usize) {
        let rest = slice(self.bytes, start, self.bytes.len());
        self.next = start + memchr3(b'\r', b'\x08', b'\x1b', rest).unwrap_or(rest.len());
    }
}

/// The text of a line that only appends.
fn appended(line: &[u8], cap: usize) -> Text<'_> {
    let kept = line.len().min(cap);
    decoded(slice(line, 0, kept), (line.len() - kept) as u64)
}

/// The text of a line from whose end `dropped` bytes are missing already.
fn decoded(line: &[u8], dropped: u64) -> Text<'_> {
    let kept = if dropped == 0 {
        line
    } else {
        whole_chars(line)
    };
    Text {
        text: lossy(kept),
        dropped: dropped + (line.len() - kept.len()) as u64,
    }
}

fn overwrite(row: &mut Row, segment: &[u8]) {
    row.carriage_return();
    row.write(&lossy(segment));
}

/// The bytes as text. The common case goes by the fast check of whole words.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    core::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Makes room for `more` bytes, doubling, but for no more than `cap` in all.
fn reserve(segment: &mut Vec<u8>, more: usize, cap: usize) {
    let needed = segment.len() + more;
    if needed > segment.capacity() {
        let capacity = needed.max(2 * segment.capacity()).min(cap.max(needed));
        segment.reserve_exact(capacity - segment.len());
    }
}

/// `bytes` without the beginning of a character at its end.
fn whole_chars(bytes: &[u8]) -> &[u8] {
    let last = bytes.utf8_chunks().last();
    let cut = last.map_or(0, |chunk| unfinished(chunk.invalid()));
    slice(bytes, 0, bytes.len() - cut)
}

/// How many of these bytes, which are not UTF-8, more bytes could complete.
fn unfinished(invalid: &[u8]) -> usize {
    match core::str::from_utf8(invalid) {
        Err(error) if error.error_len().is_none() => invalid.len(),
        _ => 0,
    }
}

/// `bytes[start..end]`, which is always within bounds.
fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or_default()
}
