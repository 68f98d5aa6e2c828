//! From started to up.

use collodi_time::{Deadline, Duration, Instant};

/// When a child that was started counts as up. An end before that is a failure, also
/// with code 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Startup {
    /// It has to live this long. Zero: it is up as soon as it is started.
    pub grace: Duration,
    /// Someone has to say that it is ready, within this time, or it is ended. None:
    /// nobody is asked.
    pub ready_within: Option<Duration>,
}

/// What a child that lives still has to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Warming {
    /// Until then it has to live.
    lives: Option<Instant>,
    /// Until then it has to be ready.
    ready: Option<Instant>,
}

/// How far a warming child has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warmed {
    /// It still waits.
    Not(Warming),
    Up,
    TooLate,
}

impl Warming {
    /// Of a life that began at `since`, and is looked after from `now` on: who is asked from then on
    /// whether it is ready has all the time for that.
    pub(crate) fn begin(startup: Startup, since: Instant, now: Instant) -> Warmed {
        let lives = Some(since.min(now) + startup.grace).filter(|at| *at > now);
        Self {
            lives,
            ready: startup.ready_within.map(|within| now + within),
        }
        .settled()
    }

    /// Someone said that it is ready.
    pub(crate) const fn ready(mut self) -> Warmed {
        self.ready = None;
        self.settled()
    }

    /// The time is `now`.
    pub(crate) fn at(mut self, now: Instant) -> Warmed {
        if self.ready.is_some_and(|at| at <= now) {
            return Warmed::TooLate;
        }
        if self.lives.is_some_and(|at| at <= now) {
            self.lives = None;
        }
        self.settled()
    }

    const fn settled(self) -> Warmed {
        match (self.lives, self.ready) {
            (None, None) => Warmed::Up,
            _ => Warmed::Not(self),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        let lives = self.lives.map(|at| Deadline::new(at, "start-up grace"));
        let ready = self.ready.map(|at| Deadline::new(at, "readiness"));
        Deadline::earlier(lives, ready)
    }
}
