//! Daemons that are told to run: those that have ended are supervised anew.

use crate::{
    Accepted, Host, Process, ProcessId, Refused, RunEntry, RunId, post::Post,
    script_address::identity,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::TreeId;
use collodi_restart::{Input, Phase};
use collodi_time::Instant;

impl Host {
    /// What a start or restart of this daemon would start of what has ended: itself and those that it
    /// depends on. Nothing when it would be refused for one of those.
    pub fn startable_with(&self, process: &Process) -> Vec<&Process> {
        let ids = self.ended_below(process.id()).unwrap_or_default();
        ids.iter().filter_map(|id| self.process(id)).collect()
    }

    /// Has a daemon run, if it does not.
    pub(crate) fn start_process(
        &mut self,
        now: Instant,
        id: &ProcessId,
    ) -> Result<Accepted, Refused> {
        let phase = self.not_being_stopped(id)?;
        let waits = matches!(
            phase,
            Phase::New | Phase::Held | Phase::Crashed | Phase::Clearing
        );
        if waits || matches!(phase, Phase::Ended(_)) {
            self.begin_anew(now, core::slice::from_ref(id))?;
        }
        if waits {
            self.begin_next_lives(now, core::slice::from_ref(id));
        }
        Ok(Accepted::UnderWay)
    }

    /// Has a daemon run in a life that begins by now.
    pub(crate) fn restart_process(
        &mut self,
        now: Instant,
        id: &ProcessId,
    ) -> Result<Accepted, Refused> {
        let phase = self.not_being_stopped(id)?;
        self.begin_anew(now, core::slice::from_ref(id))?;
        if !matches!(phase, Phase::Ended(_)) {
            self.begin_next_lives(now, core::slice::from_ref(id));
        }
        Ok(Accepted::UnderWay)
    }

    /// Has the living daemons of an app run in lives that begin by now: each is ended before those that it
    /// depends on, and started after them.
    pub(crate) fn restart_app(&mut self, now: Instant, app: &str) -> Result<Accepted, Refused> {
        let of_app = |p: &&Process| p.app() == app && !p.has_ended();
        let living = self.processes().filter(of_app);
        let (ending, living): (Vec<_>, Vec<_>) = living.partition(|p| p.is_being_stopped());
        if living.is_empty() {
            let nothing = || Refused::NothingRuns(app.to_string());
            let stopping = |p: &&Process| Refused::Stopping(p.id().to_string());
            return Err(ending.first().map_or_else(nothing, stopping));
        }
        let ids: Vec<_> = living.into_iter().map(|p| p.id().clone()).collect();
        self.begin_anew(now, &ids)?;
        self.begin_next_lives(now, &ids);
        Ok(Accepted::UnderWay)
    }

    /// How far a daemon is that nobody is ending: what was told to end ends.
    fn not_being_stopped(&self, id: &ProcessId) -> Result<Phase, Refused> {
        let process = self.process(id);
        let process = process.ok_or_else(|| self.refusal_of(id))?;
        match process.is_being_stopped() {
            true => Err(Refused::Stopping(id.to_string())),
            false => Ok(process.status().phase),
        }
    }

    /// Each begins by now: when those that it depends on are up, and no later.
    fn begin_next_lives(&mut self, now: Instant, ids: &[ProcessId]) {
        // What it said before is being read: that one goes on then, as it is asked here.
        let goes_on = |process: &Process| process.order.history.is_some() && !process.is_up();
        let is_known = |id: &&ProcessId| self.process(id).is_some_and(|p| !goes_on(p));
        let known: Vec<_> = ids.iter().filter(is_known).cloned().collect();
        self.start_again(now, &known);
        for id in ids {
            let phase = self.process(id).map(|process| process.status().phase);
            if matches!(phase, Some(Phase::Held | Phase::Crashed)) {
                let no_longer = Post::Process(id.clone(), Input::Restart);
                self.shared.post.push_back(no_longer);
            }
            self.settle(now, id);
        }
    }

    /// Supervises daemons anew, as far as they have ended, and those that they depend on and that have.
    fn begin_anew(&mut self, now: Instant, ids: &[ProcessId]) -> Result<(), Refused> {
        let mut ended: Vec<ProcessId> = Vec::new();
        for id in ids {
            let mut below = self.ended_below(id)?;
            below.retain(|id| !ended.contains(id));
            ended.append(&mut below);
        }
        if !ended.is_empty() {
            self.refuse_early()?;
        }
        for process in ended.iter().filter_map(|id| self.process(id)) {
            self.changing.refuse(process.app())?;
            self.refuse_left_alone(process.app())?;
            self.refuse_replaced(process)?;
        }
        ended.iter().for_each(|id| self.revive(id));
        for id in &ended {
            self.begin_process(now, id);
            self.note_process(id);
        }
        Ok(())
    }

    /// Another run of its script has taken its place, unless others of its own run live beside that. Other
    /// scripts of its app may run beside it.
    fn refuse_replaced(&self, process: &Process) -> Result<(), Refused> {
        let of_run = |of: &&Process| of.run() == process.run() && !of.has_ended();
        let is_its = self.processes().any(|of| of_run(&of));
        let script = identity(process.app_info());
        let by = self
            .other_run_of(&script, process.run())
            .filter(|_| !is_its);
        by.map_or(Ok(()), |by| {
            Err(Refused::Replaced {
                process: process.id().to_string(),
                app: process.app().to_string(),
                by,
            })
        })
    }

    /// What lives of the script at this path and is not of this run: another run, or a daemon.
    fn other_run_of(&self, script: &str, run: &RunId) -> Option<String> {
        let is_other = |of: &&RunEntry| of.id() != run && of.script_path() == script;
        let mut runs = self.runs().filter(is_other);
        let run_of_it = runs.find(|of| of.outcome().is_none());
        let is_other = |of: &&Process| of.run() != run && identity(of.app_info()) == script;
        let mut living = self.processes().filter(|of| !of.has_ended());
        run_of_it
            .map(|run| run.id().to_string())
            .or_else(|| Some(living.find(is_other)?.id().to_string()))
    }

    /// Of this daemon and those that it depends on, directly or not, the ones that have ended.
    fn ended_below(&self, id: &ProcessId) -> Result<Vec<ProcessId>, Refused> {
        let mut seen = Vec::from([id.clone()]);
        let mut at = 0;
        while let Some(process) = seen.get(at).and_then(|id| self.process(id)) {
            for name in process.depends_on() {
                let below = match self.named_beside(process, name) {
                    // One that lives has come to do without.
                    Err(_) if !process.has_ended() => continue,
                    below => below?,
                };
                self.not_being_stopped(below.id())?;
                if !seen.contains(below.id()) {
                    seen.push(below.id().clone());
                }
            }
            at += 1;
        }
        let has_ended = |id: &ProcessId| self.process(id).is_some_and(Process::has_ended);
        seen.retain(has_ended);
        Ok(seen)
    }

    /// The daemon that another one of its run depends on: the one that lives, when several
    /// had the name.
    fn named_beside<'h>(
        &'h self,
        process: &'h Process,
        name: &'h str,
    ) -> Result<&'h Process, Refused> {
        let named = self.named_by(process, name);
        let found = named.max_by_key(|p| !p.has_ended());
        found.ok_or_else(|| Refused::NoGround {
            process: process.id().to_string(),
            needs: name.to_string(),
        })
    }

    /// A daemon that has ended is one that is not started yet, and is written down as such.
    pub(crate) fn revive(&mut self, id: &ProcessId) {
        let seed = self.shared.ids.seed();
        let recording = self.shared.journal.recording(id.as_str());
        let is_on = self.shared.journal.is_on();
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        let before = process.recording().map(ToString::to_string);
        let tree = TreeId::new(&format!("{id}-{seed:016x}"));
        process.begin_anew(tree, recording, seed);
        process.order.noted = !is_on;
        if let Some(run) = self.runs.get_mut(process.run()) {
            run.keep_no_more(id);
        }
        // A command of a run had the name of its tree.
        if let Some(other) = before.filter(|name| name != id.as_str()) {
            self.shared.remove_recording(&other);
        }
        self.shared.keep_recording(id.as_str());
        self.shared.journal.stopped.remove(id);
        self.ended_processes.retain(|(_, ended)| ended != id);
    }
}
