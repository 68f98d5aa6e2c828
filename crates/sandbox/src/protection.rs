//! What a sandbox holds, by name.

use core::fmt;

/// Something that a sandbox keeps a process from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protection {
    /// Changing files outside of its folders.
    Writes,
    /// Reading files that are neither the system's nor its own.
    Reads,
    /// Reading the user's keys and passwords, and what is hidden.
    Credentials,
    /// Changing what is protected in its own folders.
    Protected,
    /// Reaching the network, its own loopback excepted.
    Network,
    /// Reaching sockets without a path that others opened.
    AbstractSockets,
    /// Reaching sockets of the system's and the user's services by their path.
    ServiceSockets,
    /// Signalling or tracing processes outside.
    Signals,
    /// Seeing processes outside, and saying on which processors they run.
    Sight,
    /// Seeing which keys and timers the kernel has for others.
    Keyrings,
    /// Shared memory and queues of others.
    SharedMemory,
    /// Permissions, times and attributes of files outside.
    Metadata,
    /// Settings of the kernel.
    KernelSettings,
    /// Privileges, and programs that give some.
    Privileges,
    /// System calls that only attack or administrate.
    SystemCalls,
    /// Namespaces of its own.
    Namespaces,
    /// Typing into the terminal of whoever started it.
    Terminal,
    /// Living on when it is to be gone.
    Survival,
}

impl Protection {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Writes,
        Self::Reads,
        Self::Credentials,
        Self::Protected,
        Self::Network,
        Self::AbstractSockets,
        Self::ServiceSockets,
        Self::Signals,
        Self::Sight,
        Self::Keyrings,
        Self::SharedMemory,
        Self::Metadata,
        Self::KernelSettings,
        Self::Privileges,
        Self::SystemCalls,
        Self::Namespaces,
        Self::Terminal,
        Self::Survival,
    ];
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writes => "writes",
            Self::Reads => "reads",
            Self::Credentials => "credentials",
            Self::Protected => "protected",
            Self::Network => "network",
            Self::AbstractSockets => "abstract-sockets",
            Self::ServiceSockets => "service-sockets",
            Self::Signals => "signals",
            Self::Sight => "sight",
            Self::Keyrings => "keyrings",
            Self::SharedMemory => "shared-memory",
            Self::Metadata => "metadata",
            Self::KernelSettings => "kernel-settings",
            Self::Privileges => "privileges",
            Self::SystemCalls => "system-calls",
            Self::Namespaces => "namespaces",
            Self::Terminal => "terminal",
            Self::Survival => "survival",
        })
    }
}
