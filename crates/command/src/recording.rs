//! Where what a process says is kept.

use alloc::{string::String, sync::Arc};
use collodi_contain::ContainedPath;
use core::{fmt, num::NonZeroU32, str::FromStr};

/// Files that keep what a process says, so that it outlives whoever reads it.
///
/// What is told of the process is in them before it is told. Of a process that lives on
/// when its reader dies, what it says meanwhile waits in its pipes; nothing is lost.
/// The format of the files is that of `collodi-logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The directory of the files. It is made when it is not there, for its owner alone;
    /// files of earlier lives in it are gone on with.
    pub dir: ContainedPath,
    /// The bytes after which the next file is begun.
    pub segment_bytes: u64,
    /// The most files that are kept, at least one: the oldest goes first.
    pub segments: u32,
    /// What must not be in them: values of variables that are secret.
    pub secrets: Arc<[String]>,
}

impl Recording {
    /// A recording in `dir` of at most four files of 8 MiB, without secrets.
    pub fn new(dir: ContainedPath) -> Self {
        Self {
            dir,
            segment_bytes: 8 << 20,
            segments: 4,
            secrets: Arc::default(),
        }
    }
}

/// A place in a recording: behind so many bytes of a file of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordingPlace {
    /// The number of the file; the first is 1.
    pub segment: NonZeroU32,
    /// How many bytes of it are before.
    pub offset: u64,
}

/// As `3:1042`: the file, and the bytes.
impl fmt::Display for RecordingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.segment, self.offset)
    }
}

impl FromStr for RecordingPlace {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let read = || {
            let (segment, offset) = text.split_once(':')?;
            let (segment, offset) = (segment.parse().ok()?, offset.parse().ok()?);
            Some(Self { segment, offset })
        };
        read().ok_or(NotAPlace)
    }
}

/// The text is no place in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPlace;

impl fmt::Display for NotAPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place in a recording is the number of a file, `:`, and a number of bytes")
    }
}

impl core::error::Error for NotAPlace {}
