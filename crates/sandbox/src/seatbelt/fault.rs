//! Why Seatbelt makes no sandbox.

use alloc::string::String;
use core::fmt;

/// Why `sandbox-exec` makes no sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeatbeltFault {
    /// It is not there.
    Missing(String),
    /// Somebody else than root could have changed it.
    Untrusted(String),
    /// This process is in a sandbox itself, and they do not nest.
    Nested(String),
    /// It does not understand a rule, or a parameter.
    Rules(String),
    /// Something else, in its own words.
    Failed(String),
}

impl SeatbeltFault {
    /// What an operator can do about it.
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Missing(_) => "it comes with macOS: see what has become of the system",
            Self::Untrusted(_) => "let root own it, and nobody else write it",
            Self::Nested(_) => "start the server outside of any sandbox",
            Self::Rules(_) => "this macOS reads profiles otherwise: report it with its version",
            Self::Failed(_) => "see what `sandbox-exec` says when it is run by hand",
        }
    }
}

impl fmt::Display for SeatbeltFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "sandbox-exec is missing: there is no {path}"),
            Self::Untrusted(why) => write!(f, "sandbox-exec is not to be trusted: {why}"),
            Self::Nested(line) => write!(f, "this is in a sandbox already ({line})"),
            Self::Rules(line) => write!(f, "sandbox-exec does not take the profile ({line})"),
            Self::Failed(line) => write!(f, "sandbox-exec failed: {line}"),
        }
    }
}
