//! Reaching one process and no other, however fast its id is reused.

use super::{Process, scan};
use rustix::{
    fd::OwnedFd,
    io::Errno,
    process::{Pid, Signal},
};
use std::time::Duration;

/// The most processes that are watched at once, so that a large tree does not use up
/// the descriptors.
const MAX_WATCHED: usize = 64;
/// How long to wait before looking again where processes cannot be watched.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How to learn that processes have ended.
#[derive(Debug)]
pub enum Watch {
    /// Each handle becomes readable when its process has ended.
    Handles(Vec<OwnedFd>),
    /// The system cannot say: look again after this time.
    After(Duration),
}

/// Watches processes. When all handles have become readable, look again: there may be
/// more processes, those that started since and those beyond the first few.
///
/// # Errors
///
/// When there are no descriptors left.
pub fn watch(processes: &[Process]) -> Result<Watch, Errno> {
    let mut handles = Vec::new();
    for process in processes.iter().take(MAX_WATCHED) {
        match open(process) {
            Ok(handle) => handles.push(handle),
            Err(Errno::SRCH) => {}
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => return Ok(Watch::After(LOOK_AGAIN)),
            Err(errno) => return Err(errno),
        }
    }
    Ok(Watch::Handles(handles))
}

/// Sends a signal to `process`. One that has ended is fine.
pub(super) fn send(process: &Process, signal: Signal) -> Result<(), Errno> {
    let sent = match open(process) {
        Ok(handle) => send_by(&handle, signal),
        Err(Errno::NOSYS) => send_by_id(process, signal),
        Err(errno) => Err(errno),
    };
    match sent {
        Err(Errno::SRCH) => Ok(()),
        sent => sent,
    }
}

/// A handle of `process` and of nobody who has its id now: the process that the id
/// names after the handle was opened is the same as before, so it was the same between.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open(process: &Process) -> Result<OwnedFd, Errno> {
    let pid = Pid::from_raw(process.pid).ok_or(Errno::SRCH)?;
    let handle = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?;
    is_there(process).then_some(handle).ok_or(Errno::SRCH)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn send_by(handle: &OwnedFd, signal: Signal) -> Result<(), Errno> {
    rustix::process::pidfd_send_signal(handle, signal)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open(_: &Process) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn send_by(_: &OwnedFd, _: Signal) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// Without handles the id may be reused between the look and the signal.
fn send_by_id(process: &Process, signal: Signal) -> Result<(), Errno> {
    let pid = Pid::from_raw(process.pid).ok_or(Errno::SRCH)?;
    match is_there(process) {
        true => rustix::process::kill_process(pid, signal),
        false => Err(Errno::SRCH),
    }
}

fn is_there(process: &Process) -> bool {
    scan::process(process.pid).is_some_and(|now| now.started == process.started)
}
