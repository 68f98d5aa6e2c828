//! How many files this process may have open, and how many its children.

use crate::{Limit, Resource};
use std::sync::OnceLock;

/// The limit of children, where this process has raised its own.
static THEIRS: OnceLock<Limit> = OnceLock::new();

/// Lets this process have as many files open as the system allows it. Children of
/// [`spawn`](crate::spawn) keep the limit that it had before, unless their plans say another:
/// programs that use `select`, or close all descriptors one by one, are not made for more. (Where
/// `posix_spawn` starts them, an instant after their start.) Does nothing where the system refuses,
/// and on other systems than Linux.
///
/// It also has the system make room for 4096 descriptors, in 33 KiB of its memory. Best called while
/// this process has one thread: with more, whoever makes the table larger waits until no thread
/// looks into the old one, ten milliseconds on most machines; and without this that is whoever
/// opens a file at each doubling.
pub fn raise_open_files() {
    #[cfg(target_os = "linux")]
    linux::raise();
}

/// Gives this process back the limit that it had before [`raise_open_files`], for a program
/// that is to replace it.
pub fn restore_open_files() {
    #[cfg(target_os = "linux")]
    linux::restore();
}

/// The limits of a child: those of its plan, and that of open files.
pub(crate) fn of_child(planned: &[Limit]) -> Vec<Limit> {
    let is_planned = planned
        .iter()
        .any(|limit| limit.resource == Resource::Files);
    let theirs = THEIRS.get().filter(|_| !is_planned);
    theirs.into_iter().chain(planned).copied().collect()
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Limit, Resource, THEIRS};
    use rustix::{
        io::fcntl_dupfd_cloexec,
        process::{Resource as System, Rlimit, getrlimit, setrlimit},
    };

    /// As many descriptors as there is room for: those of a thousand children.
    const ROOM: u64 = 4096;

    pub(super) fn raise() {
        let limit = getrlimit(System::Nofile);
        let (Some(current), maximum) = (limit.current, limit.maximum) else {
            return;
        };
        let _ = THEIRS.set(Limit {
            resource: Resource::Files,
            soft: current,
            hard: maximum.unwrap_or(u64::MAX),
        });
        set(Rlimit {
            current: maximum,
            maximum,
        });
        let allowed = getrlimit(System::Nofile).current;
        make_room(allowed.unwrap_or(u64::MAX).min(ROOM));
    }

    /// The table of descriptors grows for the last of these, and does not shrink.
    fn make_room(descriptors: u64) {
        let last = i32::try_from(descriptors.saturating_sub(1));
        // Without it the table grows when it has to.
        let _ = last.map(|last| fcntl_dupfd_cloexec(std::io::stderr(), last));
    }

    pub(super) fn restore() {
        if let Some(theirs) = THEIRS.get() {
            set(Rlimit {
                current: Some(theirs.soft),
                maximum: getrlimit(System::Nofile).maximum,
            });
        }
    }

    fn set(limit: Rlimit) {
        // Where that is refused, it stays as it is.
        let _ = setrlimit(System::Nofile, limit);
    }
}
