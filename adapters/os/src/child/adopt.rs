//! Children that somebody else started.

use super::{
    Children, End, Spawned, ends::Ours, identity::handle_of, left::LeftChild, reader::Reader,
};
use crate::tree::GroupId;
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Bounds, CommandSpec, Identity, Sandbox, Stdin};
use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    fs::{FileType, Mode, OFlags, Stat},
    io::Errno,
    process::Pid,
};

impl Children {
    /// Takes over the child that this identity names. Of one that was [left](super::Left) here nothing is
    /// lost, though it may have ended since. What another says is read from the pipes that it holds; those
    /// of another kind, a terminal above all, are not read.
    ///
    /// # Errors
    ///
    /// `Gone` when that process was not left here, has ended, and somebody has waited for it;
    /// `PermissionDenied` when it is not ours; `Unsupported` where processes cannot be found again; as
    /// [`spawn`](Self::spawn) for its recording.
    pub fn adopt(&self, spec: &CommandSpec, identity: &Identity) -> Result<Spawned, Error> {
        let failed = |errno| failed(spec, identity, errno);
        match handle_of(identity) {
            Ok((pid, handle)) => {
                refuse_without_sandbox(spec, identity)?;
                let end = End::of_others(pid, handle);
                let mut adopted = self.adopted(spec, identity, |left| match left {
                    Some(left) => Ok((end, left.streams)),
                    None => Ok((end, streams(identity.pid, spec.stdin).map_err(failed)?)),
                })?;
                adopted.group = self.note_adopted(spec, identity.pid, adopted.end.as_fd());
                Ok(adopted)
            }
            // Somebody may have its id by now: nothing is said about that.
            Err(Errno::SRCH) if self.left.has(identity) => {
                let mut adopted = self.adopted(spec, identity, |left| {
                    ended(identity, left.unwrap_or_default()).map_err(failed)
                })?;
                adopted.group = self.groups.without_leader(&spec.tree, identity.pid);
                Ok(adopted)
            }
            Err(errno) => Err(failed(errno)),
        }
    }

    /// What was left of it is taken when nothing else can fail for long.
    fn adopted(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
        open: impl FnOnce(Option<LeftChild>) -> Result<(End, Ours), Error>,
    ) -> Result<Spawned, Error> {
        let recorder = self.recorder(spec)?;
        let (end, ours) = open(self.left.take(identity))?;
        Ok(Spawned {
            pid: identity.pid,
            group: None,
            identity: Some(identity.clone()),
            end,
            stdin: ours.stdin,
            stdout: ours.stdout,
            stderr: ours.stderr,
            reader: Reader::new(recorder),
            enforcement: None,
        })
    }

    fn note_adopted(
        &self,
        spec: &CommandSpec,
        pid: u32,
        handle: BorrowedFd<'_>,
    ) -> Option<GroupId> {
        let group = self.groups.adopted(&spec.tree, pid);
        if matches!(spec.sandbox, Sandbox::Within(_)) {
            self.groups.wrapped(pid);
        }
        let holds = |pid: i32| {
            let groups = self.cgroups.as_ref()?;
            groups.holds(&spec.tree, pid, handle).then_some(groups)
        };
        if let Some(groups) = i32::try_from(pid).ok().and_then(holds) {
            groups.note(&spec.tree);
            if spec.bounds != Bounds::default() {
                groups.spend(&spec.tree);
            }
        }
        group
    }
}

fn failed(spec: &CommandSpec, identity: &Identity, errno: Errno) -> Error {
    let error = Error::new(kind_of(errno), "adopt", format!("{identity} ({spec})"));
    error.detail(std::io::Error::from(errno).to_string())
}

/// A command that is to run in a sandbox is none that was started without.
fn refuse_without_sandbox(spec: &CommandSpec, identity: &Identity) -> Result<(), Error> {
    if !matches!(spec.sandbox, Sandbox::Within(_)) || holds_a_sandbox(identity.pid) {
        return Ok(());
    }
    let what = format!("{identity} ({spec})");
    Err(Error::new(ErrorKind::NoSandbox, "adopt", what).detail("it was started without a sandbox"))
}

/// Whether a process holds the sandbox of a command, as those that are started for one do.
fn holds_a_sandbox(pid: u32) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    crate::confine::HOLDERS.contains(&name.trim_end())
}

fn kind_of(errno: Errno) -> ErrorKind {
    match errno {
        Errno::SRCH | Errno::NOENT => ErrorKind::Gone,
        Errno::ACCESS | Errno::PERM => ErrorKind::PermissionDenied,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM => ErrorKind::Exhausted,
        Errno::NOSYS => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    }
}

/// A child that has ended since it was left, and that somebody has waited for.
fn ended(identity: &Identity, left: LeftChild) -> Result<(End, Ours), Errno> {
    let raw = i32::try_from(identity.pid).map_err(|_| Errno::SRCH)?;
    let pid = Pid::from_raw(raw).ok_or(Errno::SRCH)?;
    Ok((End::of_nobody(pid, left.handle, left.exit)?, left.streams))
}

/// Our ends of the streams of a process, opened anew. Two that are one are read once.
fn streams(pid: u32, stdin: Stdin) -> Result<Ours, Errno> {
    let piped = stdin == Stdin::Piped;
    let stdin = piped.then(|| open(pid, 0, OFlags::WRONLY)).transpose()?;
    let stdout = open(pid, 1, OFlags::RDONLY)?;
    let stderr = open(pid, 2, OFlags::RDONLY)?;
    let is_one = |a: &(OwnedFd, Stat), b: &(OwnedFd, Stat)| {
        (a.1.st_dev, a.1.st_ino) == (b.1.st_dev, b.1.st_ino)
    };
    let other = |stderr: &(OwnedFd, Stat)| !stdout.as_ref().is_some_and(|out| is_one(out, stderr));
    let stderr = stderr.filter(other);
    Ok(Ours {
        stdin: stdin.flatten().map(|(fd, _)| fd),
        stdout: stdout.map(|(fd, _)| fd),
        stderr: stderr.map(|(fd, _)| fd),
    })
}

/// Opens what a process has as this descriptor, if it is a pipe. One that it has closed is
/// none.
fn open(pid: u32, number: u8, how: OFlags) -> Result<Option<(OwnedFd, Stat)>, Errno> {
    let name = format!("/proc/{pid}/fd/{number}");
    let is_pipe = |stat: &Stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo;
    match rustix::fs::stat(name.as_str()) {
        Err(Errno::NOENT) => return Ok(None),
        Ok(stat) if !is_pipe(&stat) => return Ok(None),
        stat => stat?,
    };
    let flags = how | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    match rustix::fs::open(name, flags, Mode::empty()) {
        // Nobody is at the other end, or it was closed meanwhile.
        Err(Errno::NXIO | Errno::NOENT) => Ok(None),
        opened => {
            let opened = opened?;
            let stat = rustix::fs::fstat(&opened)?;
            Ok(is_pipe(&stat).then_some((opened, stat)))
        }
    }
}
