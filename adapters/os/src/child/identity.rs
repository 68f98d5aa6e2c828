//! Which process it is.

use crate::tree;
use collodi_command::Identity;
use rustix::{fd::OwnedFd, io::Errno, process::Pid};
use std::sync::{Arc, LazyLock};

/// The identity of the process that has this id now, also of one that has ended and whose id
/// is kept; none where processes have none, or
/// when there is no such process.
pub(super) fn of(pid: i32) -> Option<Identity> {
    tree::is_ours().then_some(())?;
    Some(Identity {
        pid: u32::try_from(pid).ok()?,
        started: tree::started(pid)?,
        boot: boot()?,
    })
}

/// A handle of the process and of nobody who has its id now: who has the id after it was
/// opened is who it is to be. One that has ended, and that nobody has waited for, has it too: how it
/// ended is known by that.
#[cfg(target_os = "linux")]
pub(super) fn handle_of(wanted: &Identity) -> Result<(Pid, OwnedFd), Errno> {
    let raw = i32::try_from(wanted.pid).map_err(|_| Errno::SRCH)?;
    let pid = Pid::from_raw(raw).ok_or(Errno::SRCH)?;
    let handle = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?;
    let is_it = of(raw).is_some_and(|now| now == *wanted);
    is_it.then_some((pid, handle)).ok_or(Errno::SRCH)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn handle_of(_: &Identity) -> Result<(Pid, OwnedFd), Errno> {
    Err(Errno::NOSYS)
}

/// Names this run of the system; none where the system does not.
fn boot() -> Option<Arc<str>> {
    static BOOT: LazyLock<Option<Arc<str>>> = LazyLock::new(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let id = text.trim();
        (!id.is_empty()).then(|| id.into())
    });
    BOOT.clone()
}
