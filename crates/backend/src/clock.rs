//! The time.

use alloc::boxed::Box;
use collodi_time::{Instant, WallTime};
use core::{fmt, future::Future, pin::Pin};

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tells the time and wakes up on it.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Time since the clock was made. Never goes back.
    fn now(&self) -> Instant;

    /// Wall time now.
    fn wall(&self) -> WallTime;

    /// Completes at `at` or soon after, never before; at once when `at` has passed.
    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()>;
}
