//! What becomes of a run: what it hears and asks, and its end.

use super::{RunEntry, State, StepPhase};
use crate::{
    ProcessId, RunId,
    event::RunEvent,
    post::Post,
    purpose::decided,
    shared::{Child, Role, Shared},
};
use alloc::{boxed::Box, string::String, sync::Arc};
use collodi_action::Action as WorldAction;
use collodi_command::{Kind, Purpose};
use collodi_env::secret_values;
use collodi_logs::Mask;
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_run::{Action, Input, Outcome, Run, RunOptions, Status};
use collodi_time::Instant;
use collodi_value::Value;

/// What a person should know who stops a run of an earlier host.
const NO_STOP_STEPS: &str =
    "an earlier server ran the script: what it has for its stop (`on.stop`) is not run";

impl RunEntry {
    pub(crate) fn begin(&mut self, options: RunOptions) {
        let own = options.env_policy.resolve(
            &options.host_vars,
            &options.env_policy.set,
            &options.grants,
        );
        self.hide(secret_values(&own.vars));
        self.state = State::Running(Box::new(Run::new(options)));
    }

    /// Ends a run that was not begun. Whether it was one.
    pub(crate) fn abandon(&mut self, now: Instant, shared: &mut Shared) -> bool {
        let waits = matches!(self.state, State::Waiting(_));
        if waits {
            self.end(now, outcome_of(Status::Cancelled, &[]), shared);
        }
        waits
    }

    /// Gives it an input and hands on what it says. Whether it is done.
    pub(crate) fn handle(&mut self, now: Instant, input: Input, shared: &mut Shared) -> bool {
        let State::Running(run) = &mut self.state else {
            return self.handle_restored(now, &input, shared);
        };
        // What is stale for the run has been completed for it already.
        let _ = run.handle_input(now, input);
        let answers = run.secrets();
        self.hide(answers.iter());
        loop {
            let State::Running(run) = &mut self.state else {
                return true;
            };
            match run.poll_output() {
                Output::Action(id, Action::World(action)) => {
                    let action = self.prepared(action, shared);
                    if let WorldAction::Exec(spec) = &action {
                        self.hide(secret_values(&spec.env));
                    }
                    shared.ask(Child::Run(self.id.clone()), Some(id), Role::Plain, action);
                }
                Output::Action(id, action) => {
                    shared.post.extend(wanted(self.id.clone(), id, action));
                }
                Output::Event(event) => self.tell_step(now, event, shared),
                Output::Wait(deadline) => {
                    shared.wait(Child::Run(self.id.clone()), deadline);
                    return false;
                }
                Output::Done(outcome) => {
                    self.global = run.global().clone();
                    self.end(now, outcome, shared);
                }
            }
        }
    }

    /// These values are in no line of the log, no message and no record from here on.
    pub(super) fn hide<'a>(&mut self, values: impl Iterator<Item = &'a String>) {
        let before = self.secrets.len();
        for value in values {
            if !self.secrets.contains(value) {
                self.secrets.insert(value.clone());
            }
        }
        if self.secrets.len() > before {
            self.mask = Mask::new(&self.secrets);
            self.log.set_mask(self.mask.clone());
        }
    }

    /// What a command of the step at hand is for.
    pub(crate) fn purpose(&self, kind: Kind) -> Purpose {
        let environment = self.running().map(|run| decided(run.environment()));
        Purpose {
            kind,
            app: Some(self.app.clone()),
            run: Some(self.id.clone().into()),
            step: Some(self.step.counted()),
            environment: environment.unwrap_or_default(),
            secrets: self.secrets.iter().cloned().collect(),
        }
    }

    /// A command is kept in the sandbox of its app, wherever it works, and one that may become
    /// a daemon says what it says into files from its start on.
    pub(super) fn prepared(&mut self, action: WorldAction, shared: &Shared) -> WorldAction {
        let WorldAction::Exec(mut spec) = action else {
            return action;
        };
        spec.purpose = self.purpose(Kind::Step);
        spec.sandbox = shared
            .confining
            .sandbox(Some(&self.app), &self.info.root, &spec);
        let may_be_kept = self.running().is_some_and(|run| run.may_keep(&spec.tree));
        if may_be_kept && let Some(recording) = shared.journal.recording(spec.tree.as_str()) {
            self.recordings.push(spec.tree.as_str().into());
            spec.recording = Some(Arc::new(recording));
        }
        WorldAction::Exec(spec)
    }

    /// What is left of a run ends with the last of its daemons.
    pub(super) fn handle_restored(
        &mut self,
        now: Instant,
        input: &Input,
        shared: &mut Shared,
    ) -> bool {
        let State::Restored(restored) = &mut self.state else {
            return false;
        };
        let mut is_told = false;
        match input {
            Input::Cancel | Input::Kill => {
                is_told = !core::mem::replace(&mut restored.is_cancelled, true);
            }
            Input::Completed(..) => restored.left = restored.left.saturating_sub(1),
            _ => {}
        }
        let (left, is_cancelled) = (restored.left, restored.is_cancelled);
        if is_told {
            self.note_line(now, NO_STOP_STEPS, shared);
        }
        if left > 0 {
            return false;
        }
        let status = match is_cancelled {
            true => Status::Cancelled,
            false => Status::Completed,
        };
        let outcome = Outcome {
            served: true,
            ..outcome_of(status, &self.kept)
        };
        self.end(now, outcome, shared);
        true
    }

    pub(super) fn end(&mut self, now: Instant, mut outcome: Outcome, shared: &mut Shared) {
        if let Status::Failed(failure) = &mut outcome.status {
            failure.kind.hide(|text| self.mask.apply(text).into_owned());
        }
        self.flush(now, shared);
        if let Status::Failed(failure) = &outcome.status
            && let Some(view) = self.view_of(&failure.step)
        {
            view.phase = StepPhase::Failed;
        }
        if matches!(outcome.status, Status::Failed(_) | Status::Cancelled) {
            shared
                .post
                .push_back(Post::StopDaemons(self.daemons.clone()));
        }
        shared.wait(Child::Run(self.id.clone()), None);
        self.known = self.known();
        let outcome = Arc::new(outcome);
        self.state = State::Ended(outcome.clone());
        self.tell(RunEvent::Ended(outcome), shared);
        shared.post.push_back(Post::Settled(self.id.clone()));
    }
}

/// What a run wants of the host.
fn wanted(run: RunId, id: ActionId, action: Action) -> Option<Post> {
    Some(match action {
        Action::ProvideEnv(request) => Post::WantEnv(run, id, request),
        Action::StartDaemon(spec) => Post::WantDaemon(run, id, spec),
        Action::KeepDaemon(keep) => Post::KeepDaemon(run, id, keep),
        Action::Script(request) => Post::WantScript(run, id, request),
        Action::TakeTurn(method) => Post::WantTurn(run, id, method),
        Action::Release(held) => Post::Release(run, id, held),
        _ => return None,
    })
}

/// How a run without steps of its own ended.
pub(super) fn outcome_of(status: Status, daemons: &[ProcessId]) -> Outcome {
    Outcome {
        status,
        steps_run: 0,
        daemons: daemons.iter().cloned().map(Into::into).collect(),
        result: Value::Null,
        served: false,
    }
}
