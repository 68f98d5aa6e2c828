//! Starts scripted children and ends their trees.

use crate::{
    Behaviour,
    clock::Sleep,
    disk::{self, Disk, End, Node, Way},
    executor::Shared,
    pipe::PipeId,
    recorder::Recorder,
    state::{Job, Key, Pid, State},
    table::{Ends, Process},
};
use async_trait::async_trait;
use collodi_backend::{
    Capabilities, Capability, Child, ChildEvent, ChildInput, Enforcement, Error, ErrorKind, Member,
    ProcessBackend,
};
use collodi_command::{
    Bounds, CommandSpec, Identity, RecordingPlace, Sandbox, Signal, Stdin, Stream, TreeId,
};
use collodi_file::FileErrorKind;
use collodi_logs::recording::Marked;
use collodi_sandbox::{Decision, Features, Probe, decide};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// How long after the exit output may still come.
const LEAK_GRACE: Duration = Duration::from_millis(100);

pub(crate) struct Processes(pub(crate) Arc<Shared>);

#[async_trait]
impl ProcessBackend for Processes {
    fn capabilities(&self) -> Capabilities {
        let has = [
            Capability::DetachedProcesses,
            Capability::VirtualTime,
            Capability::WholeTrees,
            Capability::Adoption,
            Capability::Recordings,
        ];
        has.into_iter().collect()
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        refuse_what_is_missing(spec)?;
        let enforcement = enforcement(spec)?;
        let mut state = self.0.state();
        if let Some(kind) = state.faults.take_spawn(&spec.program) {
            return Err(Error::new(kind, "start", &spec.program));
        }
        let cwd = working_directory(&state.disk, spec)?;
        let path = spec.env.get("PATH").map_or("", String::as_str);
        let behaviour = look_up(&state.disk, &spec.program, path, &cwd)
            .map_err(|kind| Error::new(kind, "start", &spec.program))?;
        let recorder = open_recorder(&mut state, spec)?;
        let mut child = state.start_owned(&self.0, spec, cwd, behaviour);
        child.recorder = recorder;
        child.enforcement = enforcement;
        if let Some(recorder) = &mut child.recorder {
            state.mark(recorder, Marked::Began(of(child.pid)));
        }
        Ok(Box::new(child))
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        refuse_what_is_missing(spec)?;
        let mut state = self.0.state();
        let recorder = open_recorder(&mut state, spec)?;
        let adopted = state.adopt(&self.0, identity);
        let gone = || Error::new(ErrorKind::Gone, "adopt", format!("{identity} ({spec})"));
        let mut child = adopted.ok_or_else(gone)?;
        child.recorder = recorder;
        Ok(Box::new(child))
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        self.0.state().signal_tree(tree, signal);
        Ok(())
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.table.members(tree).is_empty() {
                return Poll::Ready(Ok(()));
            }
            state.watch(Key::Processes, cx.waker());
            Poll::Pending
        })
        .await
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        Ok(self.0.state().table.members(tree))
    }
}

impl fmt::Debug for Processes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Processes({:?})", self.0.state().table.describe())
    }
}

fn working_directory(disk: &Disk, spec: &CommandSpec) -> Result<String, Error> {
    let fail = |kind| Error::new(kind, "enter", spec.cwd.absolute());
    let (root, rel) = (spec.cwd.root(), spec.cwd.rel());
    match disk.beneath(root, rel.as_str(), End::Follow, Way::Exists) {
        Ok(place) if matches!(disk.get(&place), Some(Node::Dir(_))) => Ok(disk::text(&place)),
        Err(FileErrorKind::Escapes) => Err(fail(ErrorKind::Escapes)),
        _ => Err(fail(ErrorKind::NoWorkingDirectory)),
    }
}

/// What `program` is: at its path when it has a `/`, else in the first
/// directory of `path` that has it.
pub(crate) fn look_up(
    disk: &Disk,
    program: &str,
    path: &str,
    cwd: &str,
) -> Result<Behaviour, ErrorKind> {
    if program.contains('/') {
        return executable(disk, cwd, program);
    }
    let mut worst = ErrorKind::ProgramNotFound;
    for directory in path.split(':').filter(|directory| !directory.is_empty()) {
        match executable(disk, cwd, &format!("{directory}/{program}")) {
            Err(ErrorKind::PermissionDenied) => worst = ErrorKind::PermissionDenied,
            Err(_) => {}
            found => return found,
        }
    }
    Err(worst)
}

fn executable(disk: &Disk, cwd: &str, path: &str) -> Result<Behaviour, ErrorKind> {
    let place = disk.find(cwd, path, End::Follow).ok();
    match place.and_then(|place| disk.get(&place)) {
        Some(Node::Program(behaviour)) => Ok(behaviour.clone()),
        Some(_) => Err(ErrorKind::PermissionDenied),
        None => Err(ErrorKind::ProgramNotFound),
    }
}

impl State {
    fn start_owned(
        &mut self,
        world: &Arc<Shared>,
        spec: &CommandSpec,
        cwd: String,
        behaviour: Behaviour,
    ) -> ScriptedChild {
        let (stdout, stderr) = (self.pipes.open(), self.pipes.open());
        let stdin = (spec.stdin == Stdin::Piped).then(|| self.pipes.open());
        let mut env = (*spec.env).clone();
        env.insert("COLLODI_TREE".to_owned(), spec.tree.to_string());
        let process = Process {
            name: name(spec),
            tree: spec.tree.clone(),
            group: 0,
            env,
            cwd,
            stdin,
            stdout: Some(stdout),
            stderr: Some(stderr),
            children: BTreeSet::new(),
            on_signal: BTreeMap::new(),
        };
        let pid = self.start(process, Job::Program(behaviour, spec.args.clone()));
        self.table.own(pid);
        let ends = Ends {
            output: [stdout, stderr],
            input: stdin,
        };
        ScriptedChild::new(world, pid, ends)
    }

    /// The child that has this identity, if it was left. What it said since, and how it ended if it has,
    /// is to be told.
    fn adopt(&mut self, world: &Arc<Shared>, identity: &Identity) -> Option<ScriptedChild> {
        let pid = identity.pid;
        let ends = (*identity == of(pid)).then(|| self.table.take_over(pid));
        Some(ScriptedChild::new(world, pid, ends.flatten()?))
    }
}

/// No process id is used twice in a world, and it is booted once.
fn of(pid: Pid) -> Identity {
    Identity {
        pid,
        started: u64::from(pid),
        boot: "world".into(),
    }
}

/// Terminals and bounds are not played.
fn refuse_what_is_missing(spec: &CommandSpec) -> Result<(), Error> {
    let asked = [
        (spec.terminal.is_some(), "a terminal"),
        (spec.bounds != Bounds::NONE, "bounds"),
    ];
    match asked.iter().find(|(asked, _)| *asked) {
        None => Ok(()),
        Some((_, what)) => {
            let error = Error::new(ErrorKind::Unsupported, "start", &spec.program);
            Err(error.detail(format!("{what} is not played")))
        }
    }
}

/// What a machine that has everything would hold of the sandbox. Nothing is kept from
/// children here: they do what they are scripted to do.
fn enforcement(spec: &CommandSpec) -> Result<Option<Enforcement>, Error> {
    let refused =
        |why: String| Error::new(ErrorKind::NoSandbox, "start", &spec.program).detail(why);
    let profile = match &spec.sandbox {
        Sandbox::Full => return Ok(None),
        Sandbox::Within(profile) => profile,
        Sandbox::Impossible(_, error) => return Err(refused(error.to_string())),
        _ => return Err(refused("this level is not played".to_owned())),
    };
    let probe = Probe {
        home: true,
        bwrap: Ok(Features::ALL),
        landlock: u32::MAX,
        domains: true,
        seccomp: true,
        helper: true,
    };
    match decide(profile, &probe) {
        Decision::Use(with) => Ok(Some(with)),
        Decision::Refuse(reason) => Err(refused(reason.to_string())),
    }
}

fn open_recorder(state: &mut State, spec: &CommandSpec) -> Result<Option<Recorder>, Error> {
    let recording = spec.recording.as_ref();
    recording
        .map(|recording| Recorder::open(&mut state.disk, recording))
        .transpose()
}

/// What its process is called: as what the shell becomes of a line of one program.
fn name(spec: &CommandSpec) -> String {
    let plain = spec.without_shell();
    let program = plain.as_ref().map_or(&spec.program, |plain| &plain.program);
    program.rsplit('/').next().unwrap_or(program).to_owned()
}

struct ScriptedChild {
    world: Arc<Shared>,
    pid: Pid,
    streams: [(Stream, PipeId); 2],
    /// What it has as its input.
    reads: Option<PipeId>,
    /// Its other end, unless somebody was given that.
    stdin: Option<PipeId>,
    exit_told: bool,
    closed: bool,
    grace: Option<Pin<Box<Sleep>>>,
    left: bool,
    recorder: Option<Recorder>,
    enforcement: Option<Enforcement>,
}

impl Child for ScriptedChild {
    fn pid(&self) -> Option<u32> {
        Some(self.pid)
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        if self.closed {
            return Poll::Ready(None);
        }
        let event = self.world.clone().state().next_event(self, cx);
        if event.is_some() {
            return Poll::Ready(event);
        }
        if self.poll_grace(cx).is_ready() {
            return Poll::Ready(Some(self.close(true)));
        }
        Poll::Pending
    }

    fn identity(&self) -> Option<Identity> {
        Some(of(self.pid))
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        self.world.state().recorded(self.recorder.as_ref()?)
    }

    fn enforcement(&self) -> Option<Enforcement> {
        self.enforcement.clone()
    }

    fn leave(mut self: Box<Self>) {
        self.left = true;
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        let pipe = self.stdin.take()?;
        let world = Arc::clone(&self.world);
        Some(Box::new(ScriptedInput { world, pipe }))
    }
}

impl ScriptedChild {
    fn new(world: &Arc<Shared>, pid: Pid, ends: Ends) -> Self {
        let [stdout, stderr] = ends.output;
        Self {
            world: Arc::clone(world),
            pid,
            streams: [(Stream::Stdout, stdout), (Stream::Stderr, stderr)],
            reads: ends.input,
            stdin: ends.input,
            exit_told: false,
            closed: false,
            grace: None,
            left: false,
            recorder: None,
            enforcement: None,
        }
    }

    /// All that is open of it stays open for whoever adopts it; an input that was closed is not.
    fn leave_open(&self, state: &mut State) {
        let mut input = self.reads.filter(|_| self.stdin.is_some());
        if let Some(id) = self.reads.filter(|_| input.is_none())
            && let Some(pipe) = state.pipes.get(id)
            && pipe.writers > 0
        {
            // Whoever was given the other one may be about to close it.
            pipe.writers += 1;
            input = Some(id);
        }
        let output = self.streams.map(|(_, id)| id);
        state.table.leave(self.pid, Ends { output, input });
    }

    fn close(&mut self, leaked: bool) -> ChildEvent {
        self.closed = true;
        ChildEvent::Closed { leaked }
    }

    fn poll_grace(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let ended = self.world.state().table.ended(self.pid);
        let Some(ended) = ended.filter(|_| self.exit_told) else {
            return Poll::Pending;
        };
        let until = ended.at + LEAK_GRACE;
        let grace = self
            .grace
            .get_or_insert_with(|| Box::pin(Sleep::new(Arc::clone(&self.world), until)));
        grace.as_mut().poll(cx)
    }
}

impl State {
    /// The oldest thing about the child that was not told yet.
    fn next_event(&mut self, child: &mut ScriptedChild, cx: &Context<'_>) -> Option<ChildEvent> {
        let ended = self.table.ended(child.pid);
        let output = self.oldest_output(child);
        if let Some(ended) = ended.filter(|_| !child.exit_told)
            && output.is_none_or(|(order, ..)| ended.order < order)
        {
            child.exit_told = true;
            if let Some(recorder) = &mut child.recorder {
                self.mark(recorder, Marked::Ended(ended.exit));
            }
            return Some(ChildEvent::Exited(ended.exit));
        }
        if let Some((_, stream, id)) = output {
            let bytes = self.pipes.get(id)?.read()?;
            self.notify(Key::Pipe(id));
            if let Some(recorder) = &mut child.recorder {
                self.keep(recorder, stream, &bytes);
            }
            return Some(ChildEvent::Output { stream, bytes });
        }
        if child.exit_told && child.streams.iter().all(|(_, id)| self.at_end(*id)) {
            if let Some(recorder) = &mut child.recorder {
                self.close(recorder);
            }
            return Some(child.close(false));
        }
        self.watch(Key::Processes, cx.waker());
        for (_, id) in child.streams {
            self.watch(Key::Pipe(id), cx.waker());
        }
        None
    }

    fn oldest_output(&mut self, child: &ScriptedChild) -> Option<(u64, Stream, PipeId)> {
        let waiting = child.streams.iter().filter_map(|(stream, id)| {
            let order = self.pipes.get(*id)?.next_order()?;
            Some((order, *stream, *id))
        });
        waiting.min()
    }

    fn at_end(&mut self, id: PipeId) -> bool {
        self.pipes.get(id).is_none_or(|pipe| pipe.at_end())
    }
}

impl Drop for ScriptedChild {
    fn drop(&mut self) {
        let mut state = self.world.state();
        if let Some(recorder) = &mut self.recorder {
            state.close(recorder);
        }
        match self.left {
            true if !self.closed => return self.leave_open(&mut state),
            true => {}
            false => state.kill_group(self.pid),
        }
        state.table.disown(self.pid);
        for (_, id) in self.streams {
            state.pipes.drop_reader(id);
            state.notify(Key::Pipe(id));
        }
        if let Some(id) = self.stdin {
            state.pipes.drop_writer(id);
            state.notify(Key::Pipe(id));
        }
    }
}

impl fmt::Debug for ScriptedChild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptedChild({})", self.pid)
    }
}

struct ScriptedInput {
    world: Arc<Shared>,
    pipe: PipeId,
}

#[async_trait]
impl ChildInput for ScriptedInput {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut left = bytes;
        poll_fn(|cx| {
            let mut state = self.world.state();
            let order = state.next_order();
            let Some(pipe) = state.pipes.get(self.pipe).filter(|pipe| pipe.readers > 0) else {
                let gone = Error::new(ErrorKind::Gone, "write to", "the program's input");
                return Poll::Ready(Err(gone));
            };
            let taken = pipe.write(order, left);
            left = left.get(taken..).unwrap_or_default();
            state.notify(Key::Pipe(self.pipe));
            if left.is_empty() {
                return Poll::Ready(Ok(()));
            }
            state.watch(Key::Pipe(self.pipe), cx.waker());
            Poll::Pending
        })
        .await
    }
}

impl Drop for ScriptedInput {
    fn drop(&mut self) {
        let mut state = self.world.state();
        state.pipes.drop_writer(self.pipe);
        state.notify(Key::Pipe(self.pipe));
    }
}

impl fmt::Debug for ScriptedInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptedInput({})", self.pipe)
    }
}
