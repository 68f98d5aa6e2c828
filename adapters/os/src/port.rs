//! Free ports.

use collodi_backend::Error;
use std::{
    collections::VecDeque,
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many ports are kept for those to whom they were given.
const KEPT: usize = 64;

/// How long a port is kept for whoever has it. Who has not listened on it by then does not.
const TIME: Duration = Duration::from_secs(60);

/// Ports that were given away lately.
static GIVEN: Mutex<VecDeque<Given>> = Mutex::new(VecDeque::new());

/// The first TCP port at or above `from` (and above 0) that could be listened on now,
/// on the loopback addresses of both families; none when there is no such port.
///
/// Whoever gets it needs a moment to listen on it. For a minute it is not given to another,
/// nor, on Linux, by another process that asks in this way, unless it was seen to be in use.
pub fn free_port(from: u16) -> Option<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    given.retain(|given| given.since.elapsed() < TIME);
    let found = (from.max(1)..=u16::MAX).find_map(|port| {
        let at = given.iter().position(|given| given.port == port);
        match (is_free(port), at) {
            (true, None) => Given::hold(port),
            // It has come to its owner, and is free for others once that has ended.
            (false, Some(at)) => given.remove(at).and(None),
            _ => None,
        }
    })?;
    let port = found.port;
    given.push_back(found);
    if given.len() > KEPT {
        given.pop_front();
    }
    Some(port)
}

/// What it means that there is no free port.
pub fn no_free_port(from: u16) -> Error {
    let kind = collodi_backend::ErrorKind::Exhausted;
    Error::new(kind, "find a free port from", from.to_string())
}

/// A port that is somebody's.
struct Given {
    port: u16,
    since: Instant,
    /// Tells other processes, for as long as it is there.
    #[cfg(target_os = "linux")]
    _flag: Option<std::os::unix::net::UnixListener>,
}

impl Given {
    /// None when another process has given it away.
    #[cfg(target_os = "linux")]
    fn hold(port: u16) -> Option<Self> {
        use std::os::{linux::net::SocketAddrExt as _, unix::net};
        let name = format!("collodi-port-{port}");
        let flag = net::SocketAddr::from_abstract_name(name)
            .and_then(|name| net::UnixListener::bind_addr(&name));
        match flag {
            Err(error) if error.kind() == ErrorKind::AddrInUse => None,
            // Without flags everyone must look for itself.
            flag => Some(Self {
                port,
                since: Instant::now(),
                _flag: flag.ok(),
            }),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn hold(port: u16) -> Option<Self> {
        let since = Instant::now();
        Some(Self { port, since })
    }
}

fn is_free(port: u16) -> bool {
    let free = |address: IpAddr| is_free_at(address, port);
    free(Ipv4Addr::LOCALHOST.into()) && free(Ipv6Addr::LOCALHOST.into())
}

/// An address that this machine does not have is not in the way.
fn is_free_at(address: IpAddr, port: u16) -> bool {
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
    fn a_port_is_given_once_until_somebody_has_listened_on_it() {
        let first = free_port(20_000).unwrap();
        let second = free_port(first).unwrap();
        assert_ne!(first, second);
        let listener = TcpListener::bind(("127.0.0.1", first)).unwrap();
        assert!(free_port(first).is_some_and(|port| port > second));
        drop(listener);
        assert_eq!(free_port(first), Some(first));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_port_that_another_process_has_given_away_is_not_given() {
        let other = (21_000..).find_map(Given::hold).unwrap();
        assert!(free_port(other.port).is_some_and(|port| port > other.port));
    }

    #[test]
    fn port_zero_is_no_port() {
        assert!(free_port(0).is_some_and(|port| port > 0));
    }
}
