//! Signals that wait until this process takes them, also while it becomes another program.

use crate::sys::signals as sys;
use rustix::process::Signal;
use std::{io, thread::JoinHandle};

/// Holds these signals back from here on: in this thread, in those that it begins, and in the
/// program that it becomes by [`replace`](crate::replace). They wait until somebody takes them by
/// [`take_signal`]. Children of [`spawn`](crate::spawn) hold none back.
///
/// To be called before there are other threads: a signal goes to any that does not hold it.
///
/// # Errors
///
/// What the system says.
pub fn hold_signals(signals: &[Signal]) -> io::Result<()> {
    sys::hold(signals)
}

/// Waits for one of these signals, which are held.
///
/// # Errors
///
/// What the system says, as when one is none that can be waited for.
pub fn take_signal(signals: &[Signal]) -> io::Result<Signal> {
    let number = sys::take(signals)?;
    let taken = signals.iter().find(|signal| signal.as_raw() == number);
    taken
        .copied()
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Sends a signal to one thread of this process alone.
///
/// # Errors
///
/// When the thread has ended.
pub fn signal_thread<T>(thread: &JoinHandle<T>, signal: Signal) -> io::Result<()> {
    sys::signal(thread, signal)
}
