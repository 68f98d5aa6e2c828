//! Who hears of what.

use crate::{
    Event, Host, Process, RunId,
    checkout::Push,
    event::EnvEvent,
    post::Post,
    shared::{Child, Role},
};
use alloc::{collections::BTreeSet, string::ToString, sync::Arc};
use collodi_action::{Completion, Progress};
use collodi_contain::ContainedPath;
use collodi_machine::{ActionId, Stale};
use collodi_python::{Contents, Deletion, EnvDir};
use collodi_run::{EnvPlace, EnvRequest};
use collodi_time::Instant;
use core::ops::ControlFlow;

impl Host {
    /// Delivers the mail between the children until there is none.
    pub(crate) fn deliver(&mut self, now: Instant) {
        while let Some(post) = self.shared.post.pop_front() {
            match post {
                Post::Run(id, input) => self.run_input(now, &id, input),
                Post::Process(id, input) => self.process_input(now, &id, input),
                Post::Env(env, input) => self.env_input(now, &env, input),
                Post::Search(who, input) => self.search_input(now, &who, input),
                Post::WantEnv(run, action, request) => self.want_env(now, run, action, request),
                Post::WantDaemon(run, action, spec) => self.want_daemon(now, run, action, *spec),
                Post::EnvLine(env, line) => self.env_line(now, &env, &line),
                Post::KeepDaemon(run, action, keep) => self.keep_daemon(now, &run, action, *keep),
                Post::Said(id, said) => self.said_before(now, &id, &said),
                Post::StopDaemons(ids) => self.stop_daemons(&ids),
                Post::WantScript(run, action, request) => {
                    self.want_script(now, &run, action, request);
                }
                Post::WantTurn(run, action, method) => self.want_turn(run, action, method),
                Post::Release(run, action, held) => self.release(now, &run, action, held),
                Post::Settled(run) => self.run_settled(now, &run),
                Post::EndRun(run, how) => self.end_run(now, &run, how),
            }
        }
        for id in core::mem::take(&mut self.shared.stopped) {
            self.note_soon(now, &id);
        }
        self.leave_spared(now);
        self.write_down(now);
        self.let_go_when_clean();
    }

    fn run_input(&mut self, now: Instant, id: &RunId, input: collodi_run::Input) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        if run.handle(now, input, &mut self.shared) {
            self.remember(id);
            self.leave_turns(|(run, _)| run == id);
            self.retire_run(now, id);
        }
    }

    /// Keeps what outlives a run that has ended.
    fn remember(&mut self, id: &RunId) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        let (path, global) = (run.script_path().to_string(), run.take_global());
        let ready = run.answer().is_some_and(|answer| answer.is_ok());
        if !self.records.ended(&path, global, ready) {
            let text = "the global variables are too large to be kept";
            run.tell_note(text.to_string(), &mut self.shared);
        }
    }

    /// Keeps a run that has ended, and forgets old ones whose daemons have, too.
    pub(crate) fn retire_run(&mut self, now: Instant, id: &RunId) {
        self.shared.forget_trees(&Child::Run(id.clone()));
        self.remove_recordings(id);
        let live = self.live_trees();
        self.shared.remove_temporary(&Child::Run(id.clone()), &live);
        self.ended_runs.push((now, id.clone()));
        let kept = self.options.retention;
        let mut over = self.ended_runs.len().saturating_sub(kept.runs);
        let Self {
            ended_runs,
            runs,
            processes,
            ..
        } = self;
        ended_runs.retain(|(at, old)| {
            let is_needed = processes.values().any(|p| p.run() == old && !p.has_ended());
            let is_old = over > 0 || now.saturating_since(*at) > kept.age;
            if !is_old || is_needed {
                return true;
            }
            over = over.saturating_sub(1);
            runs.remove(old);
            false
        });
    }

    fn env_input(&mut self, now: Instant, env: &ContainedPath, input: collodi_python::Input) {
        let Some(job) = self.envs.get_mut(env) else {
            return;
        };
        if job.handle(now, input, &mut self.shared) {
            self.envs.remove(env);
            let child = Child::Env(env.clone().into());
            self.shared.forget_trees(&child);
            self.shared.remove_temporary(&child, &BTreeSet::new());
            self.env_changed(env.clone());
        }
    }

    fn want_env(&mut self, now: Instant, run: RunId, action: ActionId, request: EnvRequest) {
        let EnvRequest { env, contents } = request;
        let entry = self.runs.get(&run);
        let app = entry.map(|entry| entry.app_info().name.clone());
        let who = (run, action);
        match env {
            EnvPlace::At(env) => self.make_for(who, app, &env, contents),
            EnvPlace::Conda(name) => self.want_named(now, who, app, (name, contents)),
        }
    }

    /// Has this environment made for an action of a run.
    pub(crate) fn make_for(
        &mut self,
        (run, action): (RunId, ActionId),
        app: Option<Arc<str>>,
        env: &EnvDir,
        contents: Contents,
    ) {
        if let Some(entry) = self.runs.get_mut(&run) {
            entry.add_env(env.path().clone());
        }
        self.env_job(app, env, contents).add(run, action);
        self.begin_env(env.path());
    }

    fn env_line(&mut self, now: Instant, env: &ContainedPath, line: &str) {
        let Some(job) = self.envs.get(env) else {
            return;
        };
        for run in job.runs() {
            if let Some(entry) = self.runs.get_mut(run) {
                entry.note_line(now, line, &mut self.shared);
            }
        }
    }

    pub(crate) fn progress(
        &mut self,
        now: Instant,
        id: ActionId,
        progress: Progress,
    ) -> Result<(), Stale> {
        self.shared.out.progress(id)?;
        if let Some(owner) = self.shared.owners.get_mut(&id) {
            owner.heard(&progress);
        }
        if let Some(Child::Call(call)) = self.shared.owners.get(&id).map(|owner| &owner.child) {
            self.call_progress(now, *call, &progress);
            return Ok(());
        }
        let Some(owner) = self.shared.owners.get(&id) else {
            return Ok(());
        };
        let (child, role) = (owner.child.clone(), owner.role);
        let Some(own) = owner.id else {
            return Ok(());
        };
        match (child, role) {
            (Child::Detect, _) => {
                self.detect_input(now, collodi_python::Input::Progress(own, progress));
            }
            (Child::Env(env), _) => {
                self.env_input(now, &env, collodi_python::Input::Progress(own, progress));
            }
            (Child::Locate(run, action), _) => {
                let heard = collodi_python::Input::Progress(own, progress);
                self.search_input(now, &(run, action), heard);
            }
            (Child::Run(run), _) => {
                self.run_input(now, &run, collodi_run::Input::Progress(own, progress));
            }
            (Child::Process(process), Role::Life) => {
                let before = self.process(&process).and_then(Process::identity).cloned();
                let is_named = matches!(progress, Progress::Identified(_));
                if let Some(process) = self.processes.get_mut(&process) {
                    process.progress(now, progress, &mut self.shared);
                }
                // That of one that was taken over is written down.
                if is_named && self.process(&process).and_then(Process::identity) != before.as_ref()
                {
                    self.note_process(&process);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn completed(
        &mut self,
        now: Instant,
        id: ActionId,
        completion: Completion,
    ) -> Result<(), Stale> {
        self.shared.out.complete(id)?;
        let Some(owner) = self.shared.owners.remove(&id) else {
            return Ok(());
        };
        match (&owner.child, owner.id) {
            (Child::Detect, Some(own)) => {
                self.detect_input(now, collodi_python::Input::Completed(own, completion));
            }
            (Child::Env(env), Some(own)) => {
                self.env_input(now, env, collodi_python::Input::Completed(own, completion));
            }
            (Child::Locate(run, action), Some(own)) => {
                let ended = collodi_python::Input::Completed(own, completion);
                self.search_input(now, &(run.clone(), *action), ended);
            }
            (Child::Run(run), Some(own)) => {
                let completed = collodi_run::Completed::World(completion);
                self.run_input(now, run, collodi_run::Input::Completed(own, completed));
            }
            (Child::Process(process), _) => {
                if let Some(process) = self.processes.get_mut(process) {
                    process.completed(now, &owner, completion, &mut self.shared);
                }
            }
            (Child::Reach(process), _) => {
                let succeeded = matches!(completion, Completion::Connected(Ok(())));
                let before = self.process(process).and_then(Process::url).cloned();
                if let Some(process) = self.processes.get_mut(process) {
                    process.tried(now, owner.id, succeeded, &mut self.shared);
                }
                if self.process(process).and_then(Process::url) != before.as_ref() {
                    self.note_process(process);
                }
            }
            (Child::Ready(process), _) => {
                if let Some(process) = self.processes.get_mut(process) {
                    process.watched(now, owner.id, &completion, &mut self.shared);
                }
            }
            (Child::EnvSpace(env), _) => self.room_is_known(env, &completion),
            (Child::EnvDeletion(path), _) => {
                self.deletion(path, completion);
            }
            (Child::Journal(sheet), _) => self.put_down(now, sheet, completion),
            (Child::Recovery(look), _) => self.looked(now, look, completion),
            // After the end of everything nothing more is told.
            (Child::LeftAlone(_), _) if self.is_over() => {}
            (Child::LeftAlone(id), _) => self.left_alone_is_empty(now, id, &completion),
            (Child::StandIn, _) => self.stand_in_written(&completion),
            (Child::Call(call), _) => self.call_completed(now, *call, completion),
            _ => {}
        }
        Ok(())
    }

    /// The next step of deleting an environment.
    fn deletion(&mut self, path: &ContainedPath, how: Completion) {
        let Some(deletion) = self.deleting.remove(path) else {
            return;
        };
        let ended = match deletion.completed(how) {
            ControlFlow::Continue(next) => return self.delete(path.clone(), next),
            ControlFlow::Break(ended) => ended,
        };
        let (shown, what) = (path.absolute(), EnvEvent::Deleted(ended));
        self.shared.out.event(Event::Env { path: shown, what });
        self.begin_env(path);
    }

    pub(crate) fn delete(&mut self, path: ContainedPath, deletion: Deletion) {
        let action = deletion.action();
        self.deleting.insert(path.clone(), deletion);
        let child = Child::EnvDeletion(path.into());
        self.shared.ask(child, None, Role::Plain, action);
    }

    /// Passes the time on to the first child whose deadline has come. When there are
    /// more, their deadline is the host's next: who goes on at once, as a run of many
    /// steps does, lets everyone else have a turn before.
    pub(crate) fn timeout(&mut self, now: Instant) {
        let Some((child, _)) = self.shared.timers.pop_due(now) else {
            return;
        };
        if self.has_left() {
            return;
        }
        match child {
            Child::Detect => self.detect_input(now, collodi_python::Input::Timeout),
            Child::Env(env) => self.env_input(now, &env, collodi_python::Input::Timeout),
            Child::Locate(run, action) => {
                self.search_input(now, &(run, action), collodi_python::Input::Timeout);
            }
            Child::Run(run) => self.run_input(now, &run, collodi_run::Input::Timeout),
            Child::Process(id) => self.process_due(now, &id),
            Child::Reach(id) => {
                if let Some(process) = self.processes.get_mut(&id) {
                    process.try_again(&mut self.shared);
                }
            }
            Child::Ready(id) => {
                if let Some(process) = self.processes.get_mut(&id) {
                    process.watch_again(now, &mut self.shared);
                }
            }
            Child::Members(id) => {
                if let Some(process) = self.processes.get(&id) {
                    process.look(&mut self.shared);
                }
            }
            Child::Shutdown => drop(self.kill(now)),
            Child::HandOver => self.stay(),
            Child::Emptying(id) => match self.processes.get(&id) {
                Some(process) => process.await_empty(&mut self.shared),
                None => self.await_end_of(&id),
            },
            Child::Call(call) => self.signal_fetch(now, call, Push::Due),
            Child::Journal(sheet) => self.shared.put_again(&sheet),
            Child::Recovery(_) => self.give_up_clearing(now),
            Child::LeftAlone(id) => self.left_alone_due(now, &id),
            Child::StandIn | Child::EnvSpace(_) | Child::EnvDeletion(_) | Child::Aside => {}
        }
    }
}
