//! What comes after a life.

use super::{Supervisor, state::State};
use crate::{Death, Ended, Event, Verdict};
use collodi_time::{Duration, Instant};

impl Supervisor {
    /// The life is over: what does the policy say?
    pub(super) fn ask_policy(&mut self, now: Instant, death: Death) {
        self.last_death = Some(death);
        if matches!(death, Death::Exited(_)) && self.was_stable(now) {
            self.tries.start_over();
        }
        match (self.policy.verdict(death), self.policy.give_up) {
            (Verdict::Leave, _) => self.finish(Ended::of(death)),
            (_, Some(give_up)) if self.tries.exceeded(give_up, now) => {
                self.finish(Ended::GaveUp(give_up));
            }
            // Who waits for others to be down first can hold it.
            (Verdict::RestartNow, _) if self.lived_long(now, death) => {
                self.state = State::Waiting { until: now };
            }
            _ => self.wait(now),
        }
    }

    /// Whether it lived for the first delay at least. What could not be started has not lived, however
    /// long ago the life before it began.
    fn lived_long(&self, now: Instant, death: Death) -> bool {
        death != Death::SpawnFailed && self.lived(now) >= self.policy.backoff.initial
    }

    /// Whether the life at hand, or the last one, is long enough that the count of tries starts over.
    pub(super) fn was_stable(&self, now: Instant) -> bool {
        let needed = self
            .policy
            .stable_after
            .max(self.last_delay.saturating_mul(2));
        self.started_at.is_some() && self.lived(now) >= needed
    }

    /// How long the last life was.
    fn lived(&self, now: Instant) -> Duration {
        let lived = |at| now.saturating_since(at);
        self.started_at.map_or(Duration::ZERO, lived)
    }

    fn wait(&mut self, now: Instant) {
        let delay = self
            .policy
            .backoff
            .delay(self.tries.consecutive, &mut self.jitter);
        self.last_delay = delay;
        self.state = State::Waiting { until: now + delay };
        self.out.event(Event::Restarting {
            delay,
            restart: self.tries.total.saturating_add(1),
        });
    }
}
