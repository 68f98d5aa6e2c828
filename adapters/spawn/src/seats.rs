//! Low descriptors for what a child gets.
//!
//! The kernel copies the table of descriptors for a child, and closes one after the other when the
//! child becomes its program: with a thousand open that takes longer than all else. A child that
//! shares our table and leaves it at once takes along only what lies below the rest.

use crate::{FIRST, Plan};
use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags},
    io::{DupFlags, Errno, dup3, fcntl_dupfd_cloexec},
};
use std::{
    os::fd::AsRawFd as _,
    sync::{Mutex, MutexGuard, TryLockError},
};

/// With fewer descriptors than this a copy of the table takes no time.
const MANY: i32 = 128;

/// Descriptors that are kept for this as long as the process lives. They are taken at the first
/// start, when low ones are free in most processes; where they are not, nobody sits in them.
static SEATS: Mutex<Option<Seats>> = Mutex::new(None);

/// What sits in them while nobody is started is a folder that anybody may see.
#[derive(Debug)]
struct Seats {
    /// The working directory and the three standard streams.
    seats: [OwnedFd; 4],
    empty: OwnedFd,
}

impl Seats {
    fn reserve() -> Result<Self, Errno> {
        let empty = rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
        let seat = || fcntl_dupfd_cloexec(&empty, FIRST);
        let seats = [seat()?, seat()?, seat()?, seat()?];
        Ok(Self { seats, empty })
    }
}

/// What one child gets, in low descriptors, until it has left our table.
#[derive(Debug)]
pub(crate) struct Seated(MutexGuard<'static, Option<Seats>>);

impl Seated {
    /// Copies of what `plan` gives, where a child is better off with them. What has more than the
    /// usual descriptors is not: those may lie anywhere.
    pub(crate) fn of(plan: &Plan<'_>) -> Option<Self> {
        let is_plain = plan.kept.is_empty() && plan.domain.is_none();
        let is_far = plan.stdio.iter().any(|fd| fd.as_raw_fd() >= MANY);
        let seats = free()?;
        if !is_plain || !is_far {
            return None;
        }
        let mut seated = Self(seats);
        if seated.above() > MANY {
            return None;
        }
        let [stdin, stdout, stderr] = plan.stdio;
        let taken = seated.take([plan.cwd, stdin, stdout, stderr]);
        taken.is_ok().then_some(seated)
    }

    fn take(&mut self, fds: [BorrowedFd<'_>; 4]) -> Result<(), Errno> {
        let seats = self.0.as_mut().ok_or(Errno::BADF)?;
        let mut pairs = fds.into_iter().zip(&mut seats.seats);
        pairs.try_for_each(|(fd, seat)| dup3(fd, seat, DupFlags::CLOEXEC))
    }

    /// The same plan, of the copies.
    pub(crate) fn plan<'a>(&'a self, plan: &Plan<'a>) -> Plan<'a> {
        let Some(Seats { seats, .. }) = self.0.as_ref() else {
            return plan.clone();
        };
        let [cwd, stdio @ ..] = seats;
        Plan {
            cwd: cwd.as_fd(),
            stdio: stdio.each_ref().map(|seat| seat.as_fd()),
            ..plan.clone()
        }
    }

    /// The first descriptor above all of them.
    pub(crate) fn above(&self) -> i32 {
        let seats = self.0.iter().flat_map(|seats| &seats.seats);
        seats
            .map(|seat| seat.as_raw_fd() + 1)
            .max()
            .unwrap_or(FIRST)
    }
}

/// The seats, unless somebody is in them: a child whose program cannot be read holds up no other.
fn free() -> Option<MutexGuard<'static, Option<Seats>>> {
    let mut seats = match SEATS.try_lock() {
        Err(TryLockError::WouldBlock) => return None,
        // Nobody panics while they are taken.
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Ok(seats) => seats,
    };
    if seats.is_none() {
        *seats = Seats::reserve().ok();
    }
    Some(seats)
}

/// Our copy of the end of a pipe would keep it open.
impl Drop for Seated {
    fn drop(&mut self) {
        if let Some(Seats { seats, empty }) = self.0.as_mut() {
            for seat in seats {
                // It cannot fail: both are open.
                let _ = dup3(&*empty, seat, DupFlags::CLOEXEC);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What is told of a plan whose streams have this number at least.
    fn seated(least: i32, kept: bool) -> Option<(bool, bool)> {
        let cwd = rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let fd = fcntl_dupfd_cloexec(&cwd, least).unwrap();
        let kept: Vec<_> = kept.then(|| fd.as_fd()).into_iter().collect();
        let plan = Plan {
            program: c"/bin/true",
            args: &[],
            env: &[],
            cwd: cwd.as_fd(),
            stdio: [fd.as_fd(); 3],
            terminal: None,
            limits: &[],
            cgroup: None,
            kept: &kept,
            domain: None,
        };
        let seated = Seated::of(&plan)?;
        let low = seated.plan(&plan);
        let below = |fd: &BorrowedFd<'_>| fd.as_raw_fd() < seated.above();
        let sits = low.stdio.iter().all(below) && below(&low.cwd);
        Some((sits, Seated::of(&plan).is_none()))
    }

    /// They sit below the rest, and nobody else does meanwhile.
    #[test]
    fn who_has_high_descriptors_sits_in_low_ones() {
        assert_eq!(seated(MANY, false), Some((true, true)));
        assert_eq!(seated(FIRST, false), None, "a copy takes no time");
        assert_eq!(seated(MANY, true), None, "what is kept may lie anywhere");
        assert_eq!(
            seated(MANY, false),
            Some((true, true)),
            "they are free again"
        );
    }
}
