//! Naps of less than a millisecond, which is the grain of tokio's own timers.

use crate::ready::Watched;
use collodi_os::{alarm, poll_alarm, set_alarm};
use std::{
    io,
    task::{Context, Poll},
    time::Duration,
};

/// A timer that is made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Nap {
    alarm: Option<Watched>,
    is_on: bool,
}

impl Nap {
    /// Begins a nap; none where the system has no such timers.
    pub(crate) fn begin(&mut self, time: Duration) {
        self.is_on = self.try_begin(time).is_ok();
    }

    fn try_begin(&mut self, time: Duration) -> io::Result<()> {
        let alarm = match &self.alarm {
            Some(alarm) => alarm,
            None => self.alarm.insert(Watched::readable(alarm()?)?),
        };
        set_alarm(alarm.get(), time)
    }

    /// Ends it early.
    pub(crate) const fn end(&mut self) {
        self.is_on = false;
    }

    /// Whether it is over.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(alarm) = self.alarm.as_ref().filter(|_| self.is_on) else {
            return Poll::Ready(());
        };
        let rang = alarm.poll_until(cx, |alarm| poll_alarm(alarm));
        if rang.is_ready() {
            self.is_on = false;
        }
        rang.map(drop)
    }
}
