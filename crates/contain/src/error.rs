//! Why a text is not a contained path.

use crate::RelPath;
use core::fmt;

/// Why a text is not a contained path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// The path is absolute and not below the root.
    Absolute,
    /// The path climbs out of its root.
    Escapes,
    /// The path lies in a directory that the root is [without](crate::Root::without).
    Closed,
    /// More than [`RelPath::MAX_BYTES`] bytes.
    TooLong,
    /// More than [`RelPath::MAX_COMPONENTS`] components.
    TooDeep,
    /// A path has no NUL byte.
    Nul,
    /// A file is meant, and the path ends in a separator, `.` or `..`, or is empty.
    NoFileName,
    /// A name that this system cannot give to a file has this character.
    BadCharacter(char),
    /// Windows drops dots and blanks at the end of a name, so it would be another's.
    TrailingDotOrBlank,
    /// Windows keeps this name for a device.
    Device,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute => f.write_str("the path is absolute and leads out of its folder"),
            Self::Escapes => f.write_str("the path climbs out of its folder"),
            Self::Closed => f.write_str("the path leads to what scripts may not use"),
            Self::TooLong => write!(f, "a path has at most {} bytes", RelPath::MAX_BYTES),
            Self::TooDeep => write!(f, "a path has at most {} parts", RelPath::MAX_COMPONENTS),
            Self::Nul => f.write_str("a path has no NUL byte"),
            Self::NoFileName => f.write_str("the path names a folder where a file is meant"),
            Self::BadCharacter(c) => write!(f, "a file name cannot have {c:?}"),
            Self::TrailingDotOrBlank => {
                f.write_str("a file name cannot end with '.' or a blank on windows")
            }
            Self::Device => f.write_str("windows keeps this name for a device"),
        }
    }
}

impl core::error::Error for PathError {}
