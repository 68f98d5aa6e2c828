//! Ports.

use crate::offload::offload;
use async_trait::async_trait;
use collodi_backend::{Error, ErrorKind};
use std::{io, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers questions about ports by connecting to them and by listening on them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Network;

#[async_trait]
impl collodi_backend::Network for Network {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        let failed = |kind| Error::new(kind, "connect to", address(host, port));
        match timeout(PATIENCE, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(match kind(&error) {
                ErrorKind::Other => failed(ErrorKind::Other).detail(error.to_string()),
                kind => failed(kind),
            }),
            Err(_) => Err(failed(ErrorKind::TimedOut)),
        }
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        let failed = || {
            Error::new(
                ErrorKind::Exhausted,
                "find a free port from",
                from.to_string(),
            )
        };
        let found = offload(move || collodi_os::free_port(from)).await;
        found.ok().flatten().ok_or_else(failed)
    }
}

fn kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ErrorKind::Refused,
        io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    }
}

/// An IPv6 address stands in brackets.
fn address(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}
