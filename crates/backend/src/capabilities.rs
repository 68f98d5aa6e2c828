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
}

impl Capability {
    /// All capabilities, in the order of the conformance matrix.
    pub const ALL: &'static [Self] = &[
        Self::RealProcesses,
        Self::DetachedProcesses,
        Self::VirtualTime,
        Self::RealFiles,
    ];
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RealProcesses => "real processes",
            Self::DetachedProcesses => "detached processes",
            Self::VirtualTime => "virtual time",
            Self::RealFiles => "real files",
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
