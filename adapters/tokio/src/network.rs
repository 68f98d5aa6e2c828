//! Ports.

use crate::Reactor;
use async_trait::async_trait;
use collodi_backend::Error;
use collodi_os::{CONNECT_PATIENCE, Reactor as _, connect_error, no_free_port};
use std::io;
use tokio::{net::TcpStream, time::timeout};

/// Answers questions about ports by connecting to them and by listening on them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Network;

#[async_trait]
impl collodi_backend::Network for Network {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        let connected = timeout(CONNECT_PATIENCE, TcpStream::connect((host, port))).await;
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        connected
            .map(drop)
            .map_err(|error| connect_error(host, port, &error))
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        let found = Reactor::offload(move || collodi_os::free_port(from)).await;
        found.ok().flatten().ok_or_else(|| no_free_port(from))
    }
}
