//! A machine that outlives its hosts, and hosts on it.

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Identity, Member, Signal, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_host::{Command, Event, Host, HostOptions, Input, RunRequest};
use collodi_machine::{ActionId, Machine, Output};
use collodi_python::{Layout, Platform};
use collodi_run::App;
use collodi_script::{Options, parse};
use collodi_time::{Duration, Instant};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// A machine that outlives its hosts: files, and processes that live until they are
/// signalled.
#[derive(Default)]
pub(crate) struct Machinery {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) processes: BTreeMap<u32, TreeId>,
    pub(crate) last_pid: u32,
    pub(crate) disk_is_full: bool,
    /// Files are too large to be read all at once.
    pub(crate) are_large: bool,
    /// What is asked of files that are read all at once is not answered yet.
    pub(crate) is_slow: bool,
    /// What is put aside is not answered yet.
    pub(crate) aside_is_slow: bool,
    /// Nobody says which process it is that was started.
    pub(crate) is_coy: bool,
    /// Files of daemons cannot be read.
    pub(crate) are_unreadable: bool,
    /// What is there in place of a file.
    pub(crate) odd: BTreeMap<String, FileKind>,
    /// Nothing that is killed is told to have ended.
    pub(crate) is_stuck: bool,
    /// Nobody says who lives.
    pub(crate) are_hidden: bool,
    /// The end of so many trees cannot be waited for.
    pub(crate) unseen_ends: usize,
    /// Who is asked who lives does not answer.
    pub(crate) is_silent: bool,
    /// No process says anything.
    pub(crate) is_mute: bool,
    /// No process minds a signal that it may ignore.
    pub(crate) are_deaf: bool,
    /// What was asked, in short.
    pub(crate) asked: Vec<String>,
}

/// A host on the machine.
pub(crate) struct Play<'m> {
    pub(crate) machine: &'m mut Machinery,
    pub(crate) host: Host,
    pub(crate) now: Instant,
    pub(crate) inputs: VecDeque<Input>,
    lives: BTreeMap<ActionId, u32>,
    /// Who waits for the end of a tree.
    waiting: Vec<(ActionId, TreeId)>,
    /// What a slow machine has not answered.
    open: Vec<(ActionId, FileOp)>,
    pub(crate) told: Vec<Event>,
    /// Who was started before those that it depends on were up.
    pub(crate) early: Vec<String>,
}

impl Machinery {
    fn lives(&self, tree: &TreeId) -> bool {
        self.processes.values().any(|of| of == tree)
    }
}

impl<'m> Play<'m> {
    pub(crate) fn new(machine: &'m mut Machinery) -> Self {
        Self::with(machine, |_| {})
    }

    pub(crate) fn with(machine: &'m mut Machinery, change: impl FnOnce(&mut HostOptions)) -> Self {
        Self::since(machine, Instant::ZERO, change)
    }

    /// One whose clock shows this at its start.
    pub(crate) fn since(
        machine: &'m mut Machinery,
        now: Instant,
        change: impl FnOnce(&mut HostOptions),
    ) -> Self {
        let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
        let mut options = HostOptions {
            journal: true,
            recordings: true,
            ..HostOptions::new(layout, 7)
        };
        change(&mut options);
        machine.asked.clear();
        let mut play = Self {
            machine,
            host: Host::new(options),
            now,
            inputs: VecDeque::new(),
            lives: BTreeMap::new(),
            waiting: Vec::new(),
            open: Vec::new(),
            told: Vec::new(),
            early: Vec::new(),
        };
        play.input(Input::Start);
        play
    }

    pub(crate) fn run(&mut self, script: &str) -> &mut Self {
        self.run_app("demo", script)
    }

    pub(crate) fn run_app(&mut self, app: &str, script: &str) -> &mut Self {
        let parsed = parse(script, &Options::for_file("pinokio.json"));
        self.input(Input::Command(Command::Run(RunRequest {
            app: App::new(app, Root::new("/app"), RelPath::root(), "pinokio.json"),
            script: Arc::new(parsed.script().unwrap().clone()),
            args: collodi_value::Value::Null,
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        })));
        self
    }

    pub(crate) fn command(&mut self, command: Command) -> &mut Self {
        self.input(Input::Command(command));
        self
    }

    /// The machine answers what it has not yet.
    pub(crate) fn answer(&mut self) -> &mut Self {
        self.machine.is_slow = false;
        self.answer_these()
    }

    /// The machine answers what it has not yet; what is asked then waits, if it is slow.
    pub(crate) fn answer_these(&mut self) -> &mut Self {
        for (id, op) in core::mem::take(&mut self.open) {
            let answer = self.file(op);
            self.input(Input::Completed(id, Completion::File(answer)));
        }
        self
    }

    /// Time passes until nothing is due for a while.
    pub(crate) fn wait(&mut self, secs: u64) -> &mut Self {
        let until = self.now + Duration::from_secs(secs);
        for _ in 0..1_000 {
            match self.host.poll_output() {
                Output::Wait(Some(deadline)) if deadline.at <= until => {
                    self.now = self.now.max(deadline.at);
                    self.input(Input::Timeout);
                }
                _ => break,
            }
        }
        self.now = until;
        self
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.inputs.push_back(input);
        for _ in 0..10_000 {
            let Some(input) = self.inputs.pop_front() else {
                return;
            };
            self.host.handle_input(self.now, input).unwrap();
            loop {
                match self.host.poll_output() {
                    Output::Action(id, action) => self.action(id, action),
                    Output::Event(event) => self.told.push(event),
                    Output::Wait(_) | Output::Done(_) => break,
                }
            }
        }
        panic!("no end");
    }

    fn action(&mut self, id: ActionId, action: Action) {
        if !matches!(
            action,
            Action::File(FileOp::List { .. } | FileOp::Read { .. } | FileOp::ReadAll { .. })
        ) {
            self.machine.asked.push(short(&action));
        }
        let completion = match action {
            Action::File(op @ FileOp::ReadAll { .. }) if self.machine.is_slow => {
                return self.open.push((id, op));
            }
            Action::File(op @ FileOp::Write { .. })
                if self.machine.aside_is_slow && op.path().absolute().contains("/aside/") =>
            {
                return self.open.push((id, op));
            }
            Action::File(op) => Completion::File(self.file(op)),
            Action::Exec(spec) if spec.program == "bash" => {
                self.note_early(&spec.tree);
                return self.spawn(id, &spec.tree);
            }
            Action::Adopt(spec, identity) => match self.machine.processes.get(&identity.pid) {
                Some(tree) if *tree == spec.tree => {
                    return self.lives(id, identity.pid);
                }
                _ => Completion::Exec(Err(Error::new(ErrorKind::Gone, "adopt", "it"))),
            },
            Action::Exec(_) => {
                Completion::Exec(Err(Error::new(ErrorKind::ProgramNotFound, "start", "it")))
            }
            Action::Signal(tree, signal) => {
                if !self.machine.are_deaf || signal == Signal::KILL {
                    self.kill(&tree);
                }
                Completion::Signalled(Ok(()))
            }
            Action::AwaitEmpty(_) if self.machine.is_stuck => return,
            Action::AwaitEmpty(_) if self.machine.unseen_ends > 0 => {
                self.machine.unseen_ends -= 1;
                Completion::Empty(Err(Error::new(ErrorKind::Other, "look at", "it")))
            }
            Action::AwaitEmpty(tree) if self.machine.lives(&tree) => {
                return self.waiting.push((id, tree));
            }
            Action::AwaitEmpty(_) => Completion::Empty(Ok(())),
            Action::Members(_) if self.machine.is_silent => return,
            Action::Members(_) if self.machine.are_hidden => {
                Completion::Members(Err(Error::new(ErrorKind::Other, "look at", "it")))
            }
            Action::Members(tree) => {
                let processes = self.machine.processes.iter();
                let pids = processes
                    .filter(|(_, of)| **of == tree)
                    .map(|(pid, _)| *pid);
                let name = "bash".to_owned();
                let members = pids.map(|pid| Member {
                    pid,
                    name: name.clone(),
                });
                Completion::Members(Ok(members.collect()))
            }
            Action::Connect { .. } => Completion::Connected(Ok(())),
            other => panic!("the world has no answer to {other}"),
        };
        self.inputs.push_back(Input::Completed(id, completion));
    }

    fn note_early(&mut self, tree: &TreeId) {
        let process = self.host.processes().find(|p| p.tree() == tree);
        let is_up = |name: &String, run| {
            let mut named = self.host.processes().filter(|p| p.run() == run);
            named.any(|p| p.name() == Some(name) && p.is_up())
        };
        let early = process.filter(|p| !p.depends_on().iter().all(|name| is_up(name, p.run())));
        let early = early.map(|p| p.name().unwrap_or_default().to_owned());
        self.early.extend(early);
    }

    fn spawn(&mut self, id: ActionId, tree: &TreeId) {
        self.machine.last_pid += 1;
        let pid = self.machine.last_pid;
        self.machine.processes.insert(pid, tree.clone());
        self.lives(id, pid);
    }

    fn lives(&mut self, id: ActionId, pid: u32) {
        self.lives.insert(id, pid);
        let identity = Identity {
            pid,
            started: 1,
            boot: "boot".into(),
        };
        // Each process has a port of its own.
        let bytes = format!("http://127.0.0.1:{}\n", 7859 + pid);
        let bytes = bytes.as_bytes().into();
        let stream = collodi_command::Stream::Stdout;
        for progress in [
            Progress::Spawned { pid: Some(pid) },
            Progress::Identified(identity),
            Progress::Output { stream, bytes },
        ] {
            let is_left_out = match progress {
                Progress::Identified(_) => self.machine.is_coy,
                Progress::Output { .. } => self.machine.is_mute,
                _ => false,
            };
            if is_left_out {
                continue;
            }
            self.inputs.push_back(Input::Progress(id, progress));
        }
    }

    /// Something is heard of the one process that lives.
    pub(crate) fn hear(&mut self, progress: Progress) -> &mut Self {
        let (id, _) = self.lives.first_key_value().unwrap();
        self.input(Input::Progress(*id, progress));
        self
    }

    pub(crate) fn kill(&mut self, tree: &TreeId) {
        self.machine.processes.retain(|_, of| of != tree);
        let processes = &self.machine.processes;
        let dead = self
            .lives
            .extract_if(.., |_, pid| !processes.contains_key(pid));
        let exit = Exit::Signal(Signal::TERM);
        let leaked = false;
        let ended = dead.map(|(id, _)| {
            let ended = Completion::Exec(Ok(Ended { exit, leaked }));
            Input::Completed(id, ended)
        });
        self.inputs.extend(ended);
        let machine = &*self.machine;
        let empty = self.waiting.extract_if(.., |(_, of)| !machine.lives(of));
        let empty = empty.map(|(id, _)| Input::Completed(id, Completion::Empty(Ok(()))));
        self.inputs.extend(empty);
    }

    /// The first daemon, in the order of their names, dies.
    pub(crate) fn dies(&mut self) -> &mut Self {
        let tree = self.host.processes().next().unwrap().tree().clone();
        self.kill(&tree);
        let ended = self.inputs.pop_front().unwrap();
        self.input(ended);
        self
    }

    fn file(&mut self, op: FileOp) -> Result<FileAnswer, FileError> {
        let path = op.path().absolute();
        let fails = |kind| Err(FileError::new(kind, op.path().clone()));
        match &op {
            FileOp::Write { .. } if self.machine.disk_is_full && path.contains("/state/") => {
                fails(FileErrorKind::NoSpace)
            }
            FileOp::Write { bytes, .. } => {
                self.machine.files.insert(path, bytes.clone());
                Ok(FileAnswer::Done)
            }
            FileOp::Read { .. } if self.machine.are_unreadable && path.contains("/state/demo-") => {
                fails(FileErrorKind::PermissionDenied)
            }
            FileOp::Read { .. } => match self.machine.files.get(&path) {
                Some(bytes) => Ok(FileAnswer::Bytes(bytes.clone())),
                None => fails(FileErrorKind::NotFound),
            },
            FileOp::Remove { .. } => {
                self.machine.files.remove(&path);
                self.machine.odd.remove(&path);
                Ok(FileAnswer::Done)
            }
            FileOp::Stat { .. } => {
                let odd = self.machine.odd.get(&path).copied();
                let is_there = self.machine.files.contains_key(&path);
                let kind = odd.or(is_there.then_some(FileKind::File));
                Ok(FileAnswer::Stat(kind.map(|kind| Stat { kind, size: 0 })))
            }
            FileOp::Rename { .. } if self.machine.disk_is_full => fails(FileErrorKind::ReadOnly),
            FileOp::Rename { to, .. } => {
                let to = to.absolute();
                if self.machine.files.contains_key(&to) || self.machine.odd.contains_key(&to) {
                    return fails(FileErrorKind::AlreadyExists);
                }
                if let Some(bytes) = self.machine.files.remove(&path) {
                    self.machine.files.insert(to, bytes);
                } else if let Some(kind) = self.machine.odd.remove(&path) {
                    self.machine.odd.insert(to, kind);
                }
                Ok(FileAnswer::Done)
            }
            FileOp::ReadAll { .. } if self.machine.are_large => fails(FileErrorKind::TooLarge),
            FileOp::ReadAll { last, .. } => {
                let below = format!("{path}/");
                let files = self.machine.files.iter();
                let file = |(file, bytes): (&String, &Vec<u8>)| {
                    let name = file.strip_prefix(&below)?.to_owned();
                    (!name.contains('/')).then(|| (name, bytes.clone()))
                };
                let mut files: Vec<_> = files.filter_map(file).collect();
                let first = files.len().saturating_sub(*last);
                Ok(FileAnswer::Files(files.split_off(first)))
            }
            FileOp::List { .. } => {
                let below = format!("{path}/");
                let names = self.machine.files.keys();
                let names = names.filter_map(|file| file.strip_prefix(&below));
                let entry = |name: &str| Entry {
                    name: name.to_owned(),
                    kind: FileKind::File,
                };
                let names = names.filter(|name| !name.contains('/'));
                let odd = self.machine.odd.iter();
                let odd = odd.filter_map(|(file, kind)| {
                    let name = file.strip_prefix(&below)?.to_owned();
                    (!name.contains('/')).then_some(Entry { name, kind: *kind })
                });
                Ok(FileAnswer::Entries(names.map(entry).chain(odd).collect()))
            }
            _ => Ok(FileAnswer::Done),
        }
    }

    pub(crate) fn phases(&self) -> Vec<String> {
        let processes = self.host.processes();
        processes.map(|p| p.status().to_string()).collect()
    }
}

fn short(action: &Action) -> String {
    match action {
        Action::File(op) => format!("{} {}", op.verb(), op.path().rel()),
        Action::Exec(spec) => format!("exec {spec}"),
        Action::Adopt(spec, _) => format!("adopt {spec}"),
        Action::Signal(_, signal) => format!("signal {signal}"),
        other => other
            .to_string()
            .split(' ')
            .take(2)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

pub(crate) const DAEMON: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
    "params": {"message": "serve", "daemon": true, "autoRestart": true}}]}"#;

pub(crate) const SERVER: &str = r#"{"daemon": true, "run": [
    {"method": "shell.run", "params": {"message": "serve", "on": [
        {"event": "/http:\\S+/", "done": true}]}},
    {"method": "local.set", "params": {"url": "{{input.event[0]}}"}}]}"#;

/// The files of daemons.
pub(crate) fn daemon_files(machine: &Machinery) -> Vec<&String> {
    let files = machine.files.keys();
    files.filter(|file| file.contains("/state/demo-")).collect()
}

pub(crate) fn state_files(machine: &Machinery) -> Vec<&String> {
    let files = machine.files.keys();
    files.filter(|file| file.contains("/state/")).collect()
}
