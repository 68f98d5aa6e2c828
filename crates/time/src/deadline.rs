//! An instant and the reason for waiting until then.

use crate::Instant;
use core::fmt;

/// When to wake up, and what for.
///
/// The reason is for people: it shows in traces and answers "what is it waiting
/// for?". Deadlines order by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// The instant to wake up at.
    pub at: Instant,
    /// What is being waited for, in a few words.
    pub reason: &'static str,
}

impl Deadline {
    /// A deadline at `at` because of `reason`.
    pub const fn new(at: Instant, reason: &'static str) -> Self {
        Self { at, reason }
    }

    /// The earlier of two deadlines, either of which may be absent.
    pub fn earlier(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        a.into_iter().chain(b).min()
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.at, self.reason)
    }
}
