//! What went wrong in the world.

use alloc::string::String;
use core::fmt;

/// A backend operation that failed: what kind of failure, of which operation, on
/// what, and what the operating system said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// The operation, as it reads after "failed to".
    pub operation: &'static str,
    /// What it was about: a program, a directory, an address.
    pub target: String,
    /// What the operating system said, when it says more than the kind.
    pub detail: Option<String>,
}

impl Error {
    /// An error without more to say.
    pub fn new(kind: ErrorKind, operation: &'static str, target: impl Into<String>) -> Self {
        Self {
            kind,
            operation,
            target: target.into(),
            detail: None,
        }
    }

    /// Adds what the operating system said.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {} {}: ", self.operation, self.target)?;
        match (self.kind, &self.detail) {
            (ErrorKind::Other, Some(detail)) => f.write_str(detail),
            (kind, Some(detail)) => write!(f, "{kind} ({detail})"),
            (kind, None) => write!(f, "{kind}"),
        }
    }
}

impl core::error::Error for Error {}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The program is not there, or not in `PATH`.
    ProgramNotFound,
    /// The working directory is not there or is not a directory.
    NoWorkingDirectory,
    /// The working directory leads out of its root.
    Escapes,
    /// The operating system says no.
    PermissionDenied,
    /// Out of processes, descriptors or memory.
    Exhausted,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    TimedOut,
    /// Nobody reads: the command has ended, or has closed its input.
    Gone,
    /// Too much waits already for whoever reads.
    Full,
    /// The backend cannot do this.
    Unsupported,
    /// Its sandbox cannot be made; the detail says why. Nothing runs without it.
    NoSandbox,
    /// Something else; the detail says what.
    Other,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProgramNotFound => "program not found",
            Self::NoWorkingDirectory => "no such working directory",
            Self::Escapes => "leads out of its folder",
            Self::PermissionDenied => "permission denied",
            Self::Exhausted => "out of processes, descriptors or memory",
            Self::Refused => "connection refused",
            Self::TimedOut => "no answer in time",
            Self::Gone => "nobody reads it any more",
            Self::Full => "too much waits to be read",
            Self::Unsupported => "not supported here",
            Self::NoSandbox => "no sandbox",
            Self::Other => "unexpected error",
        })
    }
}
