//! A timer as precise as the system has it, for times that a runtime's own timers are too
//! coarse for.

use rustix::{
    fd::{AsFd, OwnedFd},
    io::Errno,
};
use std::{io, task::Poll, time::Duration};

/// A timer that is not set: a descriptor that is readable once it rang.
///
/// # Errors
///
/// When the system has none, or no more.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn alarm() -> io::Result<OwnedFd> {
    use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};
    let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
    Ok(timerfd_create(TimerfdClockId::Monotonic, flags)?)
}

/// Lets it ring after `time`, which is not zero, and not at an earlier time that was set.
///
/// # Errors
///
/// When the system cannot count so far.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn set_alarm(alarm: impl AsFd, time: Duration) -> io::Result<()> {
    use rustix::time::{Itimerspec, TimerfdTimerFlags, Timespec, timerfd_settime};
    let once = Itimerspec {
        it_interval: Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: Timespec::try_from(time).map_err(|_| Errno::OVERFLOW)?,
    };
    timerfd_settime(alarm, TimerfdTimerFlags::empty(), &once)?;
    Ok(())
}

/// No system but Linux has such timers.
///
/// # Errors
///
/// Always.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn alarm() -> io::Result<OwnedFd> {
    Err(Errno::NOTSUP.into())
}

/// As [`alarm`].
///
/// # Errors
///
/// Always.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn set_alarm(_: impl AsFd, _: Duration) -> io::Result<()> {
    Err(Errno::NOTSUP.into())
}

/// Whether it rang since it was last asked or set.
pub fn poll_alarm(alarm: impl AsFd) -> Poll<()> {
    match rustix::io::read(alarm, &mut [0; 8]) {
        Err(Errno::AGAIN | Errno::INTR) => Poll::Pending,
        _ => Poll::Ready(()),
    }
}
