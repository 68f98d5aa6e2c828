//! The time, by the system's monotonic clock.

use async_io::Timer;
use collodi_backend::BoxFuture;
use collodi_time::{Instant, WallTime};
use std::time::Instant as System;

/// Tells the time since it was made.
#[derive(Clone, Debug)]
pub struct Clock {
    origin: System,
}

impl Clock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self {
            origin: System::now(),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl collodi_backend::Clock for Clock {
    fn now(&self) -> Instant {
        Instant::ZERO + self.origin.elapsed()
    }

    fn wall(&self) -> WallTime {
        collodi_os::wall_now()
    }

    /// An instant that the operating system cannot count to never comes.
    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        let at = self.origin.checked_add(at.since_origin());
        Box::pin(async move {
            at.map_or_else(Timer::never, Timer::at).await;
        })
    }
}
