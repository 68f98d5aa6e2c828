//! The end of a child.

use super::ends;
use crate::{
    confine::Status,
    signal::{exit_of, exit_of_status},
    tree::exit_status,
};
use collodi_command::Exit;
use collodi_spawn::Told;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::Errno,
    process::{Pid, WaitId, WaitIdOptions, waitid},
};
use std::{
    io,
    os::fd::{AsRawFd, RawFd},
    task::Poll,
};

/// The end of a child: a handle that becomes readable when it comes.
///
/// [`Children::poll_end`](super::Children::poll_end) says how the child ended.
#[derive(Debug)]
pub struct End {
    pub(super) pid: Pid,
    handle: OwnedFd,
    whose: Whose,
    /// Whether the command of its sandbox ran.
    status: Option<Status>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// A child of this process. Only we give its id back.
    Ours,
    /// Of another process, which gives its id back; the handle is one of the process.
    Others,
    /// Of a process that has ended so, and that was waited for: somebody else may have its id.
    Nobodys(Exit),
}

impl AsFd for End {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

impl AsRawFd for End {
    fn as_raw_fd(&self) -> RawFd {
        self.handle.as_raw_fd()
    }
}

impl End {
    /// The end of a child that was started here.
    pub(super) fn of_ours(
        pid: Pid,
        pidfd: Option<OwnedFd>,
        status: Option<Status>,
    ) -> io::Result<Self> {
        let handle = pidfd.map_or_else(|| on_a_thread(pid), Ok)?;
        let whose = Whose::Ours;
        Ok(Self {
            pid,
            handle,
            whose,
            status,
        })
    }

    /// The end of a process that somebody else started, by a handle of it.
    pub(super) const fn of_others(pid: Pid, handle: OwnedFd) -> Self {
        let (whose, status) = (Whose::Others, None);
        Self {
            pid,
            handle,
            whose,
            status,
        }
    }

    /// The end of a process that has ended and was waited for, by a handle of it or as somebody saw it.
    pub(super) fn of_nobody(
        pid: Pid,
        handle: Option<OwnedFd>,
        exit: Option<Exit>,
    ) -> Result<Self, Errno> {
        let told = || match handle
            .as_ref()
            .map(|it| collodi_spawn::exit_status(it.as_fd()))
        {
            Some(Told::Status(status)) => exit_of_status(status),
            _ => Exit::Unknown,
        };
        let whose = Whose::Nobodys(exit.unwrap_or_else(told));
        // Without a handle: a pipe at its end, which is as readable.
        let at_its_end = || ends::pipe().map(|(ours, _)| ours);
        Ok(Self {
            pid,
            handle: handle.map_or_else(at_its_end, Ok)?,
            whose,
            status: None,
        })
    }

    /// Whether the id that it has been of is to be given back.
    pub(super) fn is_over_for_good(&self) -> bool {
        matches!(self.whose, Whose::Nobodys(_))
    }

    /// Whether it has ended, of which the system may not have said [how](super::Children::poll_end):
    /// its parent, which is somebody else, has not waited for it.
    pub fn is_over(&self) -> bool {
        self.whose == Whose::Others && has_ended(self.handle.as_fd())
    }

    /// How it ended, if it has. An id that is ours is given back by this.
    pub(super) fn poll(&self) -> Poll<Exit> {
        let ended = match self.whose {
            Whose::Ours => poll_wait(WaitId::Pid(self.pid)).unwrap_or(Poll::Ready(Exit::Unknown)),
            Whose::Others => self.poll_others(),
            Whose::Nobodys(exit) => Poll::Ready(exit),
        };
        ended.map(|exit| self.of_command(exit))
    }

    /// A sandbox that could not be made ends with a code of its own, which is none of the
    /// command's.
    fn of_command(&self, exit: Exit) -> Exit {
        match (exit, &self.status) {
            (Exit::Code(_), Some(status)) if !status.has_run() => Exit::NoSandbox,
            _ => exit,
        }
    }

    /// It may be our child all the same, left by another backend of this process.
    fn poll_others(&self) -> Poll<Exit> {
        if let Ok(waited) = poll_wait(wait_id(self.handle.as_fd())) {
            return waited;
        }
        match collodi_spawn::exit_status(self.handle.as_fd()) {
            Told::Status(status) => Poll::Ready(exit_of_status(status)),
            Told::NotYet if has_ended(self.handle.as_fd()) => self.poll_zombie(),
            Told::NotYet => Poll::Pending,
            Told::Never if has_ended(self.handle.as_fd()) => Poll::Ready(Exit::Unknown),
            Told::Never => Poll::Pending,
        }
    }

    /// Its parent may take its time to wait for it: till then it is in the process table, which
    /// may say how it ended. As long as nobody has waited, its id is its own.
    fn poll_zombie(&self) -> Poll<Exit> {
        let shown = exit_status(self.pid.as_raw_nonzero().get());
        match (collodi_spawn::exit_status(self.handle.as_fd()), shown) {
            (Told::Status(status), _) | (Told::NotYet, Some(status)) => {
                Poll::Ready(exit_of_status(status))
            }
            _ => Poll::Pending,
        }
    }
}

#[cfg(target_os = "linux")]
fn wait_id(handle: BorrowedFd<'_>) -> WaitId<'_> {
    WaitId::PidFd(handle)
}

/// There are no handles of processes, so nobody has one.
#[cfg(not(target_os = "linux"))]
fn wait_id(_: BorrowedFd<'_>) -> WaitId<'_> {
    WaitId::Pgid(Some(Pid::INIT))
}

fn poll_wait(id: WaitId<'_>) -> Result<Poll<Exit>, Errno> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    let waited = waitid(id, options)?;
    Ok(waited.map_or(Poll::Pending, |status| Poll::Ready(exit_of(&status))))
}

/// Whether the process behind a handle has ended.
pub(crate) fn has_ended(handle: BorrowedFd<'_>) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut asked = [PollFd::from_borrowed_fd(handle, PollFlags::IN)];
    poll(&mut asked, Some(&now)).is_ok_and(|ready| ready > 0)
}

/// Where there are no handles of processes: a thread that waits, and closes its end of a
/// pipe. It leaves the child's id to be given back.
fn on_a_thread(pid: Pid) -> io::Result<OwnedFd> {
    let (ours, theirs) = rustix::pipe::pipe()?;
    let wait = move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
        drop(theirs);
    };
    std::thread::Builder::new()
        .name(format!("wait-{}", pid.as_raw_nonzero()))
        .spawn(wait)?;
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its parent never waits for it.
    #[cfg(target_os = "linux")]
    #[test]
    fn how_others_ended_is_known_before_their_parent_waits_for_them() {
        use rustix::process::{PidfdFlags, pidfd_open};
        use std::{
            io::{BufRead as _, BufReader, Write as _},
            process::{Command, Stdio},
        };
        let line = "exec 3<&0; (read word <&3; exit 7) & echo $!; exec sleep 1000";
        let mut parent = Command::new("/bin/sh")
            .args(["-c", line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut output = BufReader::new(parent.stdout.take().unwrap());
        output.read_line(&mut said).unwrap();
        let pid = Pid::from_raw(said.trim().parse().unwrap()).unwrap();
        let end = End::of_others(pid, pidfd_open(pid, PidfdFlags::empty()).unwrap());
        assert_eq!(end.poll(), Poll::Pending);
        let name = format!("/proc/{}/comm", parent.id());
        while std::fs::read_to_string(&name).unwrap() != "sleep\n" {
            std::thread::yield_now();
        }
        parent.stdin.take().unwrap().write_all(b"go\n").unwrap();
        while !end.is_over() {
            std::thread::yield_now();
        }
        let exit = end.poll();
        let can_tell = collodi_spawn::exit_status(end.as_fd()) != Told::Never;
        let expected = if can_tell {
            Exit::Code(7)
        } else {
            Exit::Unknown
        };
        assert_eq!(exit, Poll::Ready(expected));
        parent.kill().unwrap();
        parent.wait().unwrap();
    }

    #[test]
    #[expect(
        clippy::zombie_processes,
        reason = "the end that is tested waits for it"
    )]
    fn a_thread_waits_where_there_are_no_handles() {
        let child = std::process::Command::new("/bin/sh")
            .args(["-c", "exit 9"])
            .spawn()
            .unwrap();
        let pid = Pid::from_child(&child);
        let end = End::of_ours(pid, None, None).unwrap();
        let mut byte = [0];
        assert_eq!(rustix::io::read(&end, &mut byte), Ok(0));
        assert_eq!(end.poll(), Poll::Ready(Exit::Code(9)));
    }
}
