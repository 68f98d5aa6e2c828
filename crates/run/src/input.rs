//! What can happen to a run.

use crate::ScriptFault;
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_action::{Completion, Progress};
use collodi_machine::ActionId;
use collodi_python::{EnvDir, ProvisionError};
use collodi_value::{Object, Value};
use core::fmt;

/// What can happen to a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// It shall begin. Nothing happens when it has.
    Start,
    /// Something was heard of a command.
    Progress(ActionId, Progress),
    /// An action ended.
    Completed(ActionId, Completed),
    /// It shall end, with what it started.
    Cancel,
    /// It shall end without the rest of the grace period.
    Kill,
    /// The deadline has come.
    Timeout,
    /// Somebody answers the question with this number: by the keys of its fields.
    /// Nothing happens when it is not the open one.
    Answer(u64, Object),
    /// Someone writes to the command that reads: the one of
    /// [`Run::reader`](crate::Run::reader). Without one, nothing happens.
    Write(Arc<[u8]>),
}

/// How an action of a run ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Completed {
    /// [`Action::World`](crate::Action::World)
    World(Completion),
    /// [`Action::ProvideEnv`](crate::Action::ProvideEnv): where the environment is
    Env(Result<EnvDir, ProvisionError>),
    /// [`Action::StartDaemon`](crate::Action::StartDaemon), and of
    /// [`Action::KeepDaemon`](crate::Action::KeepDaemon): then the end of the command is
    /// that of its supervision.
    Daemon(Result<DaemonStarted, collodi_action::Error>),
    /// [`Action::Script`](crate::Action::Script)
    Script(Result<Value, ScriptFault>),
    /// [`Action::TakeTurn`](crate::Action::TakeTurn): it is the step's turn
    Turn,
    /// [`Action::Release`](crate::Action::Release)
    Released,
}

/// A daemon that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonStarted {
    /// The host's name for it.
    pub id: Arc<str>,
    /// Its process id, where there is one.
    pub pid: Option<u32>,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Progress(id, progress) => write!(f, "{id} {progress}"),
            Self::Completed(id, completed) => write!(f, "{id} {completed}"),
            Self::Cancel => f.write_str("cancel"),
            Self::Kill => f.write_str("kill"),
            Self::Timeout => f.write_str("timeout"),
            // What is answered may be a secret.
            Self::Answer(number, values) => {
                let keys: Vec<_> = values.iter().map(|(key, _)| key).collect();
                write!(f, "answer to question {number}: {}", keys.join(", "))
            }
            Self::Write(bytes) => write!(f, "write {:?}", String::from_utf8_lossy(bytes)),
        }
    }
}

impl fmt::Display for Completed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(completion) => write!(f, "{completion}"),
            Self::Env(Ok(_)) => f.write_str("environment is there"),
            Self::Env(Err(error)) => write!(f, "environment failed: {error}"),
            Self::Daemon(Ok(daemon)) => write!(f, "daemon {} started", daemon.id),
            Self::Daemon(Err(error)) => write!(f, "daemon failed: {error}"),
            Self::Script(Ok(value)) => write!(f, "script gave {}", value.to_json()),
            Self::Turn => f.write_str("it is its turn"),
            Self::Released => f.write_str("released"),
            Self::Script(Err(fault)) => write!(f, "no result: {fault}"),
        }
    }
}
