//! Ports that scripted children listen on.

use crate::{clock::Sleep, executor::Shared};
use async_trait::async_trait;
use collodi_backend::{Error, ErrorKind, Network};
use std::{fmt, sync::Arc, time::Duration};

/// How long a connection to another machine is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The network: this machine, and nothing else.
pub(crate) struct Ports(pub(crate) Arc<Shared>);

#[async_trait]
impl Network for Ports {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        let fail = |kind| Error::new(kind, "connect to", format!("{host}:{port}"));
        if !matches!(host, "127.0.0.1" | "localhost" | "::1") {
            Sleep::after(Arc::clone(&self.0), PATIENCE).await;
            return Err(fail(ErrorKind::TimedOut));
        }
        if self.0.state().ports.contains_key(&port) {
            Ok(())
        } else {
            Err(fail(ErrorKind::Refused))
        }
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        let state = self.0.state();
        (from.max(1)..=u16::MAX)
            .find(|port| !state.ports.contains_key(port))
            .ok_or_else(|| Error::new(ErrorKind::Exhausted, "find a port from", from.to_string()))
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ports({:?})", self.0.state().ports)
    }
}
