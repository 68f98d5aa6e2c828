//! How a walk ends.

use crate::{ContainedPath, PathError};
use core::fmt;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A link.
    Link,
    /// A device, FIFO or socket.
    Special,
    /// Nothing.
    Missing,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "directory",
            Self::File => "file",
            Self::Link => "link",
            Self::Special => "special file",
            Self::Missing => "nothing",
        })
    }
}

/// Where a path really leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The path without links in it; with [`WalkPolicy::ENTRY`](crate::WalkPolicy::ENTRY)
    /// the last component may be one.
    pub path: ContainedPath,
    /// What is there.
    pub found: Found,
}

impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.found)
    }
}

/// How a walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkOutcome {
    /// The path leads here.
    Resolved(Resolved),
    /// The path leads out, or nowhere.
    Refused(WalkError),
}

impl WalkOutcome {
    /// The outcome as a result.
    ///
    /// # Errors
    ///
    /// When it is a refusal.
    pub fn into_result(self) -> Result<Resolved, WalkError> {
        match self {
            Self::Resolved(resolved) => Ok(resolved),
            Self::Refused(error) => Err(error),
        }
    }
}

impl fmt::Display for WalkOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolved(resolved) => write!(f, "{resolved}"),
            Self::Refused(error) => write!(f, "refused: {error}"),
        }
    }
}

/// Why a path could not be resolved, and which component is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkError {
    /// What is wrong.
    pub kind: WalkErrorKind,
    /// Where: the link that leads out, or the component that is not as it should be.
    pub at: ContainedPath,
}

impl fmt::Display for WalkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.kind)
    }
}

impl core::error::Error for WalkError {}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WalkErrorKind {
    /// The link's target climbs above the root.
    Escapes,
    /// The link's target is absolute and not below the root.
    AbsoluteLink,
    /// More than [`Walk::MAX_LINKS`](crate::Walk::MAX_LINKS) links.
    TooManyLinks,
    /// More than [`Walk::MAX_LOOKS`](crate::Walk::MAX_LOOKS) questions.
    TooManyLooks,
    /// Something that is not a directory stands where one is needed.
    NotADirectory,
    /// Nothing is there.
    NotFound,
    /// It could not be found out what is there.
    Unreadable,
    /// The path, or the target of the link, is none.
    Path(PathError),
}

impl fmt::Display for WalkErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escapes => f.write_str("the link climbs out of its folder"),
            Self::AbsoluteLink => f.write_str("the link is absolute and leads out of its folder"),
            Self::TooManyLinks => f.write_str("too many links, perhaps in a circle"),
            Self::TooManyLooks => f.write_str("the links make the path too long"),
            Self::NotADirectory => f.write_str("not a directory"),
            Self::NotFound => f.write_str("no such file or directory"),
            Self::Unreadable => f.write_str("could not be looked at"),
            Self::Path(error) => write!(f, "{error}"),
        }
    }
}
