//! The process table: who lives, who belongs to whom, who ended how.

use crate::{
    pipe::PipeId,
    state::{Job, Key, Pid, State},
    words::Step,
};
use collodi_backend::Member;
use collodi_command::{Exit, Signal, TreeId};
use collodi_time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// A process that lives.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) tree: TreeId,
    pub(crate) group: Pid,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) cwd: String,
    pub(crate) stdin: Option<PipeId>,
    pub(crate) stdout: Option<PipeId>,
    pub(crate) stderr: Option<PipeId>,
    pub(crate) children: BTreeSet<Pid>,
    pub(crate) on_signal: BTreeMap<Signal, Reaction>,
}

/// What a process does on a signal instead of ending.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    Ignore,
    Play(Vec<Step>),
}

/// How and when an owned process ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    pub(crate) order: u64,
    pub(crate) at: Instant,
}

/// Our ends of the pipes of a child.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) output: [PipeId; 2],
    pub(crate) input: Option<PipeId>,
}

#[derive(Debug)]
pub(crate) struct Table {
    live: BTreeMap<Pid, Process>,
    owned: BTreeMap<Pid, Option<Ended>>,
    /// What stays open of those that are owned and left.
    left: BTreeMap<Pid, Ends>,
}

impl Table {
    pub(crate) const fn new() -> Self {
        Self {
            live: BTreeMap::new(),
            owned: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    pub(crate) fn get(&self, pid: Pid) -> Option<&Process> {
        self.live.get(&pid)
    }

    pub(crate) fn get_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.live.get_mut(&pid)
    }

    pub(crate) fn is_live(&self, pid: Pid) -> bool {
        self.live.contains_key(&pid)
    }

    /// Keeps the end of `pid` until [`Table::disown`].
    pub(crate) fn own(&mut self, pid: Pid) {
        self.owned.insert(pid, None);
    }

    pub(crate) fn disown(&mut self, pid: Pid) {
        self.owned.remove(&pid);
    }

    /// Leaves `pid`, which stays owned, to whoever [takes it over](Self::take_over).
    pub(crate) fn leave(&mut self, pid: Pid, ends: Ends) {
        self.left.insert(pid, ends);
    }

    pub(crate) fn take_over(&mut self, pid: Pid) -> Option<Ends> {
        self.left.remove(&pid)
    }

    pub(crate) fn ended(&self, pid: Pid) -> Option<Ended> {
        self.owned.get(&pid).copied().flatten()
    }

    pub(crate) fn members(&self, tree: &TreeId) -> Vec<Member> {
        self.with(|process| process.tree == *tree)
            .map(|(pid, process)| Member {
                pid,
                name: process.name.clone(),
            })
            .collect()
    }

    /// The living processes, for people.
    pub(crate) fn describe(&self) -> Vec<String> {
        self.with(|_| true)
            .map(|(pid, process)| format!("{} ({pid})", process.name))
            .collect()
    }

    fn with(&self, wanted: impl Fn(&Process) -> bool) -> impl Iterator<Item = (Pid, &Process)> {
        self.live
            .iter()
            .filter(move |(_, process)| wanted(process))
            .map(|(pid, process)| (*pid, process))
    }

    fn pids(&self, wanted: impl Fn(&Process) -> bool) -> Vec<Pid> {
        self.with(wanted).map(|(pid, _)| pid).collect()
    }
}

impl State {
    /// Puts a process into the table and starts its job. A process without a
    /// group leads one.
    pub(crate) fn start(&mut self, mut process: Process, job: Job) -> Pid {
        let pid = self.next_pid();
        if process.group == 0 {
            process.group = pid;
        }
        self.record(format_args!(
            "start {pid} {} in {}",
            process.name, process.tree
        ));
        self.table.live.insert(pid, process);
        self.started.push((pid, job));
        self.notify(Key::Processes);
        pid
    }

    /// Ends a process: its descriptors close, its ports are free.
    pub(crate) fn end(&mut self, pid: Pid, exit: Exit) {
        let Some(process) = self.table.live.remove(&pid) else {
            return;
        };
        self.record(format_args!("end {pid} {}: {exit}", process.name));
        let (order, at) = (self.next_order(), self.now);
        if let Some(owned) = self.table.owned.get_mut(&pid) {
            *owned = Some(Ended { exit, order, at });
        }
        for pipe in process.stdout.into_iter().chain(process.stderr) {
            self.pipes.drop_writer(pipe);
            self.notify(Key::Pipe(pipe));
        }
        if let Some(pipe) = process.stdin {
            self.pipes.drop_reader(pipe);
            self.notify(Key::Pipe(pipe));
        }
        self.ports.retain(|_, holder| *holder != pid);
        self.notify(Key::Processes);
    }

    /// Sends a signal to one process. `STOP` and `CONT` do nothing here.
    pub(crate) fn signal(&mut self, pid: Pid, signal: Signal) {
        let Some(process) = self.table.live.get(&pid) else {
            return;
        };
        match process.on_signal.get(&signal) {
            _ if signal == Signal::KILL => self.end(pid, Exit::Signal(signal)),
            _ if matches!(signal, Signal::STOP | Signal::CONT) => {}
            Some(Reaction::Ignore) => {}
            Some(Reaction::Play(steps)) => {
                let job = Job::Handler(steps.clone());
                self.started.push((pid, job));
            }
            None => self.end(pid, Exit::Signal(signal)),
        }
    }

    pub(crate) fn signal_tree(&mut self, tree: &TreeId, signal: Signal) {
        self.record(format_args!("send {signal} to {tree}"));
        for pid in self.table.pids(|process| process.tree == *tree) {
            self.signal(pid, signal);
        }
    }

    pub(crate) fn kill_group(&mut self, group: Pid) {
        for pid in self.table.pids(|process| process.group == group) {
            self.signal(pid, Signal::KILL);
        }
    }
}
