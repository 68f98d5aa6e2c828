//! How to end a process.

use crate::Course;
use alloc::{sync::Arc, vec::Vec};
use collodi_command::Signal;
use collodi_time::{Deadline, Duration, Instant};

/// Signals to send, one after the other, and how long to wait after each. Never
/// empty. The last one is sent again after each of its waits. Copies share the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopSequence(Arc<[StopStep]>);

/// One signal and the wait after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopStep {
    /// The signal.
    pub signal: Signal,
    /// How long to wait for the end before the next step.
    pub wait: Duration,
}

impl StopSequence {
    const KILL: StopStep = StopStep {
        signal: Signal::KILL,
        wait: Duration::from_secs(5),
    };

    /// These steps, and `SIGKILL` after them unless it is the last already.
    pub fn new(steps: impl IntoIterator<Item = StopStep>) -> Self {
        let mut steps: Vec<_> = steps.into_iter().collect();
        if steps.last().is_none_or(|step| step.signal != Signal::KILL) {
            steps.push(Self::KILL);
        }
        Self(steps.into())
    }

    /// `SIGTERM`, this grace period, `SIGKILL`.
    pub fn term_then_kill(grace_period: Duration) -> Self {
        Self::new([StopStep {
            signal: Signal::TERM,
            wait: grace_period,
        }])
    }

    /// The steps.
    pub fn steps(&self) -> &[StopStep] {
        &self.0
    }

    fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }
}

/// `SIGTERM`, three seconds, `SIGKILL`.
impl Default for StopSequence {
    fn default() -> Self {
        Self::term_then_kill(Duration::from_secs(3))
    }
}

/// A stop sequence under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    sequence: StopSequence,
    step: usize,
    next_at: Instant,
}

impl Escalation {
    /// Begins `sequence`: the signal to send now, and what follows.
    pub fn begin(sequence: StopSequence, now: Instant) -> (Self, Signal) {
        Self {
            sequence,
            step: 0,
            next_at: now,
        }
        .send(now)
    }

    /// One that had come to this step, gone on with from `now`. Its wait ends when it would have, and
    /// is no longer than that of the step: the clock may have been set back since.
    pub(crate) fn resumed(sequence: StopSequence, step: u32, until: Instant, now: Instant) -> Self {
        let last = sequence.last();
        let begun = Self {
            step: usize::try_from(step).unwrap_or(last).min(last),
            sequence,
            next_at: now,
        };
        let (resumed, _) = begun.send(now);
        Self {
            next_at: resumed.next_at.min(until),
            ..resumed
        }
    }

    /// How far it is.
    pub(crate) fn course(&self) -> Course {
        Course::Signalled {
            step: u32::try_from(self.step).unwrap_or(u32::MAX),
            until: self.next_at,
        }
    }

    /// When the next signal is due.
    pub fn deadline(&self) -> Deadline {
        let reason = if self.is_last() {
            "kill"
        } else {
            "grace period"
        };
        Deadline::new(self.next_at, reason)
    }

    /// The next signal, when it is due at `now`.
    pub fn due(&mut self, now: Instant) -> Option<Signal> {
        (self.next_at <= now).then(|| self.advance(now))
    }

    /// Skips what is left of the grace periods: the last signal, now.
    pub fn hurry(&mut self, now: Instant) -> Signal {
        self.step = self.sequence.0.len();
        self.advance(now)
    }

    fn advance(&mut self, now: Instant) -> Signal {
        self.step = (self.step + 1).min(self.sequence.last());
        let (next, signal) = self.clone().send(now);
        *self = next;
        signal
    }

    fn send(mut self, now: Instant) -> (Self, Signal) {
        let step = self
            .sequence
            .0
            .get(self.step)
            .copied()
            .unwrap_or(StopSequence::KILL);
        // A wait of nothing would send for ever without time passing.
        self.next_at = now + step.wait.max(Duration::from_millis(1));
        (self, step.signal)
    }

    fn is_last(&self) -> bool {
        self.step >= self.sequence.last()
    }
}
