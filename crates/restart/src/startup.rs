//! From started to up.

use crate::Course;
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
    /// Of a life that began at `since`, was so far when that is known, and is looked after from `now` on.
    /// It has no more time to get ready than from `now` on: the clock may have been set back. When its
    /// time is over, whoever finds that it is ready right away is still in time.
    pub(crate) fn begin(
        startup: Startup,
        course: Option<Course>,
        since: Instant,
        now: Instant,
    ) -> Warmed {
        let lives = Some(since.min(now) + startup.grace).filter(|at| *at > now);
        let latest = startup.ready_within.map(|within| now + within);
        let ready = match course {
            Some(Course::Ready) => None,
            Some(Course::ReadyBy(at)) => latest.map(|latest| latest.min(at)),
            Some(Course::Signalled { .. }) | None => latest,
        };
        Self { lives, ready }.settled()
    }

    /// How far it is.
    pub(crate) const fn course(&self) -> Course {
        match self.ready {
            Some(at) => Course::ReadyBy(at),
            None => Course::Ready,
        }
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
