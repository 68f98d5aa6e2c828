//! A clock with an origin in the past, so that what earlier servers saw has instants too.

use collodi_backend::{BoxFuture, Clock};
use collodi_time::{Duration, Instant, WallTime};
use std::sync::Arc;

/// How far back the origin is: no machine runs a daemon for longer.
const PAST: Duration = Duration::from_secs(20 * 365 * 86_400);

/// Another clock, whose origin is [`PAST`] before.
#[derive(Debug)]
pub(super) struct Past(pub(super) Arc<dyn Clock>);

impl Clock for Past {
    fn now(&self) -> Instant {
        self.0.now() + PAST
    }

    fn wall(&self) -> WallTime {
        self.0.wall()
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        let at = at.since_origin().saturating_sub(PAST);
        self.0.sleep_until(Instant::ZERO + at)
    }
}
