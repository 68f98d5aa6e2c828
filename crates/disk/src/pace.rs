//! When figures are made anew.

use core::time::Duration;

/// How often walks may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The least time between the end of a walk and the next.
    pub rest: Duration,
    /// That time is also at least so many times as long as the walk was.
    pub times: u32,
}

impl Default for Pace {
    /// Half a minute, and twenty times the walk.
    fn default() -> Self {
        Self {
            rest: Duration::from_secs(30),
            times: 20,
        }
    }
}

impl Pace {
    /// How long figures count that were had by a walk of this length. For things that are
    /// known to have changed, half a second will do.
    pub fn keeps(&self, walk: Duration, changed: bool) -> Duration {
        if changed {
            return Duration::from_millis(500);
        }
        self.rest.max(walk.saturating_mul(self.times))
    }
}
