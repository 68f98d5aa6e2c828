//! Naps: they may be of less than a millisecond, which is the grain of some runtimes' timers, and
//! need no timers of the runtime.

use crate::{Reactor, Watched as _, alarm, poll_alarm, set_alarm};
use rustix::fd::OwnedFd;
use std::{
    fmt, io,
    task::{Context, Poll},
    time::Duration,
};

/// A timer that is made when it is first needed.
pub(super) struct Nap<R: Reactor> {
    alarm: Option<Box<R::Watched<OwnedFd>>>,
    is_on: bool,
}

impl<R: Reactor> Nap<R> {
    pub(super) const fn new() -> Self {
        Self {
            alarm: None,
            is_on: false,
        }
    }

    /// Begins a nap; none where the system has no such timers.
    pub(super) fn begin(&mut self, time: Duration) {
        self.is_on = self.try_begin(time).is_ok();
    }

    fn try_begin(&mut self, time: Duration) -> io::Result<()> {
        let alarm = match &self.alarm {
            Some(alarm) => alarm,
            None => self.alarm.insert(Box::new(R::readable(alarm()?)?)),
        };
        set_alarm(alarm.get(), time)
    }

    /// Ends it early.
    pub(super) const fn end(&mut self) {
        self.is_on = false;
    }

    /// Whether it is over.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(alarm) = self.alarm.as_ref().filter(|_| self.is_on) else {
            return Poll::Ready(());
        };
        let rang = alarm.poll_until(cx, |alarm| poll_alarm(alarm).into());
        if rang.is_ready() {
            self.is_on = false;
        }
        rang.map(drop)
    }
}

impl<R: Reactor> fmt::Debug for Nap<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nap").field("is_on", &self.is_on).finish()
    }
}
