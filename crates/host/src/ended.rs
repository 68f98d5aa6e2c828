//! Daemons that have ended: how long they are known here, and to the next host.

use crate::{Host, Process, ProcessId, script_address::identity};
use alloc::vec::Vec;
use collodi_restart::RestartClass;
use collodi_run::App;
use collodi_time::{Instant, WallTime};

impl Host {
    /// When the supervision of a daemon ended, also under an earlier host; none as long as it has not.
    pub fn ended_at(&self, id: &ProcessId) -> Option<WallTime> {
        let mut ended = self.ended_processes.iter();
        ended.find(|(_, of)| of == id).map(|(at, _)| *at)
    }

    /// Whether the next host is to know of a daemon: it goes on there, or is started by each host, or has
    /// ended by itself, or with one that has, so that people want to know why; or one that goes on depends on it.
    pub(crate) fn is_for_next_host(&self, process: &Process) -> bool {
        !process.was_only_stopped()
            || process.policy().class == RestartClass::UnlessStopped
            || self.is_needed(process)
            || self.is_begun_by_each_host(process)
    }

    /// Whether each host starts a daemon: for its own sake, or because one that it starts depends on it,
    /// and nobody has stopped it.
    pub(crate) fn is_begun_by_each_host(&self, process: &Process) -> bool {
        let begins = Process::begins_with_each_host;
        let may_begin = process.was_only_stopped() && !process.is_to_stay_down();
        begins(process) || may_begin && self.depend_on(process).into_iter().any(begins)
    }

    /// One has ended: of those that it depends on, what was stopped may be of interest to nobody any more.
    pub(crate) fn note_ended_below(&mut self, id: &ProcessId) {
        let Some(process) = self.process(id) else {
            return;
        };
        let is_below = |p: &&Process| p.was_only_stopped() && process.depends_on_it(p);
        let below = self.siblings(process).filter(is_below);
        let below: Vec<_> = below.map(|p| p.id().clone()).collect();
        below.iter().for_each(|id| self.note_process(id));
    }

    /// The supervision of a daemon has ended. What ends with its host displaces nothing that people may
    /// want to know of under the next one.
    pub(crate) fn retire_process(&mut self, now: Instant, id: &ProcessId) {
        self.remove_temporary_of(id);
        self.ended_processes.push((self.wall(now), id.clone()));
        if !self.shutting_down {
            self.forget_old_processes(now);
        }
        self.restart_stopped(now);
    }

    /// Of those that have ended, so many are known for so long. What somebody stopped and that stays so is
    /// not too old for that.
    pub(crate) fn forget_old_processes(&mut self, now: Instant) {
        let (kept, now) = (self.options.retention, self.wall(now).as_duration());
        let stopped = &self.shared.journal.stopped;
        let is_old = |(at, id): &mut (WallTime, ProcessId)| {
            now.saturating_sub(at.as_duration()) > kept.age && !stopped.contains_key(id)
        };
        let mut old: Vec<_> = self.ended_processes.extract_if(.., is_old).collect();
        let over = self.ended_processes.len().saturating_sub(kept.processes);
        self.forgotten_processes += over as u64;
        old.extend(self.ended_processes.drain(..over));
        for (_, id) in old {
            let process = self.process(&id);
            match process.is_some_and(|process| self.is_begun_by_each_host(process)) {
                true => self.forget_here(&id),
                false => self.forget_process(&id),
            }
        }
    }

    /// A script is run. What somebody stopped of its app is forgotten, with what it said, and what has
    /// ended by itself is known to this host alone from here on: the next one knows what became of the
    /// last run of an app.
    pub(crate) fn forget_last_run(&mut self, app: &App) {
        let stopped = &self.shared.journal.stopped;
        let stopped = stopped.iter().filter(|(_, of)| **of == *app.name);
        let stopped: Vec<_> = stopped.map(|(id, _)| id.clone()).collect();
        self.ended_processes.retain(|(_, id)| !stopped.contains(id));
        stopped.iter().for_each(|id| self.forget_process(id));
        let script = identity(app);
        let is_replaced = |p: &&Process| {
            let is_its = p.has_ended() && self.is_for_next_host(p) && p.app() == &*app.name;
            is_its && (!self.is_begun_by_each_host(p) || identity(p.app_info()) == script)
        };
        let ended = self.processes().filter(is_replaced);
        let ended: Vec<_> = ended.map(|p| p.id().clone()).collect();
        ended.iter().for_each(|id| self.forget_note(id));
    }

    /// Those of an app that have ended are known no more.
    pub(crate) fn forget_ended_of(&mut self, app: &str) {
        let ended = self.processes().filter(|p| p.has_ended() && p.app() == app);
        let ended: Vec<_> = ended.map(|p| p.id().clone()).collect();
        self.ended_processes.retain(|(_, id)| !ended.contains(id));
        ended.iter().for_each(|id| self.forget_process(id));
    }

    /// One that has ended is known no more, nor to the next host.
    fn forget_process(&mut self, id: &ProcessId) {
        let process = self.process(id);
        if process.is_some_and(|process| self.is_for_next_host(process)) {
            self.forget_note(id);
        }
        self.forget_here(id);
    }

    fn forget_here(&mut self, id: &ProcessId) {
        self.processes.remove(id);
        self.ties.forget(id);
        self.shared.journal.stopped.remove(id);
    }
}
