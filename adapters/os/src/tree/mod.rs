//! Trees of processes: who belongs to one, and how to reach them.

mod cgroup;
mod groups;
mod handle;
#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "scan_proc.rs"]
mod scan;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[path = "scan_ps.rs"]
mod scan;
mod small;
mod table;
pub(crate) mod usage;

pub(crate) use cgroup::{Bound, Cgroups, Joined};
pub use groups::{GroupId, Groups, signal};
pub use handle::{Watch, watch};
pub(crate) use scan::{exit_status, is_ours, process, started};
pub use table::{Process, Table};

/// The variable that marks the processes of a tree: every child gets it, and what the
/// child starts inherits it, however it detaches.
pub const MARKER: &str = "COLLODI_TREE";
