//! What a supervisor hears, wants and tells.

use collodi_command::{Exit, Signal};
use collodi_machine::ActionId;
use collodi_time::{Duration, Instant};
use core::fmt;

/// What can happen to a supervised child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Someone wants it to run. Nothing happens when it does.
    Start,
    /// Someone wants it to wait: ends this life, and begins no other before
    /// [`Input::Start`]. One that waits for its restart waits for that as well, until someone wants a new life.
    Hold,
    /// Someone wants it to end.
    Stop,
    /// Someone wants a new life: ends this one, then starts at once.
    Restart,
    /// Someone wants it to end without the rest of the grace period.
    Kill,
    /// The spawn succeeded; its process id, where there is one.
    Spawned(ActionId, Option<u32>),
    /// The spawn found what an earlier supervisor had started, at this time; as it had spawned
    /// otherwise.
    TakenOver(ActionId, Option<u32>, Instant),
    /// The spawn failed. Completes it.
    SpawnFailed(ActionId),
    /// The leader of this spawn ended.
    Exited(ActionId, Exit),
    /// Nothing of this spawn is left. Completes it.
    Emptied(ActionId),
    /// Someone found that this spawn is ready. Nothing happens when nobody waits for that.
    Ready(ActionId),
    /// The signal was sent, or could not be. Completes the action.
    Signalled(ActionId),
    /// The deadline has come.
    Timeout,
}

/// What a supervisor wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the child. Completed by [`Input::SpawnFailed`] or [`Input::Emptied`].
    Spawn,
    /// Send a signal to the whole tree. Completed by [`Input::Signalled`].
    Signal(Signal),
}

/// What a supervisor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A life began.
    Started {
        /// Its process id, where there is one.
        pid: Option<u32>,
    },
    /// It is up: it has lived through the start-up grace, and is ready.
    Up,
    /// It was not ready in time.
    NotReady,
    /// A spawn failed.
    SpawnFailed,
    /// The leader ended.
    Exited(Exit),
    /// The leader ended by itself, and others of its tree live on: they are being ended.
    Clearing,
    /// It will be started again.
    Restarting {
        /// After this long.
        delay: Duration,
        /// For this time, counted from 1.
        restart: u32,
    },
    /// It is being ended.
    Stopping,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Hold => f.write_str("hold"),
            Self::Stop => f.write_str("stop"),
            Self::Restart => f.write_str("restart"),
            Self::Kill => f.write_str("kill"),
            Self::Spawned(id, Some(pid)) => write!(f, "{id} spawned pid {pid}"),
            Self::Spawned(id, None) => write!(f, "{id} spawned"),
            Self::TakenOver(id, Some(pid), since) => {
                write!(f, "{id} took over pid {pid}, of {since}")
            }
            Self::TakenOver(id, None, since) => write!(f, "{id} took over what is of {since}"),
            Self::SpawnFailed(id) => write!(f, "{id} spawn failed"),
            Self::Exited(id, exit) => write!(f, "{id} exited ({exit})"),
            Self::Emptied(id) => write!(f, "{id} emptied"),
            Self::Ready(id) => write!(f, "{id} ready"),
            Self::Signalled(id) => write!(f, "{id} signalled"),
            Self::Timeout => f.write_str("timeout"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn => f.write_str("spawn"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { pid: Some(pid) } => write!(f, "started pid {pid}"),
            Self::Started { pid: None } => f.write_str("started"),
            Self::Up => f.write_str("up"),
            Self::NotReady => f.write_str("not ready in time"),
            Self::SpawnFailed => f.write_str("spawn failed"),
            Self::Exited(exit) => write!(f, "exited ({exit})"),
            Self::Restarting { delay, restart } => write!(f, "restart {restart} in {delay:?}"),
            Self::Clearing => f.write_str("clearing"),
            Self::Stopping => f.write_str("stopping"),
        }
    }
}
