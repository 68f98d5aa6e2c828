#![doc = include_str!("../README.md")]

use rustix::{
    fd::{BorrowedFd, OwnedFd},
    io::Errno,
    process::Pid,
};
use std::{
    ffi::{CStr, CString},
    fmt, io,
    os::fd::{AsRawFd as _, RawFd},
};

mod files;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod seats;
mod signals;
#[allow(unsafe_code, reason = "the one module that talks to the kernel itself")]
mod sys;

pub use files::{raise_open_files, restore_open_files};
pub use signals::{hold_signals, signal_thread, take_signal};

/// The last of the standard descriptors.
const STANDARD_ERROR: RawFd = 2;

/// What is to be started.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The absolute path of the program.
    pub program: &'a CStr,
    /// All arguments, the program's name first.
    pub args: &'a [CString],
    /// The environment, `NAME=VALUE` each.
    pub env: &'a [CString],
    /// The working directory.
    pub cwd: BorrowedFd<'a>,
    /// Standard input, output and error of the child.
    pub stdio: [BorrowedFd<'a>; 3],
    /// The path of the terminal that `stdio` is, to be the one that controls the child's
    /// session.
    pub terminal: Option<&'a CStr>,
    /// Limits of the child.
    pub limits: &'a [Limit],
    /// The control group (version 2) that the child begins in. Only where [`can_join`].
    pub cgroup: Option<BorrowedFd<'a>>,
    /// Descriptors that the child has too, by the numbers that they have here. None of them
    /// has the number of a standard one.
    pub kept: &'a [BorrowedFd<'a>],
    /// The Landlock ruleset that the child is held by. Only where [`can_confine`].
    pub domain: Option<BorrowedFd<'a>>,
}

/// A limit of one process, inherited by what it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub resource: Resource,
    /// How much there may be.
    pub soft: u64,
    /// How far the process may raise that.
    pub hard: u64,
}

impl Limit {
    /// So much and never more.
    pub const fn of(resource: Resource, value: u64) -> Self {
        Self {
            resource,
            soft: value,
            hard: value,
        }
    }
}

/// What can be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Open descriptors.
    Files,
    /// Bytes of a file that a crash leaves.
    Core,
    /// Bytes of a file that is written.
    FileSize,
}

/// A child that was started.
#[derive(Debug)]
pub struct Started {
    /// Its process id, which is also that of its session and group. Kept for it until it
    /// is waited for.
    pub pid: Pid,
    /// A handle of it, where the system has such handles.
    pub pidfd: Option<OwnedFd>,
}

/// A child that could not be started. Nothing of it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How far it came.
    pub stage: Stage,
    /// What the system said.
    pub errno: Errno,
}

/// A part of starting a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Making the process, inside its control group.
    Process,
    /// Signals at their defaults.
    Signals,
    /// Entering the working directory.
    Directory,
    /// A session of its own.
    Session,
    /// The three standard descriptors, and no other.
    Descriptors,
    /// The terminal of the session.
    Terminal,
    /// The limits.
    Limits,
    /// Entering the Landlock domain.
    Domain,
    /// Becoming the program.
    Program,
}

/// Starts a child.
///
/// Its id must be given back by waiting for it.
///
/// # Errors
///
/// What failed, and where. A failure at [`Stage::Process`] with a control group may be
/// about that group: it is gone, full, or not ours.
pub fn spawn(plan: &Plan<'_>) -> Result<Started, Failure> {
    if plan.kept.iter().any(|fd| fd.as_raw_fd() < FIRST) {
        return Err(Stage::Descriptors.failed(Errno::INVAL));
    }
    let high = High::of(plan.stdio).map_err(|errno| Stage::Descriptors.failed(errno))?;
    let limits = files::of_child(plan.limits);
    let plan = Plan {
        stdio: high.of_plan(plan.stdio),
        limits: &limits,
        ..plan.clone()
    };
    sys::spawn(&plan)
}

/// Becomes another program, at an absolute path, with these arguments, its name first, and this
/// environment, `NAME=VALUE` each. Signals that are held back stay so, and those that wait go on
/// waiting, which the standard library does not allow. Comes back only when it fails: why.
pub fn replace(program: &CStr, args: &[CString], env: &[CString]) -> io::Error {
    sys::replace(program, args, env)
}

/// A copy of a descriptor, closed to children, that the program which this process was before has left
/// open under this number. The first one stays open, too: what it holds is to be given back by hand.
///
/// # Errors
///
/// When it is a standard one, or not open.
pub fn left_open(number: RawFd) -> io::Result<OwnedFd> {
    match number > STANDARD_ERROR {
        true => sys::left_open(number),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Whether a child can be started inside a control group: only `clone3` can do that.
pub fn can_join() -> bool {
    sys::can_join()
}

/// Whether a child can be held by a Landlock ruleset before it becomes its program: only
/// where `clone3` makes it. Whether there is Landlock is another question.
pub fn can_confine() -> bool {
    sys::can_join()
}

/// How the process behind a handle ended, which need not be our child.
pub fn exit_status(pidfd: BorrowedFd<'_>) -> Told {
    sys::exit_status(pidfd)
}

/// The id of the control group (version 2) that the process behind a handle is in: the number of
/// the inode of its directory. None where the system does not say (Linux before 6.13, others).
pub fn control_group(pidfd: BorrowedFd<'_>) -> Option<u64> {
    sys::control_group(pidfd)
}

/// What the system says about the end of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// This status, as `wait` has it.
    Status(i32),
    /// Nothing before whoever is its parent has waited for it.
    NotYet,
    /// Nothing at all: Linux before 6.15, other systems.
    Never,
}

impl Stage {
    const fn failed(self, errno: Errno) -> Failure {
        Failure { stage: self, errno }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.stage {
            Stage::Process => "the process",
            Stage::Signals => "its signals",
            Stage::Directory => "its working directory",
            Stage::Session => "its session",
            Stage::Descriptors => "its descriptors",
            Stage::Terminal => "its terminal",
            Stage::Limits => "its limits",
            Stage::Domain => "its Landlock domain",
            Stage::Program => "its program",
        };
        write!(f, "{what}: {}", std::io::Error::from(self.errno))
    }
}

impl std::error::Error for Failure {}

/// The first descriptor that is not a standard one.
const FIRST: i32 = 3;

/// Copies of those descriptors of a plan that have the number of a standard one, as in a
/// process that was started without: in the child one would be put over the other.
#[derive(Debug)]
struct High([Option<OwnedFd>; 3]);

impl High {
    fn of(stdio: [BorrowedFd<'_>; 3]) -> Result<Self, Errno> {
        let [a, b, c] = stdio.map(|fd| {
            let low = fd.as_raw_fd() < FIRST;
            low.then(|| rustix::io::fcntl_dupfd_cloexec(fd, FIRST))
                .transpose()
        });
        Ok(Self([a?, b?, c?]))
    }

    fn of_plan<'a>(&'a self, stdio: [BorrowedFd<'a>; 3]) -> [BorrowedFd<'a>; 3] {
        use std::os::fd::AsFd as _;
        let ([a, b, c], [x, y, z]) = (&self.0, stdio);
        [(a, x), (b, y), (c, z)].map(|(high, fd)| high.as_ref().map_or(fd, |high| high.as_fd()))
    }
}
