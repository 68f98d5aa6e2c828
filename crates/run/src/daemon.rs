//! Daemons: what a run asks the host to look after.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use collodi_command::CommandSpec;
use collodi_machine::ActionId;
use collodi_restart::{GiveUp, Policy, RestartClass, Rule, Startup};
use collodi_script::StepAt;
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

/// When a daemon is started again, as far as the script says. What it does not say is as
/// the host has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restart {
    /// After which deaths.
    pub class: RestartClass,
    /// The first delay.
    pub delay: Option<Duration>,
    /// The next delay in percent of the last.
    pub growth_percent: Option<u32>,
    /// The longest delay.
    pub longest: Option<Duration>,
    /// How far a delay moves at random, in percent of itself.
    pub jitter_percent: Option<u32>,
    /// The life that starts the count over.
    pub stable_after: Option<Duration>,
    /// When to stop trying.
    pub give_up: Option<GiveUp>,
    /// What overrules the class.
    pub rules: Vec<Rule>,
}

impl Restart {
    /// As the host has it, after these deaths.
    pub const fn of(class: RestartClass) -> Self {
        Self {
            class,
            delay: None,
            growth_percent: None,
            longest: None,
            jitter_percent: None,
            stable_after: None,
            give_up: None,
            rules: Vec::new(),
        }
    }

    /// Whether it is started again after any death.
    pub fn restarts(&self) -> bool {
        self.class != RestartClass::Never || !self.rules.is_empty()
    }

    /// The policy, where the host has `default`.
    pub fn over(&self, default: &Policy, startup: Startup) -> Policy {
        let mut backoff = default.backoff;
        if let Some(delay) = self.delay {
            backoff.initial = delay;
            backoff.cap = backoff.cap.max(delay);
        }
        backoff.cap = self.longest.unwrap_or(backoff.cap);
        backoff.growth_percent = self.growth_percent.unwrap_or(backoff.growth_percent);
        backoff.jitter_percent = self.jitter_percent.unwrap_or(backoff.jitter_percent);
        let rules = match self.rules.is_empty() {
            true => default.rules.clone(),
            false => self.rules.clone(),
        };
        Policy {
            class: self.class,
            rules,
            startup,
            backoff,
            stable_after: self.stable_after.unwrap_or(default.stable_after),
            give_up: self.give_up.or(default.give_up),
        }
    }
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
