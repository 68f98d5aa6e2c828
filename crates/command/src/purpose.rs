//! What a command is started for.

use alloc::{string::String, sync::Arc};
use core::fmt;

/// What a command is started for: for those who keep a record of what ran. Nothing else
/// depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purpose {
    /// The kind of thing.
    pub kind: Kind,
    /// The app whose script wants it.
    pub app: Option<Arc<str>>,
    /// The run of it.
    pub run: Option<Arc<str>>,
    /// The step of the run, as people count.
    pub step: Option<String>,
    /// Each variable that somebody mentioned, and the word of the rule that decided.
    pub environment: Arc<[(String, &'static str)]>,
    /// What must not be read in the record, besides the values of secret variables.
    pub secrets: Arc<[String]>,
}

/// The kinds of things that commands are started for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Nobody said.
    #[default]
    Other,
    /// A step of a script.
    Step,
    /// A daemon that a script started.
    Daemon,
    /// The question what the machine has, or whether a daemon is ready.
    Probe,
    /// The making of a Python environment.
    Environment,
    /// The fetching of a repository.
    Repository,
}

impl Kind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Step => "step",
            Self::Daemon => "daemon",
            Self::Probe => "probe",
            Self::Environment => "environment",
            Self::Repository => "repository",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
