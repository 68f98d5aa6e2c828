//! What a run asks for.

use crate::{DaemonSpec, Keep, ScriptRequest};
use alloc::{boxed::Box, string::String};
use collodi_contain::Name;
use collodi_machine::ActionId;
use collodi_python::{Contents, EnvDir};
use collodi_restart::RestartClass;
use core::fmt;

/// Something a run wants done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "most are the world's, and none is kept"
)]
pub enum Action {
    /// By the world.
    World(collodi_action::Action),
    /// By the host: see that this environment is there.
    ProvideEnv(EnvRequest),
    /// By the host: start this daemon and look after it.
    StartDaemon(Box<DaemonSpec>),
    /// By the host: look after this command of the run from here on.
    KeepDaemon(Box<Keep>),
    /// By the host: deal with other scripts.
    Script(ScriptRequest),
    /// By the host: say when it is this step's turn. Of all steps of one method that ask,
    /// one has its turn at a time, until [`Action::Release`].
    TakeTurn(String),
    /// By the host: this [`Action::ProvideEnv`], [`Action::Script`] or [`Action::TakeTurn`]
    /// is not wanted any more, done or not.
    Release(ActionId),
}

/// An environment that must be there before a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvRequest {
    /// The environment.
    pub env: EnvPlace,
    /// What it is made with when it is not there.
    pub contents: Contents,
}

/// Where an environment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvPlace {
    /// In this directory.
    At(EnvDir),
    /// Where conda has those that it knows by name.
    Conda(Name),
}

impl fmt::Display for EnvPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(env) => write!(f, "{}", env.path()),
            Self::Conda(name) => write!(f, "{name}"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(action) => write!(f, "{action}"),
            Self::ProvideEnv(EnvRequest { env, contents }) => {
                write!(f, "provide environment {env}")?;
                match contents {
                    Contents::Python(None) | Contents::Nothing => Ok(()),
                    Contents::Python(Some(version)) => write!(f, " with Python {version}"),
                    Contents::Conda(specs) => write!(f, " by conda with {}", specs.join(" ")),
                }
            }
            Self::StartDaemon(spec) => {
                write!(f, "start daemon: {}", spec.line)?;
                match spec.restart.class {
                    RestartClass::Never => Ok(()),
                    RestartClass::OnFailure => f.write_str(", restarted when it fails"),
                    _ => f.write_str(", restarted when it ends"),
                }
            }
            Self::KeepDaemon(keep) => {
                write!(f, "keep {} as a daemon: {}", keep.exec, keep.daemon.line)
            }
            Self::Script(request) => write!(f, "{request}"),
            Self::TakeTurn(method) => write!(f, "take a turn at {method}"),
            Self::Release(action) => write!(f, "release {action}"),
        }
    }
}
