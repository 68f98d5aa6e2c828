//! A backend's clock as hyper's timer.

use collodi_backend::{BoxFuture, Clock};
use hyper::rt::{Sleep, Timer};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// Tells the system's instants by a backend's clock, also where that one is virtual.
#[derive(Debug)]
pub(super) struct ClockTimer {
    clock: Arc<dyn Clock>,
    /// One moment, as both clocks have it.
    moment: (Instant, collodi_time::Instant),
}

impl ClockTimer {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let moment = (Instant::now(), clock.now());
        Self { clock, moment }
    }

    fn rest(&self, at: collodi_time::Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Rest(Mutex::new(self.clock.sleep_until(at))))
    }
}

impl Timer for ClockTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.rest(self.clock.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let (instant, ours) = self.moment;
        self.rest(ours + deadline.saturating_duration_since(instant))
    }

    fn now(&self) -> Instant {
        let (instant, ours) = self.moment;
        instant + self.clock.now().saturating_since(ours)
    }
}

/// A sleep that may be shared, as hyper asks: whoever has it alone polls it.
struct Rest(Mutex<BoxFuture<'static, ()>>);

impl Future for Rest {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        sleep.as_mut().poll(cx)
    }
}

impl Sleep for Rest {}
