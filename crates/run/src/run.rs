//! The run.

use crate::{
    Action, Completed, Event, Failure, Input, Outcome, RunOptions, Status,
    context::Context,
    ending::Ending,
    outcome::FailureKind,
    params::Fault,
    questions::Asking,
    rendering::Rendering,
    scope::StepScope,
    step::{self, Pending, Step, Target},
};
use alloc::{format, string::ToString};
use collodi_action::Progress;
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
use collodi_script::Next;
use collodi_template::{Render, Template};
use collodi_time::{Deadline, Instant};
use collodi_value::Value;

/// How many steps are begun before anyone else has a turn.
const STEPS_AT_ONCE: usize = 256;

/// One run of one script.
#[derive(Clone, Debug)]
pub struct Run {
    cx: Context,
    state: State,
    steps_run: usize,
}

#[derive(Clone, Debug)]
enum State {
    New,
    /// This step is to be begun, at this instant.
    Next(usize, Instant),
    /// The step at hand asks the world before it is rendered.
    Asking(Asking),
    /// The step at hand waits for the world.
    Stepping(Pending),
    /// All steps are done, and the script stays up.
    Serving,
    Ending(Ending),
    Done(Outcome),
}

impl Run {
    /// A run that begins with [`Input::Start`].
    pub fn new(options: RunOptions) -> Self {
        Self {
            cx: Context::new(options),
            state: State::New,
            steps_run: 0,
        }
    }

    /// The step at hand, counted from 0, and how many there are.
    pub fn position(&self) -> (usize, usize) {
        (self.cx.step, self.cx.options.script.steps.len())
    }

    /// Whether all steps are done and the script stays up.
    pub const fn is_serving(&self) -> bool {
        matches!(self.state, State::Serving)
    }

    /// The script's variables, as they are now.
    pub const fn local(&self) -> &collodi_value::Object {
        &self.cx.memory.local
    }

    /// The script's variables that outlive the run, as they are now.
    pub const fn global(&self) -> &collodi_value::Object {
        &self.cx.memory.global
    }

    /// Begins steps until one waits for the world, or there were many: then it is
    /// someone else's turn first.
    fn advance(&mut self, now: Instant) {
        for _ in 0..STEPS_AT_ONCE {
            let State::Next(index, _) = self.state else {
                return;
            };
            if index >= self.cx.options.script.steps.len() {
                self.all_done(now);
            } else if self.steps_run >= self.cx.options.limits.steps {
                let most = self.cx.options.limits.steps;
                self.fail(now, FailureKind::TooManySteps(most).into());
            } else {
                self.cx.step = index;
                self.prepare(now, Asking::default());
            }
        }
        if let State::Next(_, at) = &mut self.state {
            *at = now;
        }
    }

    fn all_done(&mut self, now: Instant) {
        if self.cx.options.script.daemon && !self.cx.detached.is_empty() {
            self.cx.out.event(Event::Serving);
            self.state = State::Serving;
        } else {
            self.end(now, Status::Completed);
        }
    }

    /// Renders the step at hand, asking the world as long as a template needs it.
    /// How often a step may ask is limited.
    fn prepare(&mut self, now: Instant, mut asking: Asking) {
        loop {
            let rendering = Rendering::of(&self.cx, &asking);
            if rendering.questions.is_empty() {
                return self.enter(now, rendering);
            }
            if let Err(kind) = asking.ask(&mut self.cx, rendering.questions) {
                return self.fail(now, kind.into());
            }
            if asking.is_waiting() {
                self.state = State::Asking(asking);
                return;
            }
        }
    }

    fn enter(&mut self, now: Instant, rendering: Rendering) {
        let options = self.cx.options.clone();
        let Some(step) = options.script.steps.get(self.cx.step) else {
            return;
        };
        if rendering.skipped {
            self.cx.out.event(Event::StepSkipped { step: self.cx.step });
            self.cx.input = Value::Null;
            self.state = State::Next(self.cx.step + 1, now);
            return;
        }
        self.steps_run += 1;
        let (total, method) = (options.script.steps.len(), step.method.name().to_string());
        self.cx.out.event(Event::StepStarted {
            step: self.cx.step,
            total,
            method,
        });
        for note in rendering.notes {
            self.cx.note(note);
        }
        if let Some(pointer) = rendering.unquotable {
            let kind = alloc::boxed::Box::new(FailureKind::Unquotable);
            return self.fail(now, Fault { pointer, kind });
        }
        let started = step::start(&mut self.cx, now, &step.method, &rendering.params);
        self.apply(now, started);
    }

    fn apply(&mut self, now: Instant, step: Step) {
        match step {
            Step::Wait(pending) => self.state = State::Stepping(pending),
            Step::Fail(fault) => self.fail(now, fault),
            Step::Done(result) => {
                self.step_done(result);
                self.go_on(now);
            }
            Step::Stop(result) => {
                self.step_done(result);
                self.end(now, Status::StoppedEarly);
            }
            Step::Jump(target, input) => {
                self.step_done(input);
                match self.index_of(&target) {
                    Ok(index) => self.state = State::Next(index, now),
                    Err(kind) => self.fail(now, kind.into()),
                }
            }
        }
    }

    /// Keeps the result: as the next step's input, and under the step's id.
    fn step_done(&mut self, result: Value) {
        let options = self.cx.options.clone();
        let id = options
            .script
            .steps
            .get(self.cx.step)
            .and_then(|step| step.id.as_ref());
        if let Some(id) = id {
            self.cx.memory.ids.set(id.as_str(), result.clone());
        }
        self.cx.input = result;
        self.cx.out.event(Event::StepDone { step: self.cx.step });
    }

    /// To the step that comes next.
    fn go_on(&mut self, now: Instant) {
        let options = self.cx.options.clone();
        let step = options.script.steps.get(self.cx.step);
        let target = match step.map(|step| &step.next) {
            None | Some(Next::Following) => Ok(self.cx.step + 1),
            Some(Next::Step(index)) => self.index_of(&Target::Index(*index)),
            Some(Next::End) => Ok(usize::MAX),
            Some(Next::Unknown(id)) => Err(FailureKind::NoSuchStep(id.clone())),
            Some(Next::Template(template)) => self.rendered_target(template),
            Some(_) => Ok(self.cx.step + 1),
        };
        match target {
            Ok(index) => self.state = State::Next(index, now),
            Err(kind) => self.fail(now, kind.into()),
        }
    }

    fn rendered_target(&self, template: &Template) -> Result<usize, FailureKind> {
        let asking = Asking::default();
        let scope = StepScope {
            context: &self.cx,
            answers: &asking.answers,
        };
        match template.render(&scope, &Render::default()).value {
            Value::Null => Ok(usize::MAX),
            Value::String(id) => self.index_of(&Target::Id(id)),
            number => match number.to_text().parse() {
                Ok(index) => self.index_of(&Target::Index(index)),
                Err(_) => Err(FailureKind::NoSuchStep(number.to_text())),
            },
        }
    }

    fn index_of(&self, target: &Target) -> Result<usize, FailureKind> {
        let steps = &self.cx.options.script.steps;
        match target {
            Target::Index(index) if *index < steps.len() => Ok(*index),
            Target::Index(index) => Err(FailureKind::NoSuchStep(index.to_string())),
            Target::Id(id) => {
                let position = steps.iter().position(|step| step.id.as_ref() == Some(id));
                position.ok_or_else(|| FailureKind::NoSuchStep(id.clone()))
            }
        }
    }

    fn fail(&mut self, now: Instant, fault: Fault) {
        let step = self.cx.options.script.steps.get(self.cx.step);
        let method = step
            .map(|step| step.method.name().to_string())
            .unwrap_or_default();
        let at = step.map_or("", |step| step.pointer.as_str());
        let pointer = format!("{at}{}", fault.pointer);
        let failure = Failure {
            step: self.cx.step,
            method,
            pointer,
            kind: *fault.kind,
        };
        self.end(now, Status::Failed(failure));
    }

    /// Ends what the run started.
    fn end(&mut self, now: Instant, status: Status) {
        let outcome = Outcome {
            status,
            steps_run: self.steps_run,
            daemons: core::mem::take(&mut self.cx.daemons),
            result: core::mem::take(&mut self.cx.input),
        };
        if !self.cx.trees.is_empty() {
            self.cx.out.event(Event::Ending);
        }
        self.state = State::Ending(Ending::begin(&mut self.cx, now, outcome));
        self.settle();
    }

    /// Done, when nothing is left to wait for.
    fn settle(&mut self) {
        if let State::Ending(ending) = &self.state
            && ending.is_over(&self.cx)
            && self.cx.out.idle()
        {
            self.state = State::Done(ending.outcome.clone());
        }
    }

    fn cancel(&mut self, now: Instant) {
        match &mut self.state {
            State::Done(_) => {}
            State::Ending(ending) => ending.signal_now(&mut self.cx, now),
            _ => self.end(now, Status::Cancelled),
        }
    }

    fn kill(&mut self, now: Instant) {
        self.cancel(now);
        if let State::Ending(ending) = &mut self.state {
            ending.kill(&mut self.cx, now);
        }
    }

    fn progress(&mut self, now: Instant, id: ActionId, progress: &Progress) -> Result<(), Stale> {
        self.cx.out.progress(id)?;
        match core::mem::replace(&mut self.state, State::New) {
            State::Stepping(pending) if !self.cx.detached.contains_key(&id) => {
                let step = pending.progress(&mut self.cx, now, id, progress);
                self.apply(now, step);
            }
            other => {
                self.state = other;
                self.overheard(id, progress);
            }
        }
        Ok(())
    }

    /// What is heard of a command that no step waits for: its output is still shown.
    fn overheard(&mut self, id: ActionId, progress: &Progress) {
        let step = self.cx.detached.get(&id).copied().unwrap_or(self.cx.step);
        match (progress, &self.state) {
            (Progress::Output { stream, bytes }, _) if self.cx.living.contains(&id) => {
                let (stream, bytes) = (*stream, bytes.clone());
                self.cx.out.event(Event::Output {
                    step,
                    stream,
                    bytes,
                });
            }
            (Progress::Spawned { .. }, State::Ending(ending)) => ending.spawned(&mut self.cx),
            _ => {}
        }
    }

    fn completed(&mut self, now: Instant, id: ActionId, completed: Completed) -> Result<(), Stale> {
        self.cx.out.complete(id)?;
        let was_command = self.cx.living.remove(&id);
        if self.cx.unheard.remove(&id) {
            self.settle();
            return Ok(());
        }
        let was_detached = self.cx.detached.remove(&id).is_some();
        match core::mem::replace(&mut self.state, State::New) {
            State::Asking(mut asking) if !was_detached => {
                asking.completed(id, &completed);
                self.asked(now, asking);
            }
            State::Stepping(pending) if !was_detached => {
                let step = pending.completed(&mut self.cx, now, id, completed);
                self.apply(now, step);
            }
            State::Ending(mut ending) => {
                ending.completed(id, &completed);
                if was_command {
                    ending.command_ended(&mut self.cx);
                }
                self.state = State::Ending(ending);
            }
            other => self.state = other,
        }
        // A script that serves, serves until the last of its commands has ended.
        if matches!(self.state, State::Serving) && self.cx.detached.is_empty() {
            self.end(now, Status::Completed);
        }
        self.settle();
        Ok(())
    }

    fn asked(&mut self, now: Instant, asking: Asking) {
        if asking.is_waiting() {
            self.state = State::Asking(asking);
        } else {
            self.prepare(now, asking);
        }
    }

    fn timeout(&mut self, now: Instant) {
        match core::mem::replace(&mut self.state, State::New) {
            State::Stepping(pending) if pending.deadline().is_some_and(|d| d.at <= now) => {
                let step = pending.timeout(&mut self.cx, now);
                self.apply(now, step);
            }
            State::Ending(mut ending) => {
                ending.timeout(&mut self.cx, now);
                self.state = State::Ending(ending);
            }
            other => self.state = other,
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Next(_, at) => Some(Deadline::new(*at, "more steps")),
            State::Stepping(pending) => pending.deadline(),
            State::Ending(ending) => ending.deadline(&self.cx),
            _ => None,
        }
    }
}

impl Machine for Run {
    type Input = Input;
    type Action = Action;
    type Event = Event;
    type Outcome = Outcome;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Start if matches!(self.state, State::New) => self.state = State::Next(0, now),
            Input::Start => {}
            Input::Progress(id, progress) => self.progress(now, id, &progress)?,
            Input::Completed(id, completed) => self.completed(now, id, completed)?,
            Input::Cancel => self.cancel(now),
            Input::Kill => self.kill(now),
            Input::Timeout => self.timeout(now),
        }
        self.advance(now);
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match (self.cx.out.pop(), &self.state) {
            (Some(output), _) => output,
            (None, State::Done(outcome)) => Output::Done(outcome.clone()),
            (None, _) => Output::Wait(self.deadline()),
        }
    }
}
