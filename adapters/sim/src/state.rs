//! Everything that is in the world, behind one lock.

use crate::{
    Behaviour, claims::Claims, disk::Disk, faults::Faults, pipe::Pipes, table::Table, web::Pages,
};
use collodi_time::Instant;
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    task::Waker,
};

/// Lines of history that are kept; older ones are dropped.
const HISTORY_LINES: usize = 100_000;

/// Process ids start here.
const FIRST_PID: u32 = 100;

pub(crate) type Pid = u32;

/// Something a future can wait for a change of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// What a pipe holds, and who holds it.
    Pipe(u64),
    /// Which processes live.
    Processes,
    /// The files.
    Disk,
}

/// A part of a process that is to be run.
#[derive(Debug)]
pub(crate) enum Job {
    /// The program itself.
    Program(Behaviour, Vec<String>),
    /// What it does on a signal.
    Handler(Vec<crate::words::Step>),
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) now: Instant,
    pub(crate) disk: Disk,
    pub(crate) claims: Claims,
    pub(crate) table: Table,
    pub(crate) pipes: Pipes,
    pub(crate) ports: BTreeMap<u16, Pid>,
    pub(crate) web: Pages,
    pub(crate) faults: Faults,
    pub(crate) lines: BTreeMap<String, Behaviour>,
    /// What shells do with any other line; none to read it as commands.
    pub(crate) any_line: Option<Behaviour>,
    /// Jobs that no task runs yet.
    pub(crate) started: Vec<(Pid, Job)>,
    timers: BTreeMap<(Instant, u64), Waker>,
    watchers: BTreeMap<Key, Vec<Waker>>,
    history: VecDeque<String>,
    order: u64,
    last_pid: Pid,
}

impl State {
    pub(crate) const fn new() -> Self {
        Self {
            now: Instant::ZERO,
            disk: Disk::new(),
            claims: Claims::new(),
            table: Table::new(),
            pipes: Pipes::new(),
            ports: BTreeMap::new(),
            web: Pages::new(),
            faults: Faults::new(),
            lines: BTreeMap::new(),
            any_line: None,
            started: Vec::new(),
            timers: BTreeMap::new(),
            watchers: BTreeMap::new(),
            history: VecDeque::new(),
            order: 0,
            last_pid: FIRST_PID,
        }
    }

    /// A number that grows with everything that happens.
    pub(crate) const fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    pub(crate) const fn next_pid(&mut self) -> Pid {
        self.last_pid = self.last_pid.saturating_add(1);
        self.last_pid
    }

    /// Wakes `waker` once when something changes at `key`.
    pub(crate) fn watch(&mut self, key: Key, waker: &Waker) {
        let watchers = self.watchers.entry(key).or_default();
        if !watchers.iter().any(|other| other.will_wake(waker)) {
            watchers.push(waker.clone());
        }
    }

    pub(crate) fn notify(&mut self, key: Key) {
        let watchers = self.watchers.remove(&key).unwrap_or_default();
        watchers.into_iter().for_each(Waker::wake);
    }

    /// Wakes `waker` at `at`, unless cancelled by the key given back.
    pub(crate) fn set_timer(&mut self, at: Instant, waker: Waker) -> (Instant, u64) {
        let key = (at, self.next_order());
        self.timers.insert(key, waker);
        key
    }

    pub(crate) fn cancel_timer(&mut self, key: (Instant, u64)) {
        self.timers.remove(&key);
    }

    /// Jumps to the next timer and wakes all that are due then.
    pub(crate) fn advance(&mut self) -> bool {
        let Some(((at, _), _)) = self.timers.first_key_value() else {
            return false;
        };
        self.now = self.now.max(*at);
        while let Some(timer) = self.timers.first_entry() {
            if timer.key().0 > self.now {
                break;
            }
            timer.remove().wake();
        }
        true
    }

    pub(crate) fn record(&mut self, what: fmt::Arguments<'_>) {
        if self.history.len() == HISTORY_LINES {
            self.history.pop_front();
        }
        self.history.push_back(format!("{} {what}\n", self.now));
    }

    pub(crate) fn history(&self) -> String {
        self.history.iter().map(String::as_str).collect()
    }
}
