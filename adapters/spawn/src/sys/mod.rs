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
    use std::{mem::MaybeUninit, os::fd::AsRawFd as _};

    let mut info = MaybeUninit::<libc::pidfd_info>::zeroed();
    // SAFETY: the struct is plain numbers, for which all zeros are values, and lives until
    // the call is over; the request carries its size, beyond which the kernel does not write.
    let info = unsafe {
        (*info.as_mut_ptr()).mask = u64::from(libc::PIDFD_INFO_EXIT);
        let asked = libc::ioctl(
            pidfd.as_raw_fd(),
            libc::PIDFD_GET_INFO as _,
            info.as_mut_ptr(),
        );
        if asked != 0 {
            return Told::Never;
        }
        info.assume_init()
    };
    let is_said = info.mask & u64::from(libc::PIDFD_INFO_EXIT) != 0;
    match is_said {
        true => Told::Status(info.exit_code),
        false => Told::NotYet,
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn exit_status(_: BorrowedFd<'_>) -> Told {
    Told::Never
}

#[cfg(test)]
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
