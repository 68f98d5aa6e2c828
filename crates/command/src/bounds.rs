//! How much a process may use.

/// The most that the processes of a tree may use together. Where a backend can only
/// bound each process, it says so by its capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u32>,
    /// Hundredths of one processor: 250 is two and a half.
    pub cpu: Option<u32>,
    /// Open files of each process.
    pub files: Option<u64>,
}

impl Bounds {
    /// Nothing is bounded.
    pub const NONE: Self = Self {
        memory: None,
        processes: None,
        cpu: None,
        files: None,
    };
}
