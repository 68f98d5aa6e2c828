//! How a process ended.

use crate::Signal;
use core::fmt;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal ended it.
    Signal(Signal),
    /// Its sandbox could not be made, so it did not run.
    NoSandbox,
    /// It is gone, and nobody can say how: it was not our child.
    Unknown,
}

impl Exit {
    /// Whether it returned zero.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Code(0))
    }

    /// The code as a shell reports it: 128 + n for a signal, 125 when it did
    /// not run for want of its sandbox; none when unknown.
    pub const fn shell_code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            Self::Signal(signal) => Some(128 + signal.number()),
            Self::NoSandbox => Some(125),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by {signal}"),
            Self::NoSandbox => f.write_str("did not run: its sandbox could not be made"),
            Self::Unknown => f.write_str("ended, status unknown"),
        }
    }
}
