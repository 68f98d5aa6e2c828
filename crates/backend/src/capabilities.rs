//! What a backend can do beyond what every backend must.

use alloc::collections::BTreeSet;
use core::fmt;

/// Something not every backend can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Processes are real: their ids can be looked up in the process table.
    RealProcesses,
    /// A tree includes processes that left their session or process group.
    DetachedProcesses,
    /// Time is virtual: a sleep takes no time.
    VirtualTime,
    /// Files are real: links, devices and permissions exist.
    RealFiles,
    /// A tree includes all that was started in it, whatever it did to its session, its
    /// environment and its parents.
    WholeTrees,
    /// A child can be found again by its identity, also by another program.
    Adoption,
    /// What a child says can be kept in files.
    Recordings,
    /// A child can run in a terminal.
    Terminals,
    /// The memory of a tree can be bounded.
    MemoryBounds,
    /// The number of processes of a tree can be bounded.
    ProcessBounds,
    /// The processor time of a tree can be bounded.
    CpuBounds,
    /// What a tree uses of the machine is told.
    Usage,
    /// A child can run in a sandbox of every level, made of namespaces.
    Sandboxes,
}

impl Capability {
    /// All capabilities, in the order of the conformance matrix.
    pub const ALL: &'static [Self] = &[
        Self::RealProcesses,
        Self::DetachedProcesses,
        Self::VirtualTime,
        Self::RealFiles,
        Self::WholeTrees,
        Self::Adoption,
        Self::Recordings,
        Self::Terminals,
        Self::MemoryBounds,
        Self::ProcessBounds,
        Self::CpuBounds,
        Self::Usage,
        Self::Sandboxes,
    ];
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RealProcesses => "real processes",
            Self::DetachedProcesses => "detached processes",
            Self::VirtualTime => "virtual time",
            Self::RealFiles => "real files",
            Self::WholeTrees => "whole trees",
            Self::Adoption => "adoption",
            Self::Recordings => "recordings",
            Self::Terminals => "terminals",
            Self::MemoryBounds => "memory bounds",
            Self::ProcessBounds => "process bounds",
            Self::CpuBounds => "CPU bounds",
            Self::Usage => "usage figures",
            Self::Sandboxes => "sandboxes",
        })
    }
}

/// What a backend can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(BTreeSet<Capability>);

impl Capabilities {
    /// Whether the backend can do this.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.contains(&capability)
    }

    /// The capabilities, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = Capability> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        Self(capabilities.into_iter().collect())
    }
}
