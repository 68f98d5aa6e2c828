//! The end of runs and daemons: of one, of all of an app, of everything.

use crate::{
    Accepted, Host, Process, ProcessId, Refused, RunEntry, RunId, post::Post,
    script_address::identity, shared::Child,
};
use alloc::{string::ToString, vec::Vec};
use collodi_time::{Deadline, Duration, Instant};

impl Host {
    /// Somebody ends a run: its script is not started again, either.
    pub(crate) fn cancel_asked(&mut self, now: Instant, id: &RunId) -> Result<Accepted, Refused> {
        let accepted = self.cancel_run(now, id)?;
        if let Some(path) = self.runs.get(id).map(|run| run.script_path().to_string()) {
            self.leave_restarts(now, |app| identity(app) == path);
        }
        Ok(accepted)
    }

    /// Ends a run and its daemons. Restarts of its script that are under way stay.
    pub(crate) fn cancel_run(&mut self, now: Instant, id: &RunId) -> Result<Accepted, Refused> {
        let Some(entry) = self.runs.get_mut(id) else {
            return Err(Refused::NoSuchRun(id.to_string()));
        };
        // A run that has ended well still has its daemons.
        let daemons = entry.daemons().to_vec();
        self.operator_stops(&daemons);
        self.end_daemons(daemons);
        self.end_run(now, id, collodi_run::Input::Cancel);
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn stop_process_asked(
        &mut self,
        now: Instant,
        id: &ProcessId,
    ) -> Result<Accepted, Refused> {
        if self.is_left_alone(id) {
            self.may_end_alone()?;
            self.end_left_alone(now, id);
            return Ok(Accepted::UnderWay);
        }
        if self.process(id).is_none() {
            return Err(Refused::NoSuchProcess(id.to_string()));
        }
        self.tell_end(id, collodi_restart::Input::Stop);
        self.operator_stops(core::slice::from_ref(id));
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn stop_app(&mut self, now: Instant, app: &str) -> Result<Accepted, Refused> {
        let alone = self.left_alone_of(app);
        if self.busy_by(app).is_none() && alone.is_empty() {
            self.refuse_left_alone(app)?;
            return Err(Refused::NothingRuns(app.to_string()));
        }
        if !alone.is_empty() {
            self.may_end_alone()?;
        }
        let unfinished = |run: &&RunEntry| run.app() == app && run.outcome().is_none();
        let runs: Vec<_> = self
            .runs()
            .filter(unfinished)
            .map(|run| run.id().clone())
            .collect();
        for id in runs {
            self.end_run(now, &id, collodi_run::Input::Cancel);
        }
        let of_app = |p: &&Process| p.app() == app && !p.has_ended();
        let processes: Vec<_> = self
            .processes()
            .filter(of_app)
            .map(|p| p.id().clone())
            .collect();
        self.operator_stops(&processes);
        self.end_daemons(processes);
        alone.iter().for_each(|id| self.end_left_alone(now, id));
        self.leave_restarts(now, |of| *of.name == *app);
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn shut_down(&mut self, now: Instant, budget: Duration) -> Accepted {
        self.spares = None;
        self.begin_shutdown(now, budget)
    }

    /// Ends all that is not spared.
    pub(crate) fn begin_shutdown(&mut self, now: Instant, budget: Duration) -> Accepted {
        if self.is_over() {
            return Accepted::UnderWay;
        }
        self.shutting_down = true;
        // What ends has nobody who goes on with it.
        self.shared.journal.follower = None;
        self.shared.wait(Child::HandOver, None);
        let deadline = Deadline::new(now + budget, "shutdown");
        let earlier = self.shared.timers.get(&Child::Shutdown);
        self.shared
            .wait(Child::Shutdown, Deadline::earlier(earlier, Some(deadline)));
        for id in self.runs_to_end() {
            self.end_run(now, &id, collodi_run::Input::Cancel);
        }
        let daemons = self.processes().filter(|p| !self.is_spared(p));
        self.end_daemons(daemons.map(|p| p.id().clone()).collect());
        let envs: Vec<_> = self.envs.keys().cloned().collect();
        for env in envs {
            self.shared
                .post
                .push_back(Post::Env(env, collodi_python::Input::Cancel));
        }
        self.leave_restarts(now, |_| true);
        self.detect_input(now, collodi_python::Input::Cancel);
        Accepted::UnderWay
    }

    pub(crate) fn kill(&mut self, now: Instant) -> Accepted {
        for id in self.runs_to_end() {
            self.end_run(now, &id, collodi_run::Input::Kill);
        }
        self.leave_restarts(now, |_| true);
        self.hurry_fetches(now);
        self.hurry_left_alone(now);
        let spares = self.spares.as_deref();
        let daemons = self.processes().filter(|p| !p.is_spared(spares));
        let daemons: Vec<_> = daemons.map(|p| p.id().clone()).collect();
        daemons
            .iter()
            .for_each(|id| self.tell_end(id, collodi_restart::Input::Kill));
        Accepted::UnderWay
    }

    /// Tells a daemon to end in this way. One whose history is being read goes on first, and is ended
    /// then.
    fn tell_end(&mut self, id: &ProcessId, how: collodi_restart::Input) {
        if let Some(process) = self.processes.get_mut(id) {
            process.order.stop_asked = true;
            if process.order.history.is_none() {
                process.order.stop_told = true;
                self.shared.post.push_back(Post::Process(id.clone(), how));
            }
        }
    }

    /// Ends a run, also one that waits for its environment or was not begun.
    pub(crate) fn end_run(&mut self, now: Instant, id: &RunId, how: collodi_run::Input) {
        let kept = self.runs.get(id).map(|entry| entry.kept().to_vec());
        let kept = kept.unwrap_or_default();
        if matches!(how, collodi_run::Input::Kill) {
            kept.iter()
                .for_each(|id| self.tell_end(id, collodi_restart::Input::Kill));
        } else {
            self.end_daemons(kept);
        }
        let entry = self.runs.get_mut(id);
        if entry.is_some_and(|entry| {
            entry.set_ending();
            entry.abandon(now, &mut self.shared)
        }) {
            self.retire_run(now, id);
        }
        self.shared
            .post
            .push_back(Post::Run(id.clone(), how.clone()));
        self.leave_calls(now, id, &how);
        self.leave_envs(|(run, _)| run == id);
    }

    /// Ends daemons with the runs that they belong to. What a run keeps is ended when that
    /// run has done what it does on its stop, for which its server may still be needed.
    fn end_daemons(&mut self, mut daemons: Vec<ProcessId>) {
        let is_left_to_run = |id: &ProcessId| {
            let process = self.process(id);
            let run = process.and_then(|process| self.runs.get(process.run()));
            run.is_some_and(|run| run.ends_itself(id))
        };
        daemons.retain(|id| !is_left_to_run(id));
        self.shared.post.push_back(Post::StopDaemons(daemons));
    }

    /// Somebody stops these: that is remembered, after they are told to end. A host that
    /// dies between the two runs them again, as one that dies before both.
    fn operator_stops(&mut self, ids: &[ProcessId]) {
        for id in ids {
            let process = self.processes.get_mut(id).filter(|p| !p.has_ended());
            if let Some(process) = process {
                process.stopped_by_operator = true;
                self.shared.stopped.push(id.clone());
            }
        }
    }
}
