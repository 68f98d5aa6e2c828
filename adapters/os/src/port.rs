//! Free ports.

use collodi_backend::Error;
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
};

/// The first TCP port at or above `from` (and above 0) that could be listened on now,
/// on the loopback addresses of both families; none when there is no such port.
pub fn free_port(from: u16) -> Option<u16> {
    (from.max(1)..=u16::MAX).find(|port| {
        let free = |address: IpAddr| is_free(address, *port);
        free(Ipv4Addr::LOCALHOST.into()) && free(Ipv6Addr::LOCALHOST.into())
    })
}

/// What it means that there is no free port.
pub fn no_free_port(from: u16) -> Error {
    let kind = collodi_backend::ErrorKind::Exhausted;
    Error::new(kind, "find a free port from", from.to_string())
}

/// An address that this machine does not have is not in the way.
fn is_free(address: IpAddr, port: u16) -> bool {
    match TcpListener::bind((address, port)) {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::AddrInUse | ErrorKind::PermissionDenied
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_over_ports_in_use_on_either_family() {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let taken = listener.local_addr().unwrap().port();
            assert_ne!(free_port(taken), Some(taken), "{address}");
        }
    }

    #[test]
    fn port_zero_is_no_port() {
        assert!(free_port(0).is_some_and(|port| port > 0));
    }
}
