//! Why nothing was run.

use collodi_sandbox::{PlaceError, Reason, Unfit};
use std::{fmt, io};

/// Why a command does not run in a sandbox. It does not run without one either.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// No sandbox can be made for it, on any machine.
    Unfit(Unfit),
    /// A path of it cannot be one of a sandbox.
    Place(String, PlaceError),
    /// This machine cannot make it.
    Reason(Reason),
    /// The system refused something on the way.
    System(&'static str, io::Error),
}

impl Refusal {
    /// What an operator can do about it, where that is known.
    pub const fn cure(&self) -> Option<&'static str> {
        match self {
            Self::Reason(reason) => Some(reason.cure()),
            _ => None,
        }
    }

    /// What the system said when it was to do this.
    pub fn system(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> Self {
        move |errno| Self::System(what, errno.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::Place(path, error) => write!(f, "{path:?}: {error}"),
            Self::Reason(reason) => reason.fmt(f),
            Self::System(what, error) => write!(f, "failed to {what}: {error}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}
