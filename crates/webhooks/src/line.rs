//! The deliveries of one hook, one after the other.

use crate::{Delivery, Hook};
use alloc::{collections::VecDeque, sync::Arc};
use collodi_machine::ActionId;
use collodi_restart::{Backoff, Jitter};
use collodi_time::{Duration, Instant};
use collodi_web::WebErrorKind;
use core::fmt;

/// How many deliveries wait for a hook.
pub const WAITING: usize = 64;

/// How often a delivery is tried.
pub const ATTEMPTS: u32 = 6;

/// The waits between the tries: a second at first, and twice as long each time.
const WAITS: Backoff = Backoff {
    initial: Duration::from_secs(1),
    growth_percent: 200,
    cap: Duration::from_secs(60),
    jitter_percent: 10,
};

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The receiver answered with this status.
    Status(u16),
    /// It did not answer.
    Failed(WebErrorKind),
}

impl Answer {
    const fn is_delivered(self) -> bool {
        matches!(self, Self::Status(200..300))
    }

    /// Whether another try may go better.
    const fn may_pass(self) -> bool {
        match self {
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..600),
            Self::Failed(_) => true,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the receiver answered {status}"),
            Self::Failed(kind) => write!(f, "{kind}"),
        }
    }
}

/// What became of the deliveries of a hook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Those that were taken.
    pub delivered: u64,
    /// Tries that failed.
    pub failed_tries: u64,
    /// Those that were given up.
    pub given_up: u64,
    /// Those that were dropped, since too many waited.
    pub dropped: u64,
}

/// What a try decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Delivered,
    Again(Duration),
    GivenUp,
}

/// The deliveries of one hook.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) hook: Arc<Hook>,
    queue: VecDeque<Arc<Delivery>>,
    /// The one that is being sent, which is the first of the queue.
    sending: Option<ActionId>,
    /// How often the first was tried.
    tried: u32,
    /// When the first is tried again.
    again: Option<Instant>,
    pub(crate) figures: Figures,
}

impl Line {
    pub(crate) fn new(hook: Arc<Hook>) -> Self {
        Self {
            hook,
            queue: VecDeque::new(),
            sending: None,
            tried: 0,
            again: None,
            figures: Figures::default(),
        }
    }

    /// Puts a delivery behind all others. The one that is dropped for it: the oldest that is
    /// not being tried.
    pub(crate) fn push(&mut self, delivery: Arc<Delivery>) -> Option<Arc<Delivery>> {
        self.queue.push_back(delivery);
        if self.queue.len() <= WAITING {
            return None;
        }
        self.figures.dropped += 1;
        self.queue
            .remove(usize::from(self.tried > 0 || self.sending.is_some()))
    }

    /// The delivery that is to be sent at `now`.
    pub(crate) fn due(&self, now: Instant) -> Option<&Arc<Delivery>> {
        let is_due = self.sending.is_none() && self.again.is_none_or(|at| at <= now);
        self.queue.front().filter(|_| is_due)
    }

    /// It is being sent.
    pub(crate) const fn begin(&mut self, id: ActionId) {
        self.sending = Some(id);
        self.again = None;
        self.tried += 1;
    }

    /// Whether this is what is being sent.
    pub(crate) fn is_sending(&self, id: ActionId) -> bool {
        self.sending == Some(id)
    }

    /// The try has ended. The delivery, and what becomes of it.
    pub(crate) fn end(
        &mut self,
        answer: Answer,
        is_last: bool,
        jitter: &mut Jitter,
    ) -> Option<(Arc<Delivery>, Verdict)> {
        self.sending = None;
        let delivery = Arc::clone(self.queue.front()?);
        let verdict = match answer.is_delivered() {
            true => Verdict::Delivered,
            false if answer.may_pass() && self.tried < ATTEMPTS && !is_last => {
                Verdict::Again(WAITS.delay(self.tried.saturating_sub(1), jitter))
            }
            false => Verdict::GivenUp,
        };
        self.count(&verdict);
        if !matches!(verdict, Verdict::Again(_)) {
            self.queue.pop_front();
            self.tried = 0;
        }
        Some((delivery, verdict))
    }

    const fn count(&mut self, verdict: &Verdict) {
        let figures = &mut self.figures;
        match verdict {
            Verdict::Delivered => figures.delivered += 1,
            Verdict::Again(_) => figures.failed_tries += 1,
            Verdict::GivenUp => {
                figures.failed_tries += 1;
                figures.given_up += 1;
            }
        }
    }

    /// The first is tried again then.
    pub(crate) const fn wait_until(&mut self, at: Instant) {
        self.again = Some(at);
    }

    /// Nobody waits for the next try any more.
    pub(crate) const fn hurry(&mut self) {
        self.again = None;
    }

    /// When something is to be tried again.
    pub(crate) const fn again(&self) -> Option<Instant> {
        self.again
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
