//! Daemons: what a run asks the host to look after.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use collodi_command::CommandSpec;
use collodi_machine::ActionId;
use collodi_restart::Startup;
use collodi_script::{StepAt, daemon::Restart};
use collodi_time::Duration;
use collodi_web::WebUrl;

/// A daemon to start and look after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonSpec {
    /// The command. The host gives one that it starts a tree of its own.
    pub command: CommandSpec,
    /// The script's own line, for people.
    pub line: Arc<str>,
    /// When it is started again.
    pub restart: Arc<Restart>,
    /// The step that asked for it.
    pub step: StepAt,
    /// What other daemons of the run call it.
    pub name: Option<String>,
    /// The daemons of the run that must be up before it is started.
    pub depends_on: Vec<String>,
    /// How it is found out that it is up; as soon as it is started, when absent.
    pub ready: Option<Arc<Readiness>>,
}

/// A command of the run that is a daemon from here on: the host starts it again when it
/// dies, and hears what it says. The run hears of its end alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The run's action that started it.
    pub exec: ActionId,
    /// What it is.
    pub daemon: DaemonSpec,
    /// The last of what it has said.
    pub said: Arc<[u8]>,
}

/// How it is found out that a daemon is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// What is looked at.
    pub probe: Probe,
    /// The wait between two looks.
    pub interval: Duration,
    /// What it has to do to be up in time.
    pub startup: Startup,
}

/// What is looked at to find out whether a daemon is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A line of its output matches this pattern, written as `/…/flags`.
    Pattern(String),
    /// This port of the machine accepts connections.
    Port(u16),
    /// This address answers with success.
    Http(WebUrl),
    /// This command ends with code 0.
    Command(Box<CommandSpec>),
}
