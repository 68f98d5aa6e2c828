//! Who is in a tree.

use alloc::string::String;
use core::fmt;

/// A process of a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The process id.
    pub pid: u32,
    /// The name of the program, as the process table has it.
    pub name: String,
}

/// `NAME (pid PID)`
impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.name, self.pid)
    }
}
