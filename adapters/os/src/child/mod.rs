//! Children: started, adopted, and waited for.

mod adopt;
mod end;
mod ends;
mod identity;
mod left;
mod pace;
mod reader;
mod trees;

use crate::{
    confine::{Confined, Sandboxes},
    lower::{Lowered, start_error},
    recorder::{Recorder, Resting},
    tree::{Bound, Cgroups, GroupId, Groups, Joined, is_ours},
};
use collodi_backend::{Capabilities, Capability, Error, ErrorKind};
use collodi_command::{Bounds, CommandSpec, Exit, Identity, Signal, TreeId};
use collodi_sandbox::{Enforcement, Mechanism};
use collodi_spawn::{Failure, Limit, Plan, Resource, Stage, Started};
use ends::{Ours, Theirs};
use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    io::Errno,
};
use std::{
    io,
    sync::{Arc, LazyLock, atomic::AtomicBool},
    task::Poll,
};

pub use end::End;
pub(crate) use end::has_ended;
pub use left::Left;
pub(crate) use left::LeftChild;
pub use reader::{Heard, Reader, write_some};

/// A child, and our ends of what connects us. No descriptor of it blocks.
#[derive(Debug)]
pub struct Spawned {
    /// Its process id.
    pub pid: u32,
    /// The process group that it leads; none when that is over.
    pub group: Option<GroupId>,
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
    /// What holds of its sandbox; none when it has none.
    pub enforcement: Option<Enforcement>,
}

/// The children of a backend and the trees they are in.
#[derive(Debug)]
pub struct Children {
    groups: Groups,
    /// Looked for when they are first needed.
    cgroups: LazyLock<Option<Cgroups>>,
    sandboxes: Sandboxes,
    resting: Resting,
    left: Arc<Left>,
    round: u64,
    is_tidying: AtomicBool,
}

impl Default for Children {
    fn default() -> Self {
        Self::new()
    }
}

impl Children {
    /// No children. Trees are control groups where this machine lets us have them.
    pub fn new() -> Self {
        Self::sharing(Arc::default())
    }

    /// The same, but those that are left go there, and those that are there can be adopted.
    pub fn sharing(left: Arc<Left>) -> Self {
        Self::of(left, LazyLock::new(Cgroups::find))
    }

    /// No children, and trees that are found in the process table alone.
    pub fn without_control_groups() -> Self {
        Self::of(Arc::default(), LazyLock::new(|| None))
    }

    fn of(left: Arc<Left>, cgroups: LazyLock<Option<Cgroups>>) -> Self {
        Self {
            groups: Groups::default(),
            cgroups,
            sandboxes: Sandboxes::default(),
            resting: Resting::default(),
            round: left.round(),
            left,
            is_tidying: AtomicBool::new(false),
        }
    }

    /// The process groups that were started here.
    pub const fn groups(&self) -> &Groups {
        &self.groups
    }

    /// What can be done on this machine.
    pub fn capabilities(&self) -> Capabilities {
        let all = Capability::ALL.iter().copied();
        all.filter(|capability| self.has(*capability)).collect()
    }

    /// Whether this can be done on this machine. Only for sandboxes something is tried.
    pub fn has(&self, capability: Capability) -> bool {
        let linux = cfg!(target_os = "linux");
        match capability {
            Capability::RealProcesses
            | Capability::RealFiles
            | Capability::Recordings
            | Capability::Terminals => true,
            Capability::DetachedProcesses => linux,
            Capability::Adoption | Capability::Usage => linux && is_ours(),
            Capability::WholeTrees => self.cgroups.is_some(),
            Capability::MemoryBounds => self.can(Bound::Memory),
            Capability::ProcessBounds => self.can(Bound::Processes),
            Capability::CpuBounds => self.can(Bound::Cpu),
            Capability::Sandboxes => self.sandboxes.are_there(),
            _ => false,
        }
    }

    /// Whether control groups can bound this.
    fn can(&self, bound: Bound) -> bool {
        let groups = self.cgroups.as_ref();
        groups.is_some_and(|groups| groups.can(bound))
    }

    /// Starts a child of `spec`, without `fork`: it costs the same in a process of any size.
    /// A shell that would only become another program is not started first.
    ///
    /// # Errors
    ///
    /// `ProgramNotFound`, `PermissionDenied`, `NoWorkingDirectory`, `Escapes`, `NoSandbox`,
    /// `Exhausted`; `Unsupported` for what this machine cannot do; `Other` for words that
    /// no system can take.
    pub fn spawn(&self, spec: &CommandSpec) -> Result<Spawned, Error> {
        let plain = spec
            .without_shell()
            .map(|plain| self.spawn_as_it_is(&plain));
        match plain {
            Some(Ok(spawned)) => Ok(spawned),
            // The shell can do more about it, or say why it cannot.
            _ => self.spawn_as_it_is(spec),
        }
    }

    fn spawn_as_it_is(&self, spec: &CommandSpec) -> Result<Spawned, Error> {
        let bounds = self.bounds(spec)?;
        let lowered = Lowered::of(spec, &self.sandboxes)?;
        let recorder = self.recorder(spec)?;
        let (ours, theirs) = ends::open(spec).map_err(|errno| exhausted(spec, errno.into()))?;
        let started = self.start(spec, bounds, &lowered, &theirs)?;
        drop(theirs);
        self.note(spec, started, ours, recorder, lowered.confined)
    }

    fn recorder(&self, spec: &CommandSpec) -> Result<Option<Recorder>, Error> {
        let recording = spec.recording.as_ref();
        recording
            .map(|recording| Recorder::resume(recording, &self.resting))
            .transpose()
    }

    /// All that a child said is read: what kept it stays open for a while, for its next life.
    pub(crate) fn rest(&self, reader: &mut Reader) {
        if let Some(recorder) = reader.take_recorder() {
            recorder.rest(&self.resting);
        }
    }

    /// The children that were left.
    pub(crate) fn left(&self) -> &Left {
        &self.left
    }

    /// The bounds that take a control group.
    fn bounds<'a>(&self, spec: &'a CommandSpec) -> Result<Option<&'a Bounds>, Error> {
        let bounds = &spec.bounds;
        let asked = [
            (bounds.memory.is_some(), Bound::Memory, "memory"),
            (bounds.processes.is_some(), Bound::Processes, "processes"),
            (bounds.cpu.is_some(), Bound::Cpu, "processor time"),
        ];
        let mut refused = asked
            .iter()
            .filter(|(asked, bound, _)| *asked && !self.can(*bound));
        match refused.next() {
            Some((_, _, what)) => {
                Err(
                    Error::new(ErrorKind::Unsupported, "bound", spec.program.as_str())
                        .detail(format!("no control group here can bound its {what}")),
                )
            }
            None => Ok(asked.iter().any(|(asked, ..)| *asked).then_some(bounds)),
        }
    }

    /// In the control group of its tree, or, where that cannot be had and nothing is to be
    /// bounded by it, without one.
    fn start(
        &self,
        spec: &CommandSpec,
        bounds: Option<&Bounds>,
        lowered: &Lowered,
        theirs: &Theirs,
    ) -> Result<Started, Error> {
        let failed = |failure| start_error(spec, failure);
        let grouped = self
            .cgroups
            .as_ref()
            .map(|groups| start_in(groups, spec, bounds, lowered, theirs));
        match grouped {
            Some(Ok(started)) => Ok(started),
            Some(Err(failure)) if bounds.is_some() || failure.stage != Stage::Process => {
                Err(failed(failure))
            }
            _ => {
                if let Some(groups) = self.cgroups.as_ref() {
                    groups.forget(&spec.tree);
                }
                start(spec, lowered, theirs, None).map_err(failed)
            }
        }
    }

    /// How a child ended, if it has; to be asked when its handle is readable. Once it was
    /// said, its process id is nobody's.
    pub fn poll_end(&self, end: &End) -> Poll<Exit> {
        if end.is_over_for_good() {
            return end.poll();
        }
        let leader = end.pid.as_raw_nonzero().get().unsigned_abs();
        let tree = self.groups.tree(leader);
        let reap = || self.groups.reap(leader, || end.poll());
        let ended = self.left.reap(self.round, leader, reap);
        if let (Poll::Ready(exit), Some(tree), Some(groups)) = (ended, tree, self.cgroups.as_ref())
        {
            // Somebody may have killed the group.
            if exit == Exit::Signal(Signal::KILL) {
                groups.spend(&tree);
            }
            groups.vacate(&tree);
        }
        ended
    }

    fn note(
        &self,
        spec: &CommandSpec,
        started: Started,
        ours: Ours,
        mut recorder: Option<Recorder>,
        confined: Option<Confined>,
    ) -> Result<Spawned, Error> {
        let raw = started.pid.as_raw_nonzero().get();
        let pid = raw.unsigned_abs();
        let group = self.groups.started(&spec.tree, pid);
        let enforcement = confined
            .as_ref()
            .map(|confined| confined.enforcement.clone());
        if enforcement.as_ref().is_some_and(is_wrapped) {
            self.groups.wrapped(pid);
        }
        let status = confined.map(|confined| confined.status);
        let end = End::of_ours(started.pid, started.pidfd, status).map_err(|error| {
            // Nobody could wait for it.
            let _ = group.map(|group| self.groups.kill(group));
            exhausted(spec, error)
        })?;
        let identity = identity::of(raw);
        if let (Some(recorder), Some(identity)) = (&mut recorder, &identity) {
            recorder.began(identity);
        }
        Ok(Spawned {
            pid,
            group,
            identity,
            end,
            stdin: ours.stdin,
            stdout: ours.stdout,
            stderr: ours.stderr,
            reader: Reader::new(recorder),
            enforcement,
        })
    }
}

/// Whether who was started holds the sandbox and would end it by a signal that is meant for
/// the command. The keeper of the fallback takes such signals.
const fn is_wrapped(enforcement: &Enforcement) -> bool {
    matches!(enforcement.mechanism, Mechanism::Bwrap { .. })
}

/// How often a control group is made again: that somebody removed, because it was empty,
/// before the child was in it, or that an earlier life has left as one that nobody can be in.
const ATTEMPTS: u32 = 8;

fn start_in(
    groups: &Cgroups,
    spec: &CommandSpec,
    bounds: Option<&Bounds>,
    lowered: &Lowered,
    theirs: &Theirs,
) -> Result<Started, Failure> {
    let mut attempts = 1..=ATTEMPTS;
    loop {
        let started = try_start_in(groups, &spec.tree, bounds, |group| {
            start(spec, lowered, theirs, Some(group))
        });
        match started {
            Err(failure) if is_about_group(failure) && attempts.next().is_some() => {
                groups.remove(&spec.tree);
            }
            Ok(started) => {
                groups.note(&spec.tree);
                return Ok(started);
            }
            failed => {
                groups.remove(&spec.tree);
                return failed;
            }
        }
    }
}

const fn is_about_group(failure: Failure) -> bool {
    matches!(
        failure,
        Failure {
            stage: Stage::Process,
            errno: Errno::NODEV | Errno::NOENT | Errno::BUSY | Errno::OPNOTSUPP
        }
    )
}

fn try_start_in(
    groups: &Cgroups,
    tree: &TreeId,
    bounds: Option<&Bounds>,
    start: impl FnOnce(BorrowedFd<'_>) -> Result<Started, Failure>,
) -> Result<Started, Failure> {
    let failed = |error: io::Error| Failure {
        stage: Stage::Process,
        errno: Errno::from_io_error(&error).unwrap_or(Errno::IO),
    };
    let group = groups.open(tree).map_err(failed)?;
    let joined: Option<Joined> = bounds
        .map(|bounds| groups.bound(tree, bounds))
        .transpose()
        .map_err(failed)?;
    let started = start(group.as_fd());
    drop(joined);
    started
}

fn start(
    spec: &CommandSpec,
    lowered: &Lowered,
    theirs: &Theirs,
    cgroup: Option<BorrowedFd<'_>>,
) -> Result<Started, Failure> {
    let files = spec.bounds.files;
    let files = files.map(|most| Limit::of(Resource::Files, most));
    let confined = lowered.confined.as_ref();
    let limits = confined.map(|confined| confined.limits.as_slice());
    let limits: Vec<_> = files
        .iter()
        .chain(limits.unwrap_or_default())
        .copied()
        .collect();
    let kept = confined.map(Confined::kept).unwrap_or_default();
    let leads = confined.is_none_or(Confined::leads_terminal);
    collodi_spawn::spawn(&Plan {
        program: confined.map_or(&lowered.program, |confined| &confined.program),
        args: confined.map_or(&lowered.args, |confined| &confined.args),
        env: confined.map_or(&lowered.env, |confined| &confined.env),
        cwd: lowered.cwd.as_fd(),
        stdio: theirs.stdio(),
        terminal: theirs.terminal.as_deref().filter(|_| leads),
        limits: &limits,
        cgroup,
        kept: &kept,
        domain: confined.and_then(Confined::domain),
    })
}

fn exhausted(spec: &CommandSpec, error: io::Error) -> Error {
    let kind = match Errno::from_io_error(&error) {
        Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN) => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    Error::new(kind, "start", spec.program.as_str()).detail(error.to_string())
}
