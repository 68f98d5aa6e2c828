//! Daemons that have ended: how long they are known here, and to the next host.

use crate::{Host, Process, ProcessId, RunId, script_address::identity};
use alloc::vec::Vec;
use collodi_run::App;
use collodi_time::{Instant, WallTime};

impl Host {
    /// When the supervision of a daemon ended, also under an earlier host; none as long as it has not.
    pub fn ended_at(&self, id: &ProcessId) -> Option<WallTime> {
        let mut ended = self.ended_processes.iter();
        ended.find(|(_, of)| of == id).map(|(at, _)| *at)
    }

    /// Whether the next host is to know of a daemon: it goes on there, or is started by each host, or has
    /// ended by itself or with one that has, so that people want to know why; or one of its run is such a one
    /// and is not being stopped, or depends on it: what is known of a run is known whole.
    pub(crate) fn is_for_next_host(&self, process: &Process) -> bool {
        let is_its = |p: &&Process| p.run() == process.run() && p.id() != process.id();
        let of_run = || self.processes().filter(is_its);
        process.is_for_next_host()
            || of_run().any(Process::has_others_known)
            || !self.is_free(process)
    }

    /// Whether each host starts a daemon: for its own sake, or because one that it starts depends on it,
    /// and nobody has stopped it.
    pub(crate) fn is_begun_by_each_host(&self, process: &Process) -> bool {
        let begins = Process::begins_with_each_host;
        let may_begin = process.was_stopped() && !process.is_to_stay_down();
        begins(process) || may_begin && self.above(process).into_iter().any(begins)
    }

    /// Something has become of a daemon: of its run, what is only known for others may be of interest to nobody
    /// any more.
    pub(crate) fn note_kept_with(&mut self, run: &RunId) {
        let kept = self.shared.journal.kept.iter();
        let is_its = |id: &&ProcessId| self.process(id).is_none_or(|p| p.run() == run);
        let kept: Vec<_> = kept.filter(is_its).cloned().collect();
        for id in kept {
            if !self.process(&id).is_some_and(|p| self.is_for_next_host(p)) {
                self.note_process(&id);
            }
        }
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
    /// not too old for that, and nobody is forgotten before those that depend on it.
    pub(crate) fn forget_old_processes(&mut self, now: Instant) {
        let (old, over) = self.old_processes(self.wall(now));
        self.forgotten_processes += over;
        self.ended_processes.retain(|(_, id)| !old.contains(id));
        for id in old {
            match self.begun_with(&id) {
                begun if begun.is_empty() => self.forget_process(&id),
                begun => begun.iter().for_each(|id| self.forget_begun(id)),
            }
        }
    }

    /// One that each host starts, with those that are started for it.
    fn begun_with(&self, id: &ProcessId) -> Vec<ProcessId> {
        let process = self.process(id);
        let process = process.filter(|process| self.is_begun_by_each_host(process));
        let below = process.map(|process| self.below(process));
        let all = process.into_iter().chain(below.unwrap_or_default());
        let begun = all.filter(|p| p.has_ended() && self.is_begun_by_each_host(p));
        begun.map(|p| p.id().clone()).collect()
    }

    /// The next host is to know it, so its file stays.
    fn forget_begun(&mut self, id: &ProcessId) {
        if !self.is_needed_here(id) {
            self.ended_processes.retain(|(_, of)| of != id);
            self.forget_here(id);
        }
    }

    /// Those that are to be forgotten, and how many of them as there are too many.
    fn old_processes(&self, now: WallTime) -> (Vec<ProcessId>, u64) {
        let (kept, stopped) = (self.options.retention, &self.shared.journal.stopped);
        let (mut old, mut over) = (Vec::new(), 0);
        for (at, id) in &self.ended_processes {
            let age = now.as_duration().saturating_sub(at.as_duration());
            let is_old = age > kept.age && !stopped.contains_key(id);
            let are_many = self.ended_processes.len() - old.len() > kept.processes;
            if (is_old || are_many) && !self.is_needed_here(id) {
                over += u64::from(!is_old);
                old.push(id.clone());
            }
        }
        (old, over)
    }

    fn is_needed_here(&self, id: &ProcessId) -> bool {
        let process = self.process(id);
        process.is_some_and(|process| self.siblings(process).any(|p| p.depends_on_it(process)))
    }

    /// A script is run. What somebody stopped of its app is forgotten, with what it said, and what has
    /// ended by itself is known to this host alone from here on: the next one knows what became of the
    /// last run of an app.
    pub(crate) fn forget_last_run(&mut self, app: &App) {
        let stopped = &self.shared.journal.stopped;
        let stopped = stopped.iter().filter(|(_, of)| **of == *app.name);
        let is_free = |id| self.process(id).is_none_or(|process| self.is_free(process));
        let stopped = stopped.filter(|(id, _)| is_free(id));
        let stopped: Vec<_> = stopped.map(|(id, _)| id.clone()).collect();
        self.ended_processes.retain(|(_, id)| !stopped.contains(id));
        stopped.iter().for_each(|id| self.forget_process(id));
        let script = identity(app);
        let is_replaced = |p: &&Process| {
            let is_its = p.has_ended() && self.is_for_next_host(p) && p.app() == &*app.name;
            is_its
                && self.is_free(p)
                && (!self.is_begun_by_each_host(p) || identity(p.app_info()) == script)
        };
        let ended = self.processes().filter(is_replaced);
        let ended: Vec<_> = ended.map(|p| p.id().clone()).collect();
        ended.iter().for_each(|id| self.forget_note(id));
    }

    /// Whether none that has not ended depends on it.
    fn is_free(&self, process: &Process) -> bool {
        self.above(process).into_iter().all(Process::has_ended)
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
        let Some(process) = self.process(id) else {
            return;
        };
        let run = process.run().clone();
        if self.is_for_next_host(process) || self.shared.journal.kept.contains(id) {
            self.forget_note(id);
        }
        self.forget_here(id);
        self.note_kept_with(&run);
    }

    fn forget_here(&mut self, id: &ProcessId) {
        if let Some(process) = self.processes.remove(id) {
            let others = || self.processes.values().any(|p| p.run() == process.run());
            let is_last = self.ties.is_group(process.run()) && !others();
            self.ties.forget(&process, is_last);
        }
        self.shared.journal.stopped.remove(id);
        self.shared.journal.kept.remove(id);
    }
}
