//! The time, by tokio's clock.

use collodi_backend::BoxFuture;
use collodi_time::{Instant, WallTime};
use tokio::time::Instant as Tokio;

/// Tells the time since it was made. Follows tokio's clock, also when a test pauses it.
#[derive(Clone, Debug)]
pub struct Clock {
    origin: Tokio,
}

impl Clock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self {
            origin: Tokio::now(),
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
            match at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        })
    }
}
