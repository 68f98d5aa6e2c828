//! Children go over to another process: in messages to a socket that it has in the workspace meanwhile.

use collodi_os::Left;
use rustix::{
    fd::{AsRawFd as _, OwnedFd},
    fs::{Mode, OFlags},
    io::Errno,
    net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen,
        socket_with,
    },
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The name of the socket. Only who may write in the workspace is heard there.
const NAME: &str = "children.sock";
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// Where the next server is given what the last one leaves. Dropped, it is gone.
pub(super) struct Reception {
    socket: OwnedFd,
    file: PathBuf,
}

impl Reception {
    /// Opens it in this folder of the workspace; one that somebody has left there goes.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let file = dir.join(NAME);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let socket = socket()?;
        at(dir, |address| bind(&socket, address))?;
        listen(&socket, 1)?;
        Ok(Self { socket, file })
    }

    /// What was given, which is there when its giver has let go of the workspace.
    pub(super) fn take_in(self, left: &Left) {
        while let Ok(giver) = accept_with(&self.socket, FLAGS) {
            left.take_in(&giver);
        }
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        // A later one removes it.
        let _ = fs::remove_file(&self.file);
    }
}

/// Gives what is left to whoever has opened a reception in this folder.
///
/// # Errors
///
/// When nobody has, as one of an earlier version.
pub(super) fn give(dir: &Path, left: &Left) -> io::Result<()> {
    let socket = socket()?;
    at(dir, |address| connect(&socket, address))?;
    left.pass_on_by(&socket);
    Ok(())
}

fn socket() -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, FLAGS, None)
}

/// Does something with the socket's address, which may not be as long as a path.
fn at(dir: &Path, does: impl FnOnce(&SocketAddrUnix) -> Result<(), Errno>) -> Result<(), Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::open(dir, flags, Mode::empty())?;
    let short = format!("/proc/self/fd/{}/{NAME}", dir.as_raw_fd());
    does(&SocketAddrUnix::new(short)?)
}
