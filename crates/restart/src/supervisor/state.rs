//! Where a child is in its lives.

use crate::{Course, Death, Ended, Ending, Escalation, Phase, startup::Warming};
use collodi_machine::ActionId;
use collodi_time::{Deadline, Instant};

#[derive(Clone, Debug)]
pub(super) enum State {
    /// Nothing of it lives, or nobody has taken over what does.
    New {
        /// What comes when that is ended.
        then: Option<Then>,
        /// How far that was.
        course: Option<Course>,
    },
    Starting {
        spawn: ActionId,
        then: Option<Then>,
        /// How far that was which may be taken over.
        course: Option<Course>,
    },
    Running {
        spawn: ActionId,
        pid: Option<u32>,
        /// What it waits for until it is up.
        warming: Option<Warming>,
    },
    /// The leader ended by itself; its leftovers may end by themselves until `at`.
    Lingering {
        spawn: ActionId,
        at: Instant,
    },
    /// Signals are being sent until nothing is left.
    Ending {
        spawn: ActionId,
        pid: Option<u32>,
        then: Then,
        escalation: Escalation,
    },
    Waiting {
        until: Instant,
    },
    /// No life begins before somebody says so, nor before its restart is due, if it waited for that.
    Held {
        until: Option<Instant>,
    },
    Ended(Ended),
}

/// What a life fell short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Early {
    /// It ended while it was warming.
    Ended,
    /// It was not ready in time.
    NotReady,
}

impl Early {
    /// What a life that ended so fell short of.
    pub(super) const fn of(death: Death) -> Option<Self> {
        match death {
            Death::EndedEarly(_) => Some(Self::Ended),
            Death::NotReady => Some(Self::NotReady),
            Death::Exited(_) | Death::SpawnFailed => None,
        }
    }
}

/// What comes after the tree is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Stop,
    /// As `Stop`, without the grace period.
    Kill,
    StartAgain,
    Hold,
    AskPolicy,
}

impl State {
    /// As others see it.
    pub(super) const fn phase(&self) -> Phase {
        match self {
            Self::New { .. } => Phase::New,
            Self::Starting {
                then: Some(Then::Stop | Then::Kill),
                ..
            } => Phase::Stopping,
            Self::Starting { .. } => Phase::Starting,
            Self::Running {
                warming: Some(_), ..
            } => Phase::Warming,
            Self::Running { .. } => Phase::Running,
            Self::Lingering { .. }
            | Self::Ending {
                then: Then::AskPolicy,
                ..
            } => Phase::Clearing,
            Self::Waiting { .. } => Phase::Crashed,
            Self::Ending { .. } => Phase::Stopping,
            Self::Held { .. } => Phase::Held,
            Self::Ended(ended) => Phase::Ended(*ended),
        }
    }

    /// The life at hand.
    pub(super) const fn spawn(&self) -> Option<ActionId> {
        match self {
            Self::Starting { spawn, .. }
            | Self::Running { spawn, .. }
            | Self::Lingering { spawn, .. }
            | Self::Ending { spawn, .. } => Some(*spawn),
            Self::New { .. } | Self::Waiting { .. } | Self::Held { .. } | Self::Ended(_) => None,
        }
    }

    /// How far the life at hand is.
    pub(super) fn course(&self) -> Option<Course> {
        match self {
            Self::New { course, .. } | Self::Starting { course, .. } => *course,
            Self::Running { warming, .. } => {
                Some(warming.as_ref().map_or(Course::Ready, Warming::course))
            }
            Self::Ending { escalation, .. } => Some(escalation.course()),
            _ => None,
        }
    }

    /// What it waits for.
    pub(super) fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Waiting { until } => Some(Deadline::new(*until, "backoff")),
            Self::Running { warming, .. } => warming.as_ref().and_then(Warming::deadline),
            Self::Lingering { at, .. } => Some(Deadline::new(*at, "leftovers")),
            Self::Ending { escalation, .. } => Some(escalation.deadline()),
            _ => None,
        }
    }
}

impl Then {
    pub(super) const fn of(ending: Ending) -> Self {
        match ending {
            Ending::Stop => Self::Stop,
            Ending::Again => Self::StartAgain,
            Ending::Held => Self::Hold,
            Ending::Death(_) => Self::AskPolicy,
        }
    }

    pub(super) const fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::Kill)
    }

    /// A stop that was asked for stays asked for.
    pub(super) fn or_stop(self, planned: Option<Self>) -> Self {
        match planned {
            Some(Self::Kill) => Self::Kill,
            Some(Self::Stop) if self != Self::Kill => Self::Stop,
            // What is held does not start because somebody wants a new life.
            Some(Self::Hold) if self == Self::StartAgain => Self::Hold,
            _ => self,
        }
    }
}
