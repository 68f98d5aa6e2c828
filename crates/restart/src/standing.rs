//! What goes over from one supervisor to the next.

use crate::{Death, Ended, Jitter};
use alloc::vec::Vec;
use collodi_command::Exit;
use collodi_time::{Duration, Instant};

/// What a supervisor knows besides the life at hand: with it another one of the same child goes on,
/// with the same delays, counts and reasons. Its times are those of one program; with
/// [other times](Self::with_times) it means the same to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<T = Instant> {
    /// Automatic restarts so far.
    pub restarts: u32,
    /// Those since the last stable life.
    pub consecutive: u32,
    /// When the last of them were, oldest first: as many as the policy counts within its window.
    pub recent: Vec<T>,
    /// The delay that was drawn last.
    pub last_delay: Duration,
    /// How its last life ended.
    pub last_exit: Option<Exit>,
    /// How its last life ended that nobody asked to end.
    pub last_death: Option<Death>,
    /// When its last life began.
    pub started_at: Option<T>,
    /// What it waits for between two lives; none while it lives, or before its first start.
    pub pause: Option<Pause<T>>,
    /// What its life at hand is being ended for, if it is: whoever takes that over goes on with it.
    pub ending: Option<Ending>,
    /// How far its life at hand is; none where nobody knows: then what it has time for begins anew.
    pub course: Option<Course<T>>,
    /// How its supervision has ended, if it has.
    pub ended: Option<Ended>,
    /// What moves the delays to come.
    pub jitter: Jitter,
}

/// What a child that does not live waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause<T = Instant> {
    /// Its next start, which is at this time.
    Until(T),
    /// That somebody says that it may run, and for its next start, if that is due at a time.
    Held(Option<T>),
}

/// How far a life is on its way up, or to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course<T = Instant> {
    /// It is ready.
    Ready,
    /// It has to be ready by then.
    ReadyBy(T),
    /// It is being ended.
    Signalled {
        /// The step of the stop sequence whose signal was sent last, counted from 0.
        step: u32,
        /// Until when the wait after that lasts.
        until: T,
    },
}

impl<T> Course<T> {
    fn with_time<U>(self, time: impl Fn(T) -> U) -> Course<U> {
        match self {
            Self::Ready => Course::Ready,
            Self::ReadyBy(at) => Course::ReadyBy(time(at)),
            Self::Signalled { step, until } => Course::Signalled {
                step,
                until: time(until),
            },
        }
    }
}

/// What a life is being ended for, and what comes when nothing of it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Somebody stops it: nothing comes.
    Stop,
    /// Somebody starts it again: another life.
    Again,
    /// It is held before its next life.
    Held,
    /// It has died like this, with others of its tree still there: what the policy says.
    Death(Death),
}

impl Ending {
    /// How it has died, if that is what it is ended for.
    pub const fn death(self) -> Option<Death> {
        match self {
            Self::Death(death) => Some(death),
            _ => None,
        }
    }
}

impl<T> Standing<T> {
    /// That of a child that was never started. Equal seeds give equal delays.
    pub const fn new(seed: u64) -> Self {
        Self {
            restarts: 0,
            consecutive: 0,
            recent: Vec::new(),
            last_delay: Duration::ZERO,
            last_exit: None,
            last_death: None,
            started_at: None,
            pause: None,
            ending: None,
            course: None,
            ended: None,
            jitter: Jitter::new(seed),
        }
    }

    /// The same by another clock, with the times that `time` says.
    pub fn with_times<U>(self, time: impl Fn(T) -> U) -> Standing<U> {
        Standing {
            restarts: self.restarts,
            consecutive: self.consecutive,
            recent: self.recent.into_iter().map(&time).collect(),
            last_delay: self.last_delay,
            last_exit: self.last_exit,
            last_death: self.last_death,
            started_at: self.started_at.map(&time),
            pause: self.pause.map(|pause| match pause {
                Pause::Until(at) => Pause::Until(time(at)),
                Pause::Held(at) => Pause::Held(at.map(&time)),
            }),
            ending: self.ending,
            course: self.course.map(|course| course.with_time(&time)),
            ended: self.ended,
            jitter: self.jitter,
        }
    }
}
