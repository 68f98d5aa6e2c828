//! Ports.

use async_io::Timer;
use async_net::TcpStream;
use async_trait::async_trait;
use blocking::unblock;
use collodi_backend::Error;
use collodi_os::{CONNECT_PATIENCE, connect_error, no_free_port};
use futures_lite::future::or;
use std::io;

/// Answers questions about ports by connecting to them and by listening on them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Network;

#[async_trait]
impl collodi_backend::Network for Network {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        let given_up = async {
            Timer::after(CONNECT_PATIENCE).await;
            Err(io::ErrorKind::TimedOut.into())
        };
        let connected = or(TcpStream::connect((host, port)), given_up).await;
        connected
            .map(drop)
            .map_err(|error| connect_error(host, port, &error))
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        let found = unblock(move || collodi_os::free_port(from)).await;
        found.ok_or_else(|| no_free_port(from))
    }
}
