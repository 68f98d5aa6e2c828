//! What to do after a death.

use crate::{Backoff, Death, Ended, Rule, Standing, Startup, Verdict};
use alloc::{collections::VecDeque, vec::Vec};
use collodi_time::{Duration, Instant};
use core::{fmt, str::FromStr};

/// What to do after a death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// After which deaths to start again.
    pub class: RestartClass,
    /// What overrules the class: the first rule that is about a death decides.
    pub rules: Vec<Rule>,
    /// When a child that was started counts as up.
    pub startup: Startup,
    /// How long to wait before.
    pub backoff: Backoff,
    /// A life of at least this long, and of twice the last delay, starts the
    /// count of tries over.
    pub stable_after: Duration,
    /// When to stop trying; never when absent.
    pub give_up: Option<GiveUp>,
}

impl Policy {
    /// Starts again after every death, `delay` later, for ever.
    pub fn fixed(delay: Duration) -> Self {
        Self {
            backoff: Backoff::fixed(delay),
            ..Self::default()
        }
    }

    /// Does not start again.
    pub fn never() -> Self {
        Self {
            class: RestartClass::Never,
            ..Self::default()
        }
    }

    /// What to do after `death`.
    pub fn verdict(&self, death: Death) -> Verdict {
        let rule = self.rules.iter().find(|rule| rule.on.matches(death));
        let by_class = || match self.class.restarts(death) {
            true => Verdict::Restart,
            false => Verdict::Leave,
        };
        rule.map_or_else(by_class, |rule| rule.then)
    }
}

/// Starts again after every death, by [`Backoff::default`], for ever.
impl Default for Policy {
    fn default() -> Self {
        Self {
            class: RestartClass::Always,
            rules: Vec::new(),
            startup: Startup::default(),
            backoff: Backoff::default(),
            stable_after: Duration::from_secs(10),
            give_up: None,
        }
    }
}

/// After which deaths to start again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RestartClass {
    /// After none.
    Never,
    /// After a failure: a death by signal, by an exit code other than zero, before it was
    /// up, or a failed spawn.
    OnFailure,
    /// After each.
    #[default]
    Always,
    /// After each, and when the supervisor itself is started again: unless someone had
    /// stopped it.
    UnlessStopped,
}

/// As [`RestartClass::from_str`] reads it.
impl fmt::Display for RestartClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "never",
            Self::OnFailure => "on-failure",
            Self::Always => "always",
            Self::UnlessStopped => "unless-stopped",
        })
    }
}

/// The text names no restart class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseRestartClassError;

impl fmt::Display for ParseRestartClassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a restart class is never, on-failure, always or unless-stopped")
    }
}

impl core::error::Error for ParseRestartClassError {}

impl FromStr for RestartClass {
    type Err = ParseRestartClassError;

    fn from_str(text: &str) -> Result<Self, ParseRestartClassError> {
        Ok(match text {
            "never" => Self::Never,
            "on-failure" => Self::OnFailure,
            "always" => Self::Always,
            "unless-stopped" => Self::UnlessStopped,
            _ => return Err(ParseRestartClassError),
        })
    }
}

impl RestartClass {
    /// Whether to start again after `death`.
    pub const fn restarts(self, death: Death) -> bool {
        match self {
            Self::Never => false,
            Self::OnFailure => death.is_failure(),
            Self::Always | Self::UnlessStopped => true,
        }
    }

    /// Whether a child that had been started is started again when whoever supervises is:
    /// after `end`, which is absent when it was alive.
    pub const fn revives(self, end: Option<Ended>) -> bool {
        match (self, end) {
            (Self::Always, _) | (_, None) => true,
            (Self::UnlessStopped, Some(Ended::Stopped)) => false,
            (Self::UnlessStopped, Some(_)) => true,
            (Self::Never | Self::OnFailure, Some(_)) => false,
        }
    }
}

/// When to stop trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GiveUp {
    /// After this many restarts in a row without a stable life.
    Consecutive(u32),
    /// When there would be more than `count` restarts within `window`.
    Rate {
        /// The most restarts; at most 1 000 are counted.
        count: u32,
        /// The window they are counted in.
        window: Duration,
    },
}

impl fmt::Display for GiveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consecutive(1) => f.write_str("1 restart in a row"),
            Self::Consecutive(n) => write!(f, "{n} restarts in a row"),
            Self::Rate { count: 1, window } => write!(f, "1 restart within {window:?}"),
            Self::Rate { count, window } => write!(f, "{count} restarts within {window:?}"),
        }
    }
}

/// The restarts so far, as far as the policy needs to know them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tries {
    /// Since the last stable life.
    pub(crate) consecutive: u32,
    /// All.
    pub(crate) total: u32,
    recent: VecDeque<Instant>,
}

impl Tries {
    const MOST_RECENT: usize = 1_000;

    /// Those that another supervisor has counted. None of them was after `now`.
    pub(crate) fn counted(standing: &Standing, now: Instant) -> Self {
        let skipped = standing.recent.len().saturating_sub(Self::MOST_RECENT);
        let recent = standing.recent.iter().skip(skipped);
        Self {
            consecutive: standing.consecutive,
            total: standing.restarts,
            recent: recent.map(|at| now.min(*at)).collect(),
        }
    }

    /// The times of the last of them, as far as they are counted.
    pub(crate) fn counted_by(&self, give_up: Option<GiveUp>) -> Vec<Instant> {
        let Some(GiveUp::Rate { count, .. }) = give_up else {
            return Vec::new();
        };
        let skipped = self.recent.len().saturating_sub(most(count));
        self.recent.iter().skip(skipped).copied().collect()
    }

    pub(crate) fn record(&mut self, now: Instant) {
        self.consecutive = self.consecutive.saturating_add(1);
        self.total = self.total.saturating_add(1);
        if self.recent.len() == Self::MOST_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
    }

    /// A stable life starts the count over.
    pub(crate) const fn start_over(&mut self) {
        self.consecutive = 0;
    }

    pub(crate) fn exceeded(&self, give_up: GiveUp, now: Instant) -> bool {
        match give_up {
            GiveUp::Consecutive(most) => self.consecutive >= most,
            GiveUp::Rate { count, window } => {
                let within = |at: &&Instant| now.saturating_since(**at) < window;
                self.recent.iter().rev().take_while(within).count() >= most(count)
            }
        }
    }
}

/// How many restarts within a window are counted.
fn most(count: u32) -> usize {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    count.min(Tries::MOST_RECENT)
}
