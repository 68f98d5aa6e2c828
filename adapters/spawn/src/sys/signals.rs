//! Signals that are held back, and taken.

use libc::{c_int, sigset_t};
use rustix::process::Signal;
use std::{io, mem::MaybeUninit, os::unix::thread::JoinHandleExt as _, ptr, thread::JoinHandle};

pub(crate) fn hold(signals: &[Signal]) -> io::Result<()> {
    let set = set(signals);
    // SAFETY: the set lives until the call is over; what was held before is not asked for.
    done(unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) })
}

/// The number of the signal.
pub(crate) fn take(signals: &[Signal]) -> io::Result<c_int> {
    let (set, mut taken) = (set(signals), 0);
    // SAFETY: both live until the call is over.
    done(unsafe { libc::sigwait(&raw const set, &raw mut taken) })?;
    Ok(taken)
}

pub(crate) fn signal<T>(thread: &JoinHandle<T>, signal: Signal) -> io::Result<()> {
    // SAFETY: who has the handle has not let go of the thread: its id is its own.
    done(unsafe { libc::pthread_kill(thread.as_pthread_t(), signal.as_raw()) })
}

fn set(signals: &[Signal]) -> sigset_t {
    let mut set = MaybeUninit::<sigset_t>::uninit();
    // SAFETY: the first call fills the set, the others add numbers that are signals'.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal.as_raw());
        }
        set.assume_init()
    }
}

/// These calls give the number of their error.
fn done(number: c_int) -> io::Result<()> {
    match number {
        0 => Ok(()),
        number => Err(io::Error::from_raw_os_error(number)),
    }
}
