//! What went wrong.

use alloc::string::String;
use collodi_contain::ContainedPath;
use core::fmt;

/// A file operation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// What went wrong.
    pub kind: FileErrorKind,
    /// The path it went wrong at.
    pub path: ContainedPath,
    /// What the operating system said, when it says more than the kind.
    pub detail: Option<String>,
}

impl FileError {
    /// An error without more to say.
    pub const fn new(kind: FileErrorKind, path: ContainedPath) -> Self {
        Self {
            kind,
            path,
            detail: None,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)?;
        self.detail
            .as_ref()
            .map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl core::error::Error for FileError {}

/// What went wrong with a file operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileErrorKind {
    /// Nothing is there.
    NotFound,
    /// Something is there that must not be.
    AlreadyExists,
    /// The operating system says no.
    PermissionDenied,
    /// A part of the way is not a directory.
    NotADirectory,
    /// A directory where a file was wanted.
    IsADirectory,
    /// A link leads out of the root, or the root itself was to be removed.
    Escapes,
    /// A device, FIFO or socket where a file was wanted.
    Special,
    /// The file is larger than the limit.
    TooLarge,
    /// The disk is full, or the quota is.
    NoSpace,
    /// The disk cannot be written to.
    ReadOnly,
    /// The backend cannot do this.
    Unsupported,
    /// Something else; the detail says what.
    Other,
}

impl fmt::Display for FileErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "no such file or directory",
            Self::AlreadyExists => "already there",
            Self::PermissionDenied => "permission denied",
            Self::NotADirectory => "not a directory",
            Self::IsADirectory => "is a directory",
            Self::Escapes => "leads out of its folder",
            Self::Special => "not a regular file",
            Self::TooLarge => "too large",
            Self::NoSpace => "no space left on the disk",
            Self::ReadOnly => "the disk is read-only",
            Self::Unsupported => "not supported here",
            Self::Other => "input/output error",
        })
    }
}
