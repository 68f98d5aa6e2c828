//! Both ends of a child's standard streams.

use collodi_command::{CommandSpec, Stdin, Terminal};
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags},
    io::{Errno, FdFlags, fcntl_dupfd_cloexec, fcntl_setfd},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use std::ffi::CString;

/// The ends that stay here. None of them blocks, none is inherited.
#[derive(Debug, Default)]
pub(super) struct Ours {
    pub(super) stdin: Option<OwnedFd>,
    pub(super) stdout: Option<OwnedFd>,
    pub(super) stderr: Option<OwnedFd>,
}

/// The ends that the child gets; to be closed here once it has them.
#[derive(Debug)]
pub(super) struct Theirs {
    stdin: OwnedFd,
    stdout: OwnedFd,
    stderr: Option<OwnedFd>,
    pub(super) terminal: Option<CString>,
}

impl Theirs {
    pub(super) fn stdio(&self) -> [BorrowedFd<'_>; 3] {
        let stderr = self.stderr.as_ref().unwrap_or(&self.stdout);
        [self.stdin.as_fd(), self.stdout.as_fd(), stderr.as_fd()]
    }
}

/// Opens what `spec` asks for.
pub(super) fn open(spec: &CommandSpec) -> Result<(Ours, Theirs), Errno> {
    if let Some(size) = spec.terminal {
        return terminal(size, spec.stdin);
    }
    let (input, stdin) = match spec.stdin {
        Stdin::Piped => input_pipe().map(|(ours, theirs)| (Some(ours), theirs))?,
        _ => (None, null()?),
    };
    let (stdout, their_stdout) = output_pipe()?;
    let (stderr, their_stderr) = output_pipe()?;
    let ours = Ours {
        stdin: input,
        stdout: Some(stdout),
        stderr: Some(stderr),
    };
    let theirs = Theirs {
        stdin,
        stdout: their_stdout,
        stderr: Some(their_stderr),
        terminal: None,
    };
    Ok((ours, theirs))
}

/// A terminal is one descriptor here, and one there for all three streams.
fn terminal(size: Terminal, stdin: Stdin) -> Result<(Ours, Theirs), Errno> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(name.as_c_str(), flags, Mode::empty())?;
    let size = Winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size)?;
    rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
    let input = (stdin == Stdin::Piped).then(|| fcntl_dupfd_cloexec(&ours, 0));
    let ours = Ours {
        stdin: input.transpose()?,
        stdout: Some(ours),
        stderr: None,
    };
    let theirs = Theirs {
        stdin: fcntl_dupfd_cloexec(&theirs, 0)?,
        stdout: theirs,
        stderr: None,
        terminal: Some(name),
    };
    Ok((ours, theirs))
}

fn null() -> Result<OwnedFd, Errno> {
    rustix::fs::open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

fn input_pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (theirs, ours) = pipe()?;
    rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
    Ok((ours, theirs))
}

fn output_pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (ours, theirs) = pipe()?;
    rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
    let theirs = readable_too(&theirs).unwrap_or(theirs);
    Ok((ours, theirs))
}

/// The end to write to, opened for reading as well: whoever holds it counts as a reader,
/// so when we are gone the child has to wait for the next one, and is not killed for
/// writing to nobody.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn readable_too(end: &OwnedFd) -> Result<OwnedFd, Errno> {
    use std::os::fd::AsRawFd as _;
    let name = format!("/proc/self/fd/{}", end.as_raw_fd());
    rustix::fs::open(name, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

/// A pipe has one end to read and one to write here.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn readable_too(_: &OwnedFd) -> Result<OwnedFd, Errno> {
    Err(Errno::NOTSUP)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
}

/// What is inherited by accident meanwhile is closed by whoever starts a child.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    let (read, write) = rustix::pipe::pipe()?;
    fcntl_setfd(&read, FdFlags::CLOEXEC)?;
    fcntl_setfd(&write, FdFlags::CLOEXEC)?;
    Ok((read, write))
}
