//! How a run comes to be: as a request, of a record, or from the step of another on.

use super::{Restored, RunEntry, State, StepPhase, course::outcome_of, told::views};
use crate::{RunId, RunRequest, script_address::identity};
use alloc::{boxed::Box, collections::BTreeSet, sync::Arc, vec::Vec};
use collodi_logs::{Limits, Log, Mask};
use collodi_run::{App, Known, PreparedAnswers, Resume, Status};
use collodi_script::{List, StepAt, Supervision};
use collodi_time::WallTime;
use collodi_value::{Object, Value};

impl RunEntry {
    pub(crate) fn new(id: RunId, request: RunRequest, started_at: WallTime) -> Self {
        let script = request.script.clone();
        Self {
            steps: views(&script, &List::Run),
            supervision: script.supervision,
            script: Some(script),
            args: request.args.clone(),
            answers: (*request.answers).clone(),
            overrides: request.overrides.clone(),
            ..Self::of(id, request.app.clone(), started_at, State::Waiting(request))
        }
    }

    /// A run of an earlier host: it serves on with these variables, or is done.
    pub(crate) fn restored(
        id: RunId,
        app: App,
        local: Option<Object>,
        started_at: WallTime,
    ) -> Self {
        let state = match local {
            Some(local) => State::Restored(Restored {
                local,
                is_cancelled: false,
                left: 0,
            }),
            None => State::Ended(Arc::new(outcome_of(Status::Completed, &[]))),
        };
        Self::of(id, app, started_at, state)
    }

    /// A run of which nothing is known but this.
    fn of(id: RunId, app: App, started_at: WallTime, state: State) -> Self {
        Self {
            origin: id.clone(),
            caller: None,
            script_path: identity(&app),
            app: app.name.clone(),
            file: app.file.clone(),
            info: Arc::new(app),
            args: Value::Null,
            answers: PreparedAnswers::default(),
            overrides: Arc::default(),
            resume: Resume::default(),
            known: Known::default(),
            global: Object::new(),
            is_ending: false,
            id,
            started_at,
            supervision: Supervision::default(),
            steps: Vec::new(),
            script: None,
            state,
            log: Log::new(Limits::default()),
            secrets: BTreeSet::new(),
            mask: Mask::default(),
            step: StepAt::default(),
            daemons: Vec::new(),
            kept: Vec::new(),
            recordings: Vec::new(),
            envs: BTreeSet::new(),
        }
    }

    /// A run that a step of another one started; `caller` waits for it.
    pub(crate) fn called(mut self, origin: &RunId, caller: Option<RunId>) -> Self {
        self.origin = origin.clone();
        self.caller = caller;
        self
    }

    /// What `by` knows of secrets may be in what it hands on.
    pub(crate) fn keeping_secrets_of(mut self, by: Option<&Self>) -> Self {
        self.hide(by.iter().flat_map(|by| &by.secrets));
        self
    }

    /// Begins at this step. What an earlier run knew is only taken over where something of that
    /// run is left out.
    pub(crate) fn resuming(mut self, from: usize, of: Option<&Self>) -> Self {
        let known = of.filter(|_| from > 0).map(Self::known);
        self.resume = Resume {
            from,
            known: known.unwrap_or_default(),
        };
        for view in self.steps.iter_mut().take(from) {
            view.phase = StepPhase::Skipped;
        }
        self.keeping_secrets_of(of)
    }

    /// Where it begins.
    pub(crate) fn take_resume(&mut self) -> Resume {
        core::mem::take(&mut self.resume)
    }

    /// What another run needs to begin where this one is, or was at its end.
    pub fn known(&self) -> Known {
        match &self.state {
            State::Running(run) => run.known(),
            _ => self.known.clone(),
        }
    }

    /// What would run it once more; none when an earlier host ran it.
    pub fn request(&self) -> Option<RunRequest> {
        Some(RunRequest {
            app: App::clone(&self.info),
            script: self.script.clone()?,
            args: self.args.clone(),
            answers: Box::new(self.answers.clone()),
            overrides: self.overrides.clone(),
            again: false,
        })
    }
}
