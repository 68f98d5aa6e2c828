//! Virtual time.

use crate::executor::Shared;
use collodi_backend::{BoxFuture, Clock};
use collodi_time::{Instant, WallTime};
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// The wall time at which every world begins: 2026-01-01T00:00:00Z.
const BEGINNING: WallTime = WallTime::since_unix_epoch(Duration::from_secs(1_767_225_600));

/// The wall time at an instant.
pub(crate) fn wall_at(now: Instant) -> WallTime {
    BEGINNING + now.since_origin()
}

pub(crate) struct VirtualClock(pub(crate) Arc<Shared>);

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.0.state().now
    }

    fn wall(&self) -> WallTime {
        wall_at(self.now())
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        Box::pin(Sleep::new(Arc::clone(&self.0), at))
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VirtualClock({})", self.now())
    }
}

/// Waits for an instant.
pub(crate) struct Sleep {
    world: Arc<Shared>,
    at: Instant,
    timer: Option<(Instant, u64)>,
}

impl Sleep {
    pub(crate) const fn new(world: Arc<Shared>, at: Instant) -> Self {
        Self {
            world,
            at,
            timer: None,
        }
    }

    pub(crate) fn after(world: Arc<Shared>, time: Duration) -> Self {
        let at = world.state().now + time;
        Self::new(world, at)
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (at, old) = (self.at, self.timer.take());
        let mut state = self.world.state();
        if let Some(timer) = old {
            state.cancel_timer(timer);
        }
        if state.now >= at {
            return Poll::Ready(());
        }
        let timer = state.set_timer(at, cx.waker().clone());
        drop(state);
        self.timer = Some(timer);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.take() {
            self.world.state().cancel_timer(timer);
        }
    }
}
