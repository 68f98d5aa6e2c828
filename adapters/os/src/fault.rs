//! What went wrong with a path, before it is known which path is to blame.

use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind};
use rustix::io::Errno;
use std::io;

/// A failure: its kind, and what the operating system said if it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FileErrorKind,
    pub(crate) errno: Option<Errno>,
}

impl Fault {
    pub(crate) const fn new(kind: FileErrorKind) -> Self {
        Self { kind, errno: None }
    }

    /// The failure as an error of the operation on `path`.
    pub(crate) fn at(self, path: &ContainedPath) -> FileError {
        let mut error = FileError::new(self.kind, path.clone());
        if self.kind == FileErrorKind::Other {
            error.detail = self.detail();
        }
        error
    }

    /// What the operating system said.
    pub(crate) fn detail(self) -> Option<String> {
        self.errno.map(|errno| io::Error::from(errno).to_string())
    }
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        Self {
            kind: kind_of(errno),
            errno: Some(errno),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Errno::from_io_error(&error).map_or(Self::new(FileErrorKind::Other), Self::from)
    }
}

/// `EXDEV` is no escape here: a rename across mounts says it too. Whoever asked the
/// kernel to stay beneath a root knows better and says so itself.
fn kind_of(errno: Errno) -> FileErrorKind {
    match errno {
        Errno::NOENT => FileErrorKind::NotFound,
        Errno::EXIST | Errno::NOTEMPTY => FileErrorKind::AlreadyExists,
        Errno::ACCESS | Errno::PERM => FileErrorKind::PermissionDenied,
        Errno::NOTDIR => FileErrorKind::NotADirectory,
        Errno::ISDIR => FileErrorKind::IsADirectory,
        Errno::NXIO => FileErrorKind::Special,
        Errno::FBIG => FileErrorKind::TooLarge,
        Errno::NOSPC | Errno::DQUOT => FileErrorKind::NoSpace,
        Errno::ROFS => FileErrorKind::ReadOnly,
        Errno::NOSYS | Errno::OPNOTSUPP => FileErrorKind::Unsupported,
        _ => FileErrorKind::Other,
    }
}
