//! A run as the host keeps it.

use crate::{
    Event, ProcessId, RunId, RunRequest,
    event::RunEvent,
    post::Post,
    shared::{Child, Role, Shared},
};
use alloc::{collections::BTreeSet, string::String, sync::Arc, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_logs::{Limits, Line, Log};
use collodi_machine::{Machine, Output};
use collodi_run::{Action, Event as StepEvent, Input, Outcome, Run, RunOptions, Status};
use collodi_time::{Instant, WallTime};

/// A run as the host keeps it, also after its end.
#[derive(Clone, Debug)]
pub struct RunEntry {
    id: RunId,
    app: String,
    file: String,
    started_at: WallTime,
    state: State,
    steps: Vec<StepView>,
    log: Log,
    step: usize,
    daemons: Vec<ProcessId>,
    envs: BTreeSet<ContainedPath>,
}

#[derive(Clone, Debug)]
enum State {
    /// It waits until the host knows what the machine has.
    Waiting(RunRequest),
    Running(alloc::boxed::Box<Run>),
    Ended(Arc<Outcome>),
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
    /// What it does.
    pub method: String,
    /// How far it is.
    pub phase: StepPhase,
    /// The last command it ran.
    pub command: Option<String>,
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

impl RunEntry {
    pub(crate) fn new(id: RunId, request: RunRequest, started_at: WallTime) -> Self {
        let steps = request.script.steps.iter().map(|step| StepView {
            method: step.method.name().into(),
            phase: StepPhase::default(),
            command: None,
        });
        Self {
            id,
            app: request.app.name.clone(),
            file: request.app.file.clone(),
            started_at,
            steps: steps.collect(),
            state: State::Waiting(request),
            log: Log::new(Limits::default()),
            step: 0,
            daemons: Vec::new(),
            envs: BTreeSet::new(),
        }
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
            State::Running(_) => RunPhase::Running,
            State::Ended(outcome) => RunPhase::Ended(outcome.clone()),
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

    /// Its steps.
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

    /// Takes out the request of a run that waits.
    pub(crate) fn waiting(&self) -> Option<RunRequest> {
        if let State::Waiting(request) = &self.state {
            Some(request.clone())
        } else {
            None
        }
    }

    pub(crate) fn begin(&mut self, options: RunOptions) {
        self.state = State::Running(alloc::boxed::Box::new(Run::new(options)));
    }

    /// Ends a run that was not begun. Whether it was one.
    pub(crate) fn abandon(&mut self, now: Instant, shared: &mut Shared) -> bool {
        let waits = matches!(self.state, State::Waiting(_));
        if waits {
            let (status, daemons) = (Status::Cancelled, Vec::new());
            let result = collodi_value::Value::Null;
            let outcome = Outcome {
                status,
                steps_run: 0,
                daemons,
                result,
            };
            self.end(now, outcome, shared);
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

    /// Gives it an input and hands on what it says. Whether it is done.
    pub(crate) fn handle(&mut self, now: Instant, input: Input, shared: &mut Shared) -> bool {
        let State::Running(run) = &mut self.state else {
            return false;
        };
        // What is stale for the run has been completed for it already.
        let _ = run.handle_input(now, input);
        loop {
            let State::Running(run) = &mut self.state else {
                return true;
            };
            match run.poll_output() {
                Output::Action(id, Action::World(action)) => {
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
                Output::Action(..) => {}
                Output::Event(event) => self.tell_step(now, event, shared),
                Output::Wait(deadline) => {
                    shared.wait(Child::Run(self.id.clone()), deadline);
                    return false;
                }
                Output::Done(outcome) => self.end(now, outcome, shared),
            }
        }
    }

    fn tell(&self, what: RunEvent, shared: &mut Shared) {
        let (run, app) = (self.id.clone(), self.app.clone());
        shared.out.event(Event::Run { run, app, what });
    }

    pub(crate) fn tell_started(&self, shared: &mut Shared) {
        self.tell(RunEvent::Started, shared);
    }

    fn tell_step(&mut self, now: Instant, event: StepEvent, shared: &mut Shared) {
        if let StepEvent::Output {
            step,
            stream,
            bytes,
        } = &event
        {
            self.step = *step;
            let (id, app, step) = (self.id.clone(), self.app.clone(), *step);
            self.log.push_with(now, *stream, bytes, |line| {
                let what = RunEvent::Line {
                    step,
                    line: line.clone(),
                };
                shared.out.event(Event::Run {
                    run: id.clone(),
                    app: app.clone(),
                    what,
                });
            });
            return;
        }
        self.view(now, &event, shared);
        self.tell(RunEvent::Step(event), shared);
    }

    /// Keeps the view of the steps.
    fn view(&mut self, now: Instant, event: &StepEvent, shared: &mut Shared) {
        let (step, phase) = match event {
            StepEvent::StepStarted { step, .. } => (*step, StepPhase::Running),
            StepEvent::StepSkipped { step } => (*step, StepPhase::Skipped),
            StepEvent::StepDone { step } => (*step, StepPhase::Done),
            StepEvent::Exited { .. } => return self.flush(now, shared),
            StepEvent::Command { step, line } => {
                if let Some(view) = self.steps.get_mut(*step) {
                    view.command = Some(line.clone());
                }
                return;
            }
            _ => return,
        };
        self.step = step;
        if let Some(view) = self.steps.get_mut(step) {
            view.phase = phase;
        }
    }

    /// A command ended: what it said without a line end is a line.
    fn flush(&mut self, now: Instant, shared: &mut Shared) {
        let unfinished = self.log.close(now);
        let lines = self.log.read(unfinished.start, usize::MAX).lines;
        let lines: Vec<Line> = lines.into_iter().cloned().collect();
        for line in lines {
            self.tell(
                RunEvent::Line {
                    step: self.step,
                    line,
                },
                shared,
            );
        }
    }

    /// A line about an environment that the run waits for.
    pub(crate) fn env_line(&mut self, now: Instant, text: &str, shared: &mut Shared) {
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
                    step: self.step,
                    line,
                },
                shared,
            );
        }
    }

    fn end(&mut self, now: Instant, outcome: Outcome, shared: &mut Shared) {
        self.flush(now, shared);
        if let Status::Failed(failure) = &outcome.status
            && let Some(view) = self.steps.get_mut(failure.step)
        {
            view.phase = StepPhase::Failed;
        }
        if matches!(outcome.status, Status::Failed(_) | Status::Cancelled) {
            shared
                .post
                .push_back(Post::StopDaemons(self.daemons.clone()));
        }
        shared.wait(Child::Run(self.id.clone()), None);
        let outcome = Arc::new(outcome);
        self.state = State::Ended(outcome.clone());
        self.tell(RunEvent::Ended(outcome), shared);
    }
}
