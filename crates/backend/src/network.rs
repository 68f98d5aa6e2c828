//! Ports.

use crate::Error;
use alloc::boxed::Box;
use async_trait::async_trait;
use core::fmt;

/// Answers questions about ports. Backends do not send or receive.
#[async_trait]
pub trait Network: Send + Sync + fmt::Debug {
    /// Succeeds when something accepts a TCP connection at `host:port`, which is
    /// closed at once. Answers within five seconds.
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error>;

    /// The first TCP port at or above `from` that nothing on the loopback
    /// interface listens on.
    async fn free_port(&self, from: u16) -> Result<u16, Error>;
}
