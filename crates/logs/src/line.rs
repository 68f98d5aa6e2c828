//! One line.

use alloc::string::String;
use collodi_command::Stream;
use collodi_time::Instant;
use core::fmt;

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number: one more than that of the line before, never used again.
    pub seq: u64,
    /// When it was completed.
    pub at: Instant,
    /// Who wrote it.
    pub source: Source,
    /// The text without its line end. Escape sequences are still in it: see
    /// [`plain`](crate::plain) and [`styled`](crate::styled).
    pub text: String,
    /// Whether the end of the line was dropped because it was too long.
    pub truncated: bool,
    /// How many bytes were dropped; zero unless `truncated`. Exact when the
    /// output was valid UTF-8.
    pub dropped: u64,
}

/// The text, and what is missing from it.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.truncated {
            write!(f, " [{} bytes dropped]", self.dropped)?;
        }
        Ok(())
    }
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The process, on its standard output.
    Stdout,
    /// The process, on its standard error.
    Stderr,
    /// The supervisor.
    Note,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Stdout, Self::Stderr, Self::Note];

    /// The name: `stdout`, `stderr` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Note => "note",
        }
    }
}

impl From<Stream> for Source {
    fn from(stream: Stream) -> Self {
        match stream {
            Stream::Stdout => Self::Stdout,
            Stream::Stderr => Self::Stderr,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
