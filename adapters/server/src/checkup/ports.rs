//! The port of the server.

use crate::state::{self, ServerState};
use collodi_doctor::{Port, listening};
use std::{
    fs::{self, File},
    io::{ErrorKind, Read as _},
    net::{SocketAddr, TcpListener},
    path::Path,
};

/// The most that is read of the kernel's table of sockets.
const TABLE_BYTES: u64 = 8 << 20;
/// The kernel's tables of sockets.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// Who has the port at which a server of this workspace listens, or would.
pub(super) fn look(dir: &Path, listen: SocketAddr) -> Port {
    if state::is_held(dir)
        && let Ok(server) = ServerState::read(dir)
    {
        return Port::Ours(server.address.to_string(), server.pid);
    }
    let address = listen.to_string();
    match TcpListener::bind(listen) {
        Ok(_) => Port::Free(address),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Port::Taken(address, holder(listen.port()))
        }
        Err(error) => Port::Refused(address, error.to_string()),
    }
}

/// The program that listens at a port, where the system lets us see that.
fn holder(port: u16) -> Option<String> {
    let sockets: Vec<_> = TABLES
        .iter()
        .flat_map(|table| listening(&text(table).unwrap_or_default(), port))
        .map(|socket| format!("socket:[{socket}]"))
        .collect();
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pid = pids.find(|pid| has_one_of(*pid, &sockets))?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(format!("{} (pid {pid})", name.trim_end()))
}

fn has_one_of(pid: u32, sockets: &[String]) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd"));
    let mut descriptors = descriptors.into_iter().flatten().flatten();
    descriptors.any(|descriptor| {
        let target = fs::read_link(descriptor.path());
        target.is_ok_and(|target| sockets.iter().any(|socket| Path::new(socket) == target))
    })
}

fn text(path: &str) -> Option<String> {
    let mut text = String::new();
    let table = File::open(path).ok()?;
    table.take(TABLE_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}
