//! What can be read of a supervisor at any moment.

use crate::{Death, GiveUp};
use collodi_command::Exit;
use collodi_time::Instant;
use core::fmt;

/// Where a supervised child is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not started yet.
    New,
    /// A spawn is in flight.
    Starting,
    /// It lives, and is not up yet.
    Warming,
    /// It lives.
    Running,
    /// Its leader ended; what it left behind is being ended.
    Clearing,
    /// It ended, and waits to be started again.
    Crashed,
    /// It is being ended.
    Stopping,
    /// It waits until it may run.
    Held,
    /// See [`Ended`].
    Ended(Ended),
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Starting => f.write_str("starting"),
            Self::Warming => f.write_str("warming"),
            Self::Running => f.write_str("running"),
            Self::Clearing => f.write_str("clearing"),
            Self::Crashed => f.write_str("crashed"),
            Self::Stopping => f.write_str("stopping"),
            Self::Held => f.write_str("held"),
            Self::Ended(ended) => write!(f, "{ended}"),
        }
    }
}

/// How supervision ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ended {
    /// Someone stopped it.
    Stopped,
    /// It ended, and its policy says to leave it at that.
    Exited(Exit),
    /// It ended before it was up, and its policy says to leave it at that.
    EndedEarly(Exit),
    /// It was not ready in time, and its policy says to leave it at that.
    NotReady,
    /// It could not be started, and its policy says to leave it at that.
    SpawnFailed,
    /// It ended too often.
    GaveUp(GiveUp),
}

impl Ended {
    /// The end that a death is, when it is left at that.
    pub const fn of(death: Death) -> Self {
        match death {
            Death::Exited(exit) => Self::Exited(exit),
            Death::EndedEarly(exit) => Self::EndedEarly(exit),
            Death::SpawnFailed => Self::SpawnFailed,
            Death::NotReady => Self::NotReady,
        }
    }

    /// Whether this is a failure: neither stopped by someone nor ended with code 0.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Stopped => false,
            Self::Exited(exit) => !exit.is_success(),
            Self::EndedEarly(_) | Self::NotReady | Self::SpawnFailed | Self::GaveUp(_) => true,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped"),
            Self::Exited(exit) => write!(f, "exited ({exit})"),
            Self::EndedEarly(exit) => write!(f, "failed ({exit} before it was up)"),
            Self::NotReady => f.write_str("failed (not ready in time)"),
            Self::SpawnFailed => f.write_str("failed (could not be started)"),
            Self::GaveUp(give_up) => write!(f, "failed (gave up after {give_up})"),
        }
    }
}

/// What is known of a supervised child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where it is in its life.
    pub phase: Phase,
    /// Its process id, while it lives.
    pub pid: Option<u32>,
    /// When its last life began.
    pub started_at: Option<Instant>,
    /// Automatic restarts so far.
    pub restarts: u32,
    /// How its last life ended.
    pub last_exit: Option<Exit>,
    /// How its last life ended that nobody asked to end: why it is started again, or not.
    pub last_death: Option<Death>,
    /// When it will be started again.
    pub next_start: Option<Instant>,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase)?;
        match (self.phase, self.last_death, self.pid) {
            (Phase::Crashed, Some(death), _) => write!(f, " ({death})")?,
            (Phase::Warming | Phase::Running | Phase::Stopping, _, Some(pid)) => {
                write!(f, " (pid {pid})")?;
            }
            _ => {}
        }
        match self.next_start {
            Some(at) => write!(f, ", restart {} at {at}", self.restarts + 1),
            None => Ok(()),
        }
    }
}
