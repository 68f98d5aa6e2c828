//! The system calls.

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod clone;
mod posix;
pub(crate) mod signals;
mod words;

use crate::{Failure, Plan, Started, Told};
use rustix::{
    fd::{BorrowedFd, OwnedFd, RawFd},
    io::fcntl_dupfd_cloexec,
};
use std::{
    ffi::{CStr, CString},
    io,
};

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) fn spawn(plan: &Plan<'_>) -> Result<Started, Failure> {
    if clone::is_available() {
        clone::spawn(plan)
    } else {
        posix::spawn(plan)
    }
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) fn can_join() -> bool {
    clone::is_available()
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
pub(crate) fn spawn(plan: &Plan<'_>) -> Result<Started, Failure> {
    posix::spawn(plan)
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
pub(crate) const fn can_join() -> bool {
    false
}

/// Comes back only when that fails.
pub(crate) fn replace(program: &CStr, args: &[CString], env: &[CString]) -> io::Error {
    let (args, env) = (words::Words::new(args), words::Words::new(env));
    // SAFETY: all of it lives until the call is over, and is made as C wants it: words end
    // with a zero, lists with a null.
    unsafe {
        libc::execve(program.as_ptr(), args.as_ptr(), env.as_ptr());
    }
    io::Error::last_os_error()
}

/// A copy of an open descriptor.
pub(crate) fn left_open(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: it is lent to this one call, which fails where there is none.
    let left = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(fcntl_dupfd_cloexec(left, 0)?)
}

#[cfg(target_os = "linux")]
pub(crate) fn exit_status(pidfd: BorrowedFd<'_>) -> Told {
    match info(pidfd, libc::PIDFD_INFO_EXIT) {
        Some(info) if info.mask & u64::from(libc::PIDFD_INFO_EXIT) != 0 => {
            Told::Status(info.exit_code)
        }
        Some(_) => Told::NotYet,
        None => Told::Never,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn exit_status(_: BorrowedFd<'_>) -> Told {
    Told::Never
}

#[cfg(target_os = "linux")]
pub(crate) fn control_group(pidfd: BorrowedFd<'_>) -> Option<u64> {
    let info = info(pidfd, libc::PIDFD_INFO_CGROUPID)?;
    let is_told = info.mask & u64::from(libc::PIDFD_INFO_CGROUPID) != 0;
    is_told.then_some(info.cgroupid)
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn control_group(_: BorrowedFd<'_>) -> Option<u64> {
    None
}

/// What the kernel says of a process, `wanted` above all; none where it says nothing.
#[cfg(target_os = "linux")]
fn info(pidfd: BorrowedFd<'_>, wanted: libc::c_uint) -> Option<libc::pidfd_info> {
    use std::{mem::MaybeUninit, os::fd::AsRawFd as _};

    let mut info = MaybeUninit::<libc::pidfd_info>::zeroed();
    // SAFETY: the struct is plain numbers, for which all zeros are values, and lives until
    // the call is over; the request carries its size, beyond which the kernel does not write.
    unsafe {
        (*info.as_mut_ptr()).mask = u64::from(wanted);
        let asked = libc::ioctl(
            pidfd.as_raw_fd(),
            libc::PIDFD_GET_INFO as _,
            info.as_mut_ptr(),
        );
        (asked == 0).then(|| info.assume_init())
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
