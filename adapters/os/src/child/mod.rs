//! Children: started, adopted, and waited for.

mod end;
mod ends;
mod identity;
mod pace;
mod reader;

use crate::{
    lower::{Lowered, start_error},
    tree::Groups,
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{CommandSpec, Exit, Identity};
use collodi_spawn::{Limit, Plan, Resource, Started};
use ends::{Ours, Theirs};
use rustix::{fd::OwnedFd, io::Errno};
use std::{io, task::Poll};

pub use end::End;
pub(crate) use end::has_ended;
pub use reader::{Heard, Reader, write_some};

/// A child, and our ends of what connects us. No descriptor of it blocks.
#[derive(Debug)]
pub struct Spawned {
    /// Its process id.
    pub pid: u32,
    /// What it can be found by again, where processes can.
    pub identity: Option<Identity>,
    /// Its end.
    pub end: End,
    /// What is written here it reads; none unless that was asked for.
    pub stdin: Option<OwnedFd>,
    /// What it says: at the end when all who hold the other end are gone.
    pub stdout: Option<OwnedFd>,
    /// What it says on its other stream.
    pub stderr: Option<OwnedFd>,
    /// Reads both.
    pub reader: Reader,
}

/// The children of a backend and the trees they are in.
#[derive(Debug, Default)]
pub struct Children {
    groups: Groups,
}

impl Children {
    /// No children.
    pub fn new() -> Self {
        Self::default()
    }

    /// The process groups that were started here.
    pub const fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Starts a child of `spec`, without `fork`: it costs the same in a process of any size.
    ///
    /// # Errors
    ///
    /// `ProgramNotFound`, `PermissionDenied`, `NoWorkingDirectory`, `Escapes`,
    /// `Exhausted`; `Unsupported` for what this machine cannot do; `Other` for words that
    /// no system can take.
    pub fn spawn(&self, spec: &CommandSpec) -> Result<Spawned, Error> {
        let lowered = Lowered::of(spec)?;
        let (ours, theirs) = ends::open(spec).map_err(|errno| exhausted(spec, errno.into()))?;
        let started = start(spec, &lowered, &theirs)?;
        drop(theirs);
        self.note(spec, started, ours)
    }

    /// How a child ended, if it has; to be asked when its handle is readable. Once it was
    /// said, its process id is nobody's.
    pub fn poll_end(&self, end: &End) -> Poll<Exit> {
        let leader = end.pid.as_raw_nonzero().get().unsigned_abs();
        self.groups.reap(leader, || end.poll())
    }

    fn note(&self, spec: &CommandSpec, started: Started, ours: Ours) -> Result<Spawned, Error> {
        let raw = started.pid.as_raw_nonzero().get();
        let pid = raw.unsigned_abs();
        self.groups.started(&spec.tree, pid);
        let end = End::of_ours(started.pid, started.pidfd).map_err(|error| {
            // Nobody could wait for it.
            let _ = self.groups.kill(pid);
            exhausted(spec, error)
        })?;
        Ok(Spawned {
            pid,
            identity: identity::of(raw),
            end,
            stdin: ours.stdin,
            stdout: ours.stdout,
            stderr: ours.stderr,
            reader: Reader::new(),
        })
    }
}

fn start(spec: &CommandSpec, lowered: &Lowered, theirs: &Theirs) -> Result<Started, Error> {
    use rustix::fd::AsFd as _;
    let files = spec.bounds.files.map(|value| Limit {
        resource: Resource::Files,
        value,
    });
    let plan = Plan {
        program: &lowered.program,
        args: &lowered.args,
        env: &lowered.env,
        cwd: lowered.cwd.as_fd(),
        stdio: theirs.stdio(),
        terminal: theirs.terminal.as_deref(),
        limits: files.as_slice(),
        cgroup: None,
    };
    collodi_spawn::spawn(&plan).map_err(|failure| start_error(spec, failure))
}

fn exhausted(spec: &CommandSpec, error: io::Error) -> Error {
    let kind = match Errno::from_io_error(&error) {
        Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN) => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    Error::new(kind, "start", spec.program.as_str()).detail(error.to_string())
}
