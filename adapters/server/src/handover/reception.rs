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
    fs::{self, Permissions},
    io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

/// The name of the socket. Only its owner is heard there.
const NAME: &str = "children.sock";
const FLAGS: SocketFlags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);

/// How often it is looked for, and how long between: who takes over has heard just now that it may.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(20);

/// Where the next server is given what the last one leaves. Dropped, it is gone.
pub(super) struct Reception {
    socket: OwnedFd,
    file: PathBuf,
    inode: u64,
}

impl Reception {
    /// Opens it in this folder of the workspace, where nobody finds it yet.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let name = format!("children-{}.sock", process::id());
        let file = dir.join(&name);
        if file.symlink_metadata().is_ok() {
            fs::remove_file(&file)?;
        }
        let socket = socket()?;
        at(dir, &name, |address| bind(&socket, address))?;
        fs::set_permissions(&file, Permissions::from_mode(0o600))?;
        listen(&socket, 1)?;
        let inode = fs::symlink_metadata(&file)?.ino();
        Ok(Self {
            socket,
            file,
            inode,
        })
    }

    /// The server has agreed: now it finds it, in place of what another one may have left.
    pub(super) fn announce(&mut self) -> io::Result<()> {
        let file = self.file.with_file_name(NAME);
        fs::rename(&self.file, &file)?;
        self.file = file;
        Ok(())
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
        let is_ours = |it: fs::Metadata| it.ino() == self.inode;
        if fs::symlink_metadata(&self.file).is_ok_and(is_ours) {
            // A later one removes it.
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// Gives what is left to whoever has announced a reception in this folder.
///
/// # Errors
///
/// When nobody has, as one of an earlier version.
pub(super) fn give(dir: &Path, left: &Left) -> io::Result<()> {
    let socket = socket()?;
    let mut tries = 1..TRIES;
    while let Err(error) = at(dir, NAME, |address| connect(&socket, address)) {
        if tries.next().is_none() {
            return Err(error.into());
        }
        thread::sleep(BETWEEN);
    }
    left.pass_on_by(&socket);
    Ok(())
}

fn socket() -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, FLAGS, None)
}

/// Does something with the socket's address, which may not be as long as a path.
fn at(
    dir: &Path,
    name: &str,
    does: impl FnOnce(&SocketAddrUnix) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::open(dir, flags, Mode::empty())?;
    let short = format!("/proc/self/fd/{}/{name}", dir.as_raw_fd());
    does(&SocketAddrUnix::new(short)?)
}
