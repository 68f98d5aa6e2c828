//! The socket that callers come to: one that this program was given, or one of its own.
//!
//! Sockets are given as service managers do it: `LISTEN_FDS` of them, to the process
//! `LISTEN_PID`, from descriptor 3 on. `LISTEN_FDS_FIRST_FD` names another first descriptor:
//! a process that becomes another program needs no number that is taken.

use crate::failure::Failure;
use anyhow::{Context as _, Result};
use collodi_backend::Clock;
use listenfd::ListenFd;
use rustix::net::sockopt;
use std::{
    env, io,
    net::{SocketAddr, TcpListener},
    os::fd::AsRawFd as _,
    time::Duration,
};

const COUNT: &str = "LISTEN_FDS";
const PROCESS: &str = "LISTEN_PID";
const NAMES: &str = "LISTEN_FDNAMES";
const FIRST: &str = "LISTEN_FDS_FIRST_FD";

/// The variables that give sockets. They are for this program alone.
pub(crate) const VARIABLES: [&str; 4] = [COUNT, PROCESS, NAMES, FIRST];

/// What a socket that is passed on is called.
const NAME: &str = "collodi";

/// The bytes that a caller may leave unread before it is waited for, as connections have them of
/// the socket they come to; the system takes twice as many for itself. Left alone it keeps
/// megabytes for a caller who listens to a flood and does not read.
const UNREAD: usize = 128 << 10;

/// Where a server is to listen.
#[derive(Debug)]
pub(crate) enum Listen {
    /// At an address, by a socket of its own.
    At(SocketAddr),
    /// Where the server listened that this one follows.
    After(SocketAddr),
    /// At a socket that is there already.
    Given(Door),
}

/// A socket that callers come to.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listen {
    /// At the socket that this program was given, else at `address`. To be asked once, before
    /// there are threads: it takes variables out of the environment.
    pub(crate) fn given_or(address: SocketAddr) -> Result<Self> {
        let is_ours = env::var(PROCESS).is_ok_and(|pid| pid == std::process::id().to_string());
        match env::var(COUNT) {
            Ok(count) if is_ours && count == "1" => Door::given().map(Self::Given),
            Ok(count) if is_ours => Err(Failure::new(format!("{COUNT} is {count}"))
                .hint("a server listens at one socket: have one `ListenStream` in its socket unit")
                .into()),
            _ => Ok(Self::At(address)),
        }
    }

    /// At this address, unless a socket was given.
    pub(crate) fn instead(self, address: SocketAddr) -> Self {
        match self {
            Self::Given(door) => Self::Given(door),
            _ => Self::After(address),
        }
    }

    /// The address, where port 0 is any that is free.
    pub(crate) const fn address(&self) -> SocketAddr {
        match self {
            Self::At(address) | Self::After(address) | Self::Given(Door { address, .. }) => {
                *address
            }
        }
    }

    /// A token in a file guards what only this machine can reach; more needs more.
    pub(crate) fn refuse_others(&self) -> Result<()> {
        let address = self.address();
        if address.ip().is_loopback() {
            return Ok(());
        }
        Err(
            Failure::new(format!("{address} can be reached from other machines"))
                .hint("listen on 127.0.0.1 and put a proxy with TLS and a login before it")
                .into(),
        )
    }

    pub(crate) async fn open(self, clock: &dyn Clock) -> Result<Door> {
        match self {
            Self::Given(door) => Ok(door),
            Self::At(address) => {
                let listener = TcpListener::bind(address).map_err(|error| {
                    Failure::new(format!("failed to listen on {address}: {error}")).hint(
                        "choose another address with --listen, for instance --listen 127.0.0.1:0",
                    )
                })?;
                Ok(Door::of(listener)?)
            }
            Self::After(address) => Door::after(address, clock).await,
        }
    }
}

/// How long the address of a server that has left may stay taken.
const FAREWELL: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Door {
    /// The address of a server that has left, as soon as it is free; another one of the machine
    /// where somebody else has it, such as a service manager: daemons are not left without a
    /// server for an address.
    async fn after(address: SocketAddr, clock: &dyn Clock) -> Result<Self> {
        let until = clock.now() + FAREWELL;
        let listener = loop {
            match TcpListener::bind(address) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && clock.now() < until => {
                    clock.sleep_until(clock.now() + LOOK_AGAIN).await;
                }
                Err(_) => break TcpListener::bind(SocketAddr::new(address.ip(), 0))?,
                Ok(listener) => break listener,
            }
        };
        Ok(Self::of(listener)?)
    }

    /// A door at this socket. What callers do not read waits with the system, for each of them, and
    /// what they are told does not wait for more.
    pub(crate) fn of(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        sockopt::set_socket_send_buffer_size(&listener, UNREAD)?;
        sockopt::set_tcp_nodelay(&listener, true)?;
        Ok(Self { listener, address })
    }

    fn given() -> Result<Self> {
        let unfit = |why: String| {
            Failure::new(format!("the socket that was given cannot be used: {why}"))
                .hint("it must be a TCP socket that listens: `ListenStream=127.0.0.1:8470`")
        };
        let taken = ListenFd::from_env().take_tcp_listener(0);
        let listener = taken.map_err(|error| unfit(error.to_string()))?;
        let listener = listener.context("no socket was given")?;
        match listens(&listener) {
            Ok(true) => {}
            Ok(false) => return Err(unfit("it does not listen".to_owned()).into()),
            Err(error) => return Err(unfit(error.to_string()).into()),
        }
        Self::of(listener).map_err(|error| unfit(error.to_string()).into())
    }
}

#[cfg(not(target_os = "macos"))]
fn listens(listener: &TcpListener) -> io::Result<bool> {
    Ok(sockopt::socket_acceptconn(listener)?)
}

/// The system does not tell.
#[cfg(target_os = "macos")]
fn listens(_: &TcpListener) -> io::Result<bool> {
    Ok(true)
}

/// What gives a socket to the program that this process becomes.
pub(crate) fn variables(listener: &TcpListener) -> [(&'static str, String); 4] {
    [
        (COUNT, "1".to_owned()),
        (PROCESS, std::process::id().to_string()),
        (NAMES, NAME.to_owned()),
        (FIRST, listener.as_raw_fd().to_string()),
    ]
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Door, UNREAD};
    use rustix::net::sockopt;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn connections_are_as_the_socket_that_they_come_to() {
        let door = Door::of(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let _caller = TcpStream::connect(door.address).unwrap();
        let (caller, _) = door.listener.accept().unwrap();
        assert!(sockopt::tcp_nodelay(&caller).unwrap());
        assert!(sockopt::socket_send_buffer_size(&caller).unwrap() <= 2 * UNREAD);
    }
}
