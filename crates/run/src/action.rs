//! What a run asks for.

use crate::ScriptRequest;
use alloc::string::String;
use collodi_command::CommandSpec;
use collodi_machine::ActionId;
use collodi_python::EnvDir;
use collodi_script::StepAt;
use core::fmt;

/// Something a run wants done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// By the world.
    World(collodi_action::Action),
    /// By the host: see that this environment is there.
    ProvideEnv(EnvRequest),
    /// By the host: start this daemon and look after it.
    StartDaemon(DaemonSpec),
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
    pub env: EnvDir,
    /// The Python it is made with when it is not there, such as `3.10`.
    pub version: Option<String>,
}

/// A daemon to start and look after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonSpec {
    /// The command. The host gives it a tree of its own.
    pub command: CommandSpec,
    /// The script's own line, for people.
    pub line: String,
    /// Whether it is started again when it ends.
    pub auto_restart: bool,
    /// The step that asked for it.
    pub step: StepAt,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(action) => write!(f, "{action}"),
            Self::ProvideEnv(EnvRequest { env, version: None }) => {
                write!(f, "provide environment {}", env.path())
            }
            Self::ProvideEnv(EnvRequest {
                env,
                version: Some(version),
            }) => {
                write!(
                    f,
                    "provide environment {} with Python {version}",
                    env.path()
                )
            }
            Self::StartDaemon(spec) => {
                let restart = if spec.auto_restart {
                    ", restarted when it ends"
                } else {
                    ""
                };
                write!(f, "start daemon: {}{restart}", spec.line)
            }
            Self::Script(request) => write!(f, "{request}"),
            Self::TakeTurn(method) => write!(f, "take a turn at {method}"),
            Self::Release(action) => write!(f, "release {action}"),
        }
    }
}
