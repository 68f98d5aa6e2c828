//! Which process it is.

use crate::tree;
use collodi_command::Identity;
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

/// Names this run of the system; none where the system does not.
fn boot() -> Option<Arc<str>> {
    static BOOT: LazyLock<Option<Arc<str>>> = LazyLock::new(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let id = text.trim();
        (!id.is_empty()).then(|| id.into())
    });
    BOOT.clone()
}
