//! What is free.

use crate::human;
use core::fmt;

/// What stays free on a disk when things go well: 1 GiB. Less than this beside what
/// something needs is worth a warning.
pub const RESERVE: u64 = 1 << 30;

/// The room on a disk, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    /// What the user who asks may still use.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

impl Space {
    /// Why something of this size is worth a warning; none when [`RESERVE`] stays free.
    pub const fn shortage(self, needed: u64) -> Option<Shortage> {
        let wanted = needed.saturating_add(RESERVE);
        match self.free < wanted {
            true => Some(Shortage {
                free: self.free,
                needed,
            }),
            false => None,
        }
    }
}

/// There is less room than there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// What is free.
    pub free: u64,
    /// What is needed, when that is known; else 0.
    pub needed: u64,
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = human(self.free);
        match self.needed {
            0 => write!(f, "space is short: {free} are free on the disk"),
            needed if self.free < needed => write!(
                f,
                "space is too short: {} are needed, and {free} are free on the disk",
                human(needed)
            ),
            needed => write!(
                f,
                "space is short: {} are needed of the {free} that are free on the disk",
                human(needed)
            ),
        }
    }
}
