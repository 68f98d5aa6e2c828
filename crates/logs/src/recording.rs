//! What a process said, in files: the bytes as they are, and an index beside them that says
//! when, on which stream, and of which life.

mod veil;

use crate::Log;
use alloc::{format, string::String, vec::Vec};
use collodi_command::{Exit, Identity, Stream};
use collodi_time::{Instant, WallTime};
use core::{fmt, ops::Range, str::FromStr, time::Duration};

pub use veil::Veil;

/// How long a stream may go on under one line of the index.
const GRAIN: Duration = Duration::from_millis(50);

/// The names of the two files of a segment: `000001.log`, the bytes of both streams in the
/// order in which they were read, and `000001.index`. Segments are numbered from 1.
pub fn segment_files(number: u32) -> (String, String) {
    (format!("{number:06}.log"), format!("{number:06}.index"))
}

/// The number of the segment that a file with this name has the bytes of.
pub fn segment_number(file: &str) -> Option<u32> {
    let number = file.strip_suffix(".log")?.parse().ok()?;
    (segment_files(number).0 == file).then_some(number)
}

/// One line of an index.
///
/// ```text
/// 1700000000000 began 4711:123456:7f0c…
/// 1700000000004 stdout 0
/// 1700000000009 stderr 1042
/// 1700000001000 missing 65536
/// 1700000002000 ended exit 3
/// ```
///
/// The time in milliseconds of Unix; then what happened. From the offset after a stream's
/// name on, the bytes of the segment are of that stream, up to the next such line. The line
/// is written before the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: WallTime,
    /// What.
    pub what: Marked,
}

/// What a line of an index says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marked {
    /// A life began.
    Began(Identity),
    /// From this byte of the segment on it is this stream.
    Said(Stream, u64),
    /// So many bytes were said here that could not be kept: a disk was full.
    Missing(u64),
    /// The life ended.
    Ended(Exit),
}

/// With its line end.
impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.at.as_duration().as_millis())?;
        match &self.what {
            Marked::Began(identity) => writeln!(f, "began {identity}"),
            Marked::Said(stream, offset) => writeln!(f, "{stream} {offset}"),
            Marked::Missing(bytes) => writeln!(f, "missing {bytes}"),
            Marked::Ended(exit) => writeln!(f, "ended {}", exit.written()),
        }
    }
}

impl FromStr for Mark {
    type Err = NotAMark;

    /// Reads a line without its end.
    fn from_str(line: &str) -> Result<Self, NotAMark> {
        let read = || {
            let (at, rest) = line.split_once(' ')?;
            let (word, rest) = rest.split_once(' ')?;
            let what = match word {
                "began" => Marked::Began(rest.parse().ok()?),
                "stdout" => Marked::Said(Stream::Stdout, rest.parse().ok()?),
                "stderr" => Marked::Said(Stream::Stderr, rest.parse().ok()?),
                "missing" => Marked::Missing(rest.parse().ok()?),
                "ended" => Marked::Ended(rest.parse().ok()?),
                _ => return None,
            };
            let at = WallTime::since_unix_epoch(Duration::from_millis(at.parse().ok()?));
            Some(Self { at, what })
        };
        read().ok_or(NotAMark)
    }
}

/// The text is no line of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMark;

impl fmt::Display for NotAMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line of an index is a time, a word and what it is about")
    }
}

impl core::error::Error for NotAMark {}

/// Which stream the bytes at the end of a segment are of, and when that was last said:
/// whoever writes a segment asks it whether the index needs a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pen(Option<(Stream, WallTime)>);

impl Pen {
    /// Whether bytes of `stream` at `at` need a line of their own: they are of another
    /// stream than those before, or later.
    pub fn needs_mark(&self, stream: Stream, at: WallTime) -> bool {
        let Some((last, said)) = self.0 else {
            return true;
        };
        let since = at.as_duration().abs_diff(said.as_duration());
        last != stream || since > GRAIN
    }

    /// The line was written.
    pub const fn marked(&mut self, stream: Stream, at: WallTime) {
        self.0 = Some((stream, at));
    }
}

/// What happened in a segment, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// A life began.
    Began(Identity),
    /// Bytes of the segment were said on this stream.
    Said(Stream, Range<u64>),
    /// So many bytes are missing here.
    Missing(u64),
    /// The life ended.
    Ended(Exit),
}

/// What happened in a segment of `length` bytes, by its index, each with its time.
///
/// Every byte of the segment is in one piece, in order; what happened while a piece was
/// said is told behind it. Lines that are not whole, or say
/// what cannot be, are passed over: whoever wrote them may have been killed while it did.
pub fn recorded(index: &str, length: u64) -> impl Iterator<Item = (WallTime, Recorded)> + '_ {
    let whole = index.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let marks = whole.lines().filter_map(|line| line.parse().ok());
    let end = Mark {
        at: WallTime::default(),
        what: Marked::Said(Stream::Stdout, length),
    };
    let mut pieces = Pieces {
        stream: Stream::Stdout,
        at: WallTime::default(),
        from: 0,
        length,
        between: Vec::new(),
    };
    marks
        .chain([end])
        .flat_map(move |mark: Mark| pieces.next(mark))
}

/// The piece that is begun.
struct Pieces {
    stream: Stream,
    at: WallTime,
    from: u64,
    length: u64,
    /// What else happened since; it is told behind the piece.
    between: Vec<(WallTime, Recorded)>,
}

impl Pieces {
    /// The piece that ends where the mark says, and what happened since it began.
    fn next(&mut self, mark: Mark) -> Vec<(WallTime, Recorded)> {
        let other = match mark.what {
            Marked::Said(stream, offset) => return self.cut(stream, mark.at, offset),
            Marked::Began(identity) => Recorded::Began(identity),
            Marked::Missing(bytes) => Recorded::Missing(bytes),
            Marked::Ended(exit) => Recorded::Ended(exit),
        };
        self.between.push((mark.at, other));
        Vec::new()
    }

    fn cut(&mut self, stream: Stream, at: WallTime, offset: u64) -> Vec<(WallTime, Recorded)> {
        if offset < self.from {
            return Vec::new();
        }
        let to = offset.min(self.length);
        let piece =
            (self.from < to).then_some((self.at, Recorded::Said(self.stream, self.from..to)));
        (self.stream, self.at, self.from) = (stream, at, to);
        piece.into_iter().chain(self.between.drain(..)).collect()
    }
}

/// Where in a segment a log was, when the number of its next line was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Behind so many bytes of it.
    Byte(u64),
    /// At this time, as well as the index knows.
    Time(WallTime),
}

/// Refills a log with a segment: its index and its bytes. Segments are given oldest first;
/// what the log gets afterwards goes on behind them. `when` says which instant a time was.
///
/// A life that ended ends the lines that it had begun, and so does what is missing. Gives the number that the log's next
/// line would have had at `until`; none when nothing of the segment is so old, or it is shorter.
pub fn restore(
    log: &mut Log,
    index: &str,
    bytes: &[u8],
    until: Until,
    when: impl Fn(WallTime) -> Instant,
) -> Option<u64> {
    let mut before = (until == Until::Byte(0)).then(|| log.next_seq());
    for (at, recorded) in recorded(index, bytes.len() as u64) {
        let now = when(at);
        match recorded {
            Recorded::Said(stream, range) => {
                let (first, rest) = cut(bytes, &range, until);
                log.push(now, stream, first);
                if until == Until::Byte(range.start + first.len() as u64) {
                    // Lines that the end of a life has made since come behind it.
                    before.get_or_insert(log.next_seq());
                }
                log.push(now, stream, rest);
            }
            Recorded::Missing(missing) => {
                // What comes behind it is not the rest of a line that came before.
                log.close(now);
                log.note(now, &format!("{missing} bytes could not be recorded"));
            }
            Recorded::Began(_) | Recorded::Ended(_) => {
                log.close(now);
            }
        }
        if matches!(until, Until::Time(until) if at.as_duration() + GRAIN <= until.as_duration()) {
            before = Some(log.next_seq());
        }
    }
    before
}

/// A piece of a segment, in two where a log was known to be within it.
fn cut<'b>(bytes: &'b [u8], range: &Range<u64>, until: Until) -> (&'b [u8], &'b [u8]) {
    let at = |byte: u64| usize::try_from(byte).ok();
    let piece = at(range.start).zip(at(range.end));
    let piece = piece.and_then(|(start, end)| bytes.get(start..end));
    let piece = piece.unwrap_or_default();
    match until {
        Until::Byte(byte) if range.contains(&byte) => {
            piece.split_at_checked(at(byte - range.start).unwrap_or_default())
        }
        _ => None,
    }
    .unwrap_or((piece, &[]))
}
