//! What goes wrong, and how often.

use std::time::Duration;

/// How often something happens: so many times of a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u16);

impl Rate {
    /// It never happens.
    pub const NEVER: Self = Self(0);

    /// It happens so many times of a thousand; at most all of them.
    pub const fn per_mille(times: u16) -> Self {
        Self(if times > 1000 { 1000 } else { times })
    }

    pub(super) const fn is_some(self) -> bool {
        self.0 > 0
    }

    pub(super) const fn covers(self, random: u64) -> bool {
        random % 1000 < self.0 as u64
    }
}

/// How often what goes wrong. By default nothing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A child is not started: out of processes, descriptors or memory.
    pub spawn: Rate,
    /// A tree is not signalled, listed or awaited: out of descriptors.
    pub tree: Rate,
    /// A file operation fails: the disk is full, or cannot be read.
    pub file: Rate,
    /// A connection is refused, and no port is found to be free.
    pub connect: Rate,
    /// A request or a download does not get through.
    pub web: Rate,
    /// An answer, or what a child says, comes late.
    pub delay: Rate,
    /// How late it comes at most.
    pub longest: Duration,
}

impl Faults {
    /// Everything goes wrong this often; delays last up to `longest`.
    pub const fn all(rate: Rate, longest: Duration) -> Self {
        Self {
            spawn: rate,
            tree: rate,
            file: rate,
            connect: rate,
            web: rate,
            delay: rate,
            longest,
        }
    }
}
