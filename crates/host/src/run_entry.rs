//! A run as the host keeps it.

use crate::{
    Event, ProcessId, RunId, RunRequest,
    event::RunEvent,
    post::Post,
    purpose::decided,
    script_address::identity,
    script_start::result,
    shared::{Child, Role, Shared},
};
use alloc::{
    boxed::Box,
    collections::BTreeSet,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::Action as WorldAction;
use collodi_command::{Kind, Purpose};
use collodi_contain::ContainedPath;
use collodi_env::secret_values;
use collodi_logs::{Limits, Line, Log, Mask};
use collodi_machine::{Machine, Output};
use collodi_run::{
    Action, App, Event as StepEvent, Input, Known, Outcome, PreparedAnswers, Question, Resume, Run,
    RunOptions, ScriptFault, Status,
};
use collodi_script::{List, Script, StepAt, Supervision};
use collodi_time::{Instant, WallTime};
use collodi_value::{Object, Value};

/// A run as the host keeps it, also after its end.
#[derive(Clone, Debug)]
pub struct RunEntry {
    id: RunId,
    app: String,
    file: String,
    started_at: WallTime,
    state: State,
    /// None of a run of an earlier host: it has no steps to come.
    script: Option<Arc<Script>>,
    steps: Vec<StepView>,
    log: Log,
    /// Values that its commands were given, or people answered, and that nobody is to read.
    secrets: BTreeSet<String>,
    mask: Mask,
    step: StepAt,
    daemons: Vec<ProcessId>,
    /// Those of them that were commands of the run.
    kept: Vec<ProcessId>,
    /// The directories of what its commands say that may become daemons.
    recordings: Vec<String>,
    supervision: Supervision,
    envs: BTreeSet<ContainedPath>,
    info: App,
    args: Value,
    answers: PreparedAnswers,
    script_path: String,
    /// The run that someone asked for, from which this one comes.
    origin: RunId,
    /// The run that waits for this one.
    caller: Option<RunId>,
    /// Where it begins, until it does.
    resume: Resume,
    /// What it knew at its end.
    known: Known,
    /// Its variables that outlive it, when it has ended.
    global: Object,
    /// It was told to end.
    is_ending: bool,
}

#[derive(Clone, Debug)]
enum State {
    /// It waits until the host knows what the machine has.
    Waiting(RunRequest),
    Running(Box<Run>),
    /// It served when its host died; its commands that are daemons live on.
    Restored(Restored),
    Ended(Arc<Outcome>),
}

/// What is left of a run that an earlier host had.
#[derive(Clone, Debug)]
struct Restored {
    local: Object,
    /// Somebody wants it to end.
    is_cancelled: bool,
    /// Its commands that are daemons and have not ended.
    left: usize,
}

/// Where a run is in its life.
#[derive(Clone, Debug)]
pub enum RunPhase {
    /// It waits until the host knows what the machine has.
    Waiting,
    /// It is at one of its steps.
    Running,
    /// All its steps are done, and it stays up.
    Serving,
    /// It has ended.
    Ended(Arc<Outcome>),
}

/// A step of a run, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// Where it stands.
    pub at: StepAt,
    /// What it does.
    pub method: String,
    /// How far it is.
    pub phase: StepPhase,
    /// The last command it ran.
    pub command: Option<String>,
    /// The number of the first line of the log that may be of it, once it was begun or left
    /// out.
    pub log_from: Option<u64>,
}

/// How far a step is. A step that is run again starts over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StepPhase {
    /// Not begun.
    #[default]
    Pending,
    /// Begun.
    Running,
    /// Done.
    Done,
    /// Left out by its `when`.
    Skipped,
    /// Failed.
    Failed,
}

/// What a person should know who stops a run of an earlier host.
const NO_STOP_STEPS: &str =
    "an earlier server ran the script: what it has for its stop (`on.stop`) is not run";

impl RunEntry {
    pub(crate) fn new(id: RunId, request: RunRequest, started_at: WallTime) -> Self {
        let script = request.script.clone();
        Self {
            steps: views(&script, &List::Run),
            script: Some(script),
            origin: id.clone(),
            caller: None,
            info: request.app.clone(),
            args: request.args.clone(),
            answers: (*request.answers).clone(),
            script_path: identity(&request.app),
            resume: Resume::default(),
            known: Known::default(),
            global: Object::new(),
            is_ending: false,
            id,
            app: request.app.name.clone(),
            file: request.app.file.clone(),
            started_at,
            supervision: request.script.supervision,
            state: State::Waiting(request),
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
        Self {
            origin: id.clone(),
            caller: None,
            info: app.clone(),
            args: Value::Null,
            answers: PreparedAnswers::default(),
            script_path: identity(&app),
            resume: Resume::default(),
            known: Known::default(),
            global: Object::new(),
            is_ending: false,
            id,
            app: app.name,
            file: app.file,
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
            app: self.info.clone(),
            script: self.script.clone()?,
            args: self.args.clone(),
            answers: Box::new(self.answers.clone()),
            again: false,
        })
    }

    /// Its name.
    pub const fn id(&self) -> &RunId {
        &self.id
    }

    /// The app it belongs to.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The script's file name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// When it was accepted.
    pub const fn started_at(&self) -> WallTime {
        self.started_at
    }

    /// Where it is in its life.
    pub fn phase(&self) -> RunPhase {
        match &self.state {
            State::Waiting(_) => RunPhase::Waiting,
            State::Running(run) if run.is_serving() => RunPhase::Serving,
            State::Restored(_) => RunPhase::Serving,
            State::Running(_) => RunPhase::Running,
            State::Ended(outcome) => RunPhase::Ended(outcome.clone()),
        }
    }

    /// The answers that came with it.
    pub(crate) const fn answers(&self) -> &PreparedAnswers {
        &self.answers
    }

    /// What it asks of a person, as long as it waits for the answer.
    pub fn question(&self) -> Option<&Arc<Question>> {
        match &self.state {
            State::Running(run) => run.question(),
            _ => None,
        }
    }

    /// Whether a command of it reads what is written to it.
    pub fn reads(&self) -> bool {
        matches!(&self.state, State::Running(run) if run.reader().is_some())
    }

    /// How it ended.
    pub const fn outcome(&self) -> Option<&Arc<Outcome>> {
        if let State::Ended(outcome) = &self.state {
            Some(outcome)
        } else {
            None
        }
    }

    /// Its steps: those of `run`, and behind them those of the lists that were begun.
    pub fn steps(&self) -> &[StepView] {
        &self.steps
    }

    /// The output of its commands.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The daemons it started.
    pub fn daemons(&self) -> &[ProcessId] {
        &self.daemons
    }

    /// The path of its script.
    pub fn script_path(&self) -> &str {
        &self.script_path
    }

    /// The run that someone asked for, from which this one comes: itself, unless a
    /// step of another run started it.
    pub const fn origin(&self) -> &RunId {
        &self.origin
    }

    /// The run whose step waits for this one.
    pub(crate) const fn caller(&self) -> Option<&RunId> {
        self.caller.as_ref()
    }

    pub(crate) const fn app_info(&self) -> &App {
        &self.info
    }

    pub(crate) const fn args(&self) -> &Value {
        &self.args
    }

    /// Whether all its steps are done and it stays up.
    pub(crate) fn is_serving(&self) -> bool {
        matches!(self.phase(), RunPhase::Serving)
    }

    /// Its variables, as long as it has not ended.
    pub(crate) fn local(&self) -> Option<&Object> {
        match &self.state {
            State::Restored(restored) => Some(&restored.local),
            _ => self.running().map(Run::local),
        }
    }

    /// Its variables that outlive it, as long as it has not ended.
    pub(crate) fn global(&self) -> Option<&Object> {
        self.running().map(Run::global)
    }

    fn running(&self) -> Option<&Run> {
        match &self.state {
            State::Running(run) => Some(run),
            _ => None,
        }
    }

    /// Whether it does what it does on its stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.running().is_some_and(Run::is_stopping)
    }

    /// What who started it hears, when it serves or has ended.
    pub(crate) fn answer(&self) -> Option<Result<Value, ScriptFault>> {
        match &self.state {
            State::Running(run) if run.is_serving() => Some(Ok(run.result().clone())),
            State::Restored(_) => Some(Ok(Value::Null)),
            State::Ended(outcome) => Some(result(&self.script_path, outcome)),
            _ => None,
        }
    }

    /// Takes out its variables that outlive it, when it has ended.
    pub(crate) fn take_global(&mut self) -> Object {
        core::mem::take(&mut self.global)
    }

    /// It is told to end.
    pub(crate) const fn set_ending(&mut self) {
        self.is_ending = true;
    }

    /// Whether it was told to end.
    pub(crate) const fn is_ending(&self) -> bool {
        self.is_ending
    }

    /// Takes out the request of a run that waits.
    pub(crate) fn waiting(&self) -> Option<RunRequest> {
        if let State::Waiting(request) = &self.state {
            Some(request.clone())
        } else {
            None
        }
    }

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

    /// Whether it is unfinished and has asked for this environment.
    pub(crate) fn uses_env(&self, env: &ContainedPath) -> bool {
        self.outcome().is_none() && self.envs.contains(env)
    }

    pub(crate) fn add_env(&mut self, env: ContainedPath) {
        self.envs.insert(env);
    }

    pub(crate) fn add_daemon(&mut self, id: ProcessId) {
        self.daemons.push(id);
    }

    /// A command of the run is a daemon from here on.
    pub(crate) fn add_kept(&mut self, id: ProcessId) {
        if let State::Restored(restored) = &mut self.state {
            restored.left += 1;
        }
        self.kept.push(id.clone());
        self.daemons.push(id);
    }

    /// The daemons that were commands of the run: it serves as long as one lives.
    pub(crate) fn kept(&self) -> &[ProcessId] {
        &self.kept
    }

    /// Whether it says itself when this daemon is to end, once it is told to.
    pub(crate) fn ends_itself(&self, daemon: &ProcessId) -> bool {
        self.running().is_some() && self.kept.contains(daemon)
    }

    /// Whether it serves, and all that it serves with are daemons.
    pub(crate) fn is_all_kept(&self) -> bool {
        match &self.state {
            State::Running(run) => run.is_serving() && run.living() <= self.kept.len(),
            State::Restored(_) => true,
            _ => false,
        }
    }

    pub(crate) fn take_recordings(&mut self) -> Vec<String> {
        core::mem::take(&mut self.recordings)
    }

    pub(crate) const fn supervision(&self) -> Supervision {
        self.supervision
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
                Output::Action(id, Action::ProvideEnv(request)) => {
                    shared
                        .post
                        .push_back(Post::WantEnv(self.id.clone(), id, request));
                }
                Output::Action(id, Action::StartDaemon(spec)) => {
                    shared
                        .post
                        .push_back(Post::WantDaemon(self.id.clone(), id, spec));
                }
                Output::Action(id, Action::KeepDaemon(keep)) => {
                    shared
                        .post
                        .push_back(Post::KeepDaemon(self.id.clone(), id, keep));
                }
                Output::Action(id, Action::Script(request)) => {
                    shared
                        .post
                        .push_back(Post::WantScript(self.id.clone(), id, request));
                }
                Output::Action(id, Action::TakeTurn(method)) => {
                    shared
                        .post
                        .push_back(Post::WantTurn(self.id.clone(), id, method));
                }
                Output::Action(id, Action::Release(held)) => {
                    shared
                        .post
                        .push_back(Post::Release(self.id.clone(), id, held));
                }
                Output::Action(..) => {}
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
    fn hide<'a>(&mut self, values: impl Iterator<Item = &'a String>) {
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
            run: Some(self.id.to_string()),
            step: Some(self.step.counted()),
            environment: environment.unwrap_or_default(),
            secrets: self.secrets.iter().cloned().collect(),
        }
    }

    /// A command is kept in the sandbox of its app, wherever it works, and one that may become
    /// a daemon says what it says into files from its start on.
    fn prepared(&mut self, action: WorldAction, shared: &Shared) -> WorldAction {
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
            spec.recording = Some(recording);
        }
        WorldAction::Exec(spec)
    }

    /// What is left of a run ends with the last of its daemons.
    fn handle_restored(&mut self, now: Instant, input: &Input, shared: &mut Shared) -> bool {
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
        let outcome = outcome_of(status, &self.kept);
        self.end(now, outcome, shared);
        true
    }

    fn tell(&self, what: RunEvent, shared: &mut Shared) {
        let (run, app) = (self.id.clone(), self.app.clone());
        shared.out.event(Event::Run { run, app, what });
    }

    pub(crate) fn tell_started(&self, shared: &mut Shared) {
        self.tell(RunEvent::Started, shared);
    }

    pub(crate) fn tell_called(&self, by: &RunId, shared: &mut Shared) {
        let (by, script) = (by.clone(), self.script_path.clone());
        self.tell(RunEvent::Called { by, script }, shared);
    }

    /// Something that a person should know about the step at hand.
    pub(crate) fn tell_note(&self, text: String, shared: &mut Shared) {
        let step = self.step.clone();
        self.tell(RunEvent::Step(StepEvent::Note { step, text }), shared);
    }

    /// A command that the host runs for the step at hand.
    pub(crate) fn tell_command(&self, line: &str, shared: &mut Shared) {
        let (step, line) = (self.step.clone(), line.into());
        self.tell(RunEvent::Step(StepEvent::Command { step, line }), shared);
    }

    fn tell_step(&mut self, now: Instant, mut event: StepEvent, shared: &mut Shared) {
        event.hide(|text| self.mask.apply(text).into_owned());
        if let StepEvent::Output {
            step,
            stream,
            bytes,
        } = &event
        {
            self.step = step.clone();
            let (id, app, step) = (self.id.clone(), self.app.clone(), step.clone());
            let said = self.log.push_with(now, *stream, bytes, |line| {
                if !shared.tells_lines {
                    return;
                }
                let what = RunEvent::Line {
                    step: step.clone(),
                    line: line.clone(),
                };
                shared.out.event(Event::Run {
                    run: id.clone(),
                    app: app.clone(),
                    what,
                });
            });
            if !shared.tells_lines && !said.is_empty() {
                self.tell(RunEvent::Grew, shared);
            }
            return;
        }
        match event {
            StepEvent::Serving => shared.post.push_back(Post::Settled(self.id.clone())),
            StepEvent::Ending => shared.post.push_back(Post::StopDaemons(self.kept.clone())),
            _ => {}
        }
        self.view(now, &event, shared);
        self.tell(RunEvent::Step(event), shared);
    }

    /// Keeps the view of the steps.
    fn view(&mut self, now: Instant, event: &StepEvent, shared: &mut Shared) {
        let (step, phase) = match event {
            StepEvent::StepStarted { step, .. } => (step, StepPhase::Running),
            StepEvent::StepSkipped { step } => (step, StepPhase::Skipped),
            StepEvent::StepDone { step } => (step, StepPhase::Done),
            StepEvent::Exited { .. } => return self.flush(now, shared),
            StepEvent::Command { step, line } | StepEvent::Transfer { step, what: line } => {
                if let Some(view) = self.view_of(step) {
                    view.command = Some(line.clone());
                }
                return;
            }
            _ => return,
        };
        self.step = step.clone();
        let next = self.log.next_seq();
        if let Some(view) = self.view_of(step) {
            view.phase = phase;
            if phase != StepPhase::Done {
                view.log_from = Some(next);
            }
        }
    }

    /// The view of a step. A list is viewed from its first step on.
    fn view_of(&mut self, at: &StepAt) -> Option<&mut StepView> {
        if !self.steps.iter().any(|view| view.at.list == at.list) {
            let script = self.script.iter();
            self.steps
                .extend(script.flat_map(|script| views(script, &at.list)));
        }
        self.steps.iter_mut().find(|view| view.at == *at)
    }

    /// A command ended: what it said without a line end is a line.
    pub(crate) fn flush(&mut self, now: Instant, shared: &mut Shared) {
        let unfinished = self.log.close(now);
        let lines = self.log.read(unfinished.start, usize::MAX).lines;
        let lines: Vec<Line> = lines.into_iter().cloned().collect();
        for line in lines {
            self.tell(
                RunEvent::Line {
                    step: self.step.clone(),
                    line,
                },
                shared,
            );
        }
    }

    /// A line about something that the run waits for.
    pub(crate) fn note_line(&mut self, now: Instant, text: &str, shared: &mut Shared) {
        let seq = self.log.note(now, text);
        let line = self
            .log
            .read(seq, 1)
            .lines
            .first()
            .map(|line| (*line).clone());
        if let Some(line) = line {
            self.tell(
                RunEvent::Line {
                    step: self.step.clone(),
                    line,
                },
                shared,
            );
        }
    }

    fn end(&mut self, now: Instant, mut outcome: Outcome, shared: &mut Shared) {
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

fn views(script: &Script, list: &List) -> Vec<StepView> {
    let steps = script.list(list).iter();
    let view = |step: &collodi_script::Step| StepView {
        at: StepAt {
            list: list.clone(),
            index: step.index,
        },
        method: step.method.name().into(),
        phase: StepPhase::default(),
        command: None,
        log_from: None,
    };
    steps.map(view).collect()
}

/// How a run without steps of its own ended.
fn outcome_of(status: Status, daemons: &[ProcessId]) -> Outcome {
    Outcome {
        status,
        steps_run: 0,
        daemons: daemons.iter().map(ToString::to_string).collect(),
        result: Value::Null,
    }
}
