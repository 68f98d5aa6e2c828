//! What a tree uses.

use core::{ops::Add, time::Duration};

/// What the processes of a tree use, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time so far, of those that live and of those that ended in the tree as far as
    /// the system tells. It begins anew when the tree was empty.
    pub cpu: Duration,
    /// Bytes of memory that are theirs now. What the system could take back at once, as
    /// files that were read once, is not counted where it says so.
    pub memory: u64,
    /// How many processes live.
    pub processes: u32,
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_add(other.cpu),
            memory: self.memory.saturating_add(other.memory),
            processes: self.processes.saturating_add(other.processes),
        }
    }
}
