//! `posix_spawn`, where there is nothing better.

use super::words::Words;
use crate::{Failure, Plan, Stage, Started};
use libc::{c_int, c_short, posix_spawn_file_actions_t, posix_spawnattr_t};
use rustix::{io::Errno, process::Pid};
use std::{mem::MaybeUninit, os::fd::AsRawFd};

#[cfg(not(target_vendor = "apple"))]
use libc::posix_spawn_file_actions_addfchdir_np;

#[cfg(target_vendor = "apple")]
unsafe extern "C" {
    fn posix_spawn_file_actions_addfchdir_np(
        actions: *mut posix_spawn_file_actions_t,
        fd: c_int,
    ) -> c_int;
}

/// A session of its own, and nothing inherited.
#[cfg(target_vendor = "apple")]
const FLAGS: c_int = 0x0400 | libc::POSIX_SPAWN_CLOEXEC_DEFAULT;
#[cfg(not(target_vendor = "apple"))]
const FLAGS: c_int = libc::POSIX_SPAWN_SETSID as c_int;

/// Signals as the child is to have them.
const SIGNALS: c_int = libc::POSIX_SPAWN_SETSIGDEF as c_int | libc::POSIX_SPAWN_SETSIGMASK as c_int;

pub(super) fn spawn(plan: &Plan<'_>) -> Result<Started, Failure> {
    if plan.cgroup.is_some() {
        return Err(Stage::Process.failed(Errno::NOSYS));
    }
    if plan.domain.is_some() {
        return Err(Stage::Domain.failed(Errno::NOSYS));
    }
    limits::check(plan)?;
    mark_descriptors().map_err(|errno| Stage::Descriptors.failed(errno))?;
    let pid = start(plan)?;
    limits::set(pid, plan);
    Ok(Started {
        pid,
        pidfd: handle_of(pid),
    })
}

fn start(plan: &Plan<'_>) -> Result<Pid, Failure> {
    let (args, env) = (Words::new(plan.args), Words::new(plan.env));
    let actions = Actions::new(plan).map_err(|errno| Stage::Descriptors.failed(errno))?;
    let attributes = Attributes::new().map_err(|errno| Stage::Signals.failed(errno))?;
    let mut pid = 0;
    // SAFETY: all of it lives until the call is over, and is made as C wants it: words end
    // with a zero, lists with a null.
    let started = check(unsafe {
        libc::posix_spawn(
            &raw mut pid,
            plan.program.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            args.as_ptr().cast(),
            env.as_ptr().cast(),
        )
    });
    started.map_err(|errno| Stage::Program.failed(errno))?;
    Pid::from_raw(pid).ok_or_else(|| Stage::Process.failed(Errno::SRCH))
}

struct Actions(posix_spawn_file_actions_t);

impl Actions {
    fn new(plan: &Plan<'_>) -> Result<Self, Errno> {
        let mut actions = MaybeUninit::uninit();
        // SAFETY: the call fills it, or fails.
        let mut actions = unsafe {
            check(libc::posix_spawn_file_actions_init(actions.as_mut_ptr()))?;
            Self(actions.assume_init())
        };
        let list = &raw mut actions.0;
        let fd = |at: usize| plan.stdio.get(at).map_or(-1, AsRawFd::as_raw_fd);
        // SAFETY: the list was made above; the path lives longer than it.
        unsafe {
            check(posix_spawn_file_actions_addfchdir_np(
                list,
                plan.cwd.as_raw_fd(),
            ))?;
            for (at, to) in [(0, 0), (1, 1), (2, 2)] {
                check(libc::posix_spawn_file_actions_adddup2(list, fd(at), to))?;
            }
            // A descriptor that is put over itself is inherited.
            for kept in plan.kept.iter().map(AsRawFd::as_raw_fd) {
                check(libc::posix_spawn_file_actions_adddup2(list, kept, kept))?;
            }
            // Who leads a session and opens a terminal that has none, gets it.
            if let Some(path) = plan.terminal {
                let flags = libc::O_RDWR;
                check(libc::posix_spawn_file_actions_addopen(
                    list,
                    0,
                    path.as_ptr(),
                    flags,
                    0,
                ))?;
            }
        }
        Ok(actions)
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: it was made by its `init`.
        unsafe {
            libc::posix_spawn_file_actions_destroy(&raw mut self.0);
        }
    }
}

struct Attributes(posix_spawnattr_t);

impl Attributes {
    fn new() -> Result<Self, Errno> {
        let mut attributes = MaybeUninit::uninit();
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: the calls fill what they are given, or fail.
        unsafe {
            check(libc::posix_spawnattr_init(attributes.as_mut_ptr()))?;
            let mut attributes = Self(attributes.assume_init());
            let list = &raw mut attributes.0;
            libc::sigemptyset(set.as_mut_ptr());
            check(libc::posix_spawnattr_setsigmask(list, set.as_ptr()))?;
            libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
            check(libc::posix_spawnattr_setsigdefault(list, set.as_ptr()))?;
            let flags = c_short::try_from(FLAGS | SIGNALS).map_err(|_| Errno::INVAL)?;
            check(libc::posix_spawnattr_setflags(list, flags))?;
            Ok(attributes)
        }
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: it was made by its `init`.
        unsafe {
            libc::posix_spawnattr_destroy(&raw mut self.0);
        }
    }
}

fn check(code: c_int) -> Result<(), Errno> {
    match code {
        0 => Ok(()),
        errno => Err(Errno::from_raw_os_error(errno)),
    }
}

/// Here the system closes them itself.
#[cfg(target_vendor = "apple")]
const fn mark_descriptors() -> Result<(), Errno> {
    Ok(())
}

/// Makes every descriptor of this process close-on-exec that is not a standard one.
#[cfg(not(target_vendor = "apple"))]
fn mark_descriptors() -> Result<(), Errno> {
    use rustix::{
        fd::BorrowedFd,
        fs::{Dir, Mode, OFlags},
        io::{FdFlags, fcntl_setfd},
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let listed = rustix::fs::open("/proc/self/fd", flags, Mode::empty())?;
    for entry in Dir::read_from(&listed)? {
        let name = entry?;
        let number = name.file_name().to_str().ok().and_then(|n| n.parse().ok());
        if let Some(number) = number.filter(|number: &c_int| *number >= crate::FIRST) {
            // SAFETY: it was open a moment ago. Should it be closed meanwhile, the call says
            // so; should another one have its number then, that is marked as it should be.
            let fd = unsafe { BorrowedFd::borrow_raw(number) };
            let _ = fcntl_setfd(fd, FdFlags::CLOEXEC);
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn handle_of(pid: Pid) -> Option<rustix::fd::OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
const fn handle_of(_: Pid) -> Option<rustix::fd::OwnedFd> {
    None
}

#[cfg(target_os = "linux")]
mod limits {
    use super::{Failure, Pid, Plan};
    use crate::Resource;
    use rustix::process::{Resource as System, Rlimit, prlimit};

    pub(super) const fn check(_: &Plan<'_>) -> Result<(), Failure> {
        Ok(())
    }

    /// The child may have ended already.
    pub(super) fn set(pid: Pid, plan: &Plan<'_>) {
        for limit in plan.limits {
            let resource = match limit.resource {
                Resource::Files => System::Nofile,
                Resource::Core => System::Core,
                Resource::FileSize => System::Fsize,
            };
            let both = Rlimit {
                current: Some(limit.soft),
                maximum: Some(limit.hard),
            };
            let _ = prlimit(Some(pid), resource, both);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod limits {
    use super::{Errno, Failure, Pid, Plan, Stage};

    pub(super) fn check(plan: &Plan<'_>) -> Result<(), Failure> {
        match plan.limits {
            [] => Ok(()),
            _ => Err(Stage::Limits.failed(Errno::NOTSUP)),
        }
    }

    pub(super) const fn set(_: Pid, _: &Plan<'_>) {}
}
