//! The run.

mod people;
mod shells;

use crate::{
    Action, Completed, Event, Failure, Input, Outcome, RunOptions, Status,
    context::Context,
    ending::Ending,
    leaving::{Leaving, Left, Way},
    opening::Opening,
    outcome::FailureKind,
    params::Fault,
    questions::Asking,
    rendering::Rendering,
    step::{self, Pending, Step},
};
use alloc::{format, string::ToString};
use collodi_action::Progress;
use collodi_command::TreeId;
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
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
    /// What comes before the first step.
    Opening(Opening),
    /// This step is to be begun, at this instant.
    Next(usize, Instant),
    /// The step at hand asks the world before it is rendered.
    Asking(Asking),
    /// The step at hand types into a shell whose last command may just be ending.
    Settling(Instant),
    /// The step at hand waits for the world.
    Stepping(Pending),
    /// The step at hand is done, and asks the world about the way on.
    Leaving(Leaving),
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

    /// How many of its commands live, daemons that were commands of it included.
    pub fn living(&self) -> usize {
        self.cx.living.len()
    }

    /// Whether a command in this tree may become a daemon.
    pub fn may_keep(&self, tree: &TreeId) -> bool {
        self.cx.options.script.daemon && *tree != self.cx.options.tree
    }

    /// The result of the last step that was done.
    pub const fn result(&self) -> &Value {
        &self.cx.input
    }

    /// The script's variables, as they are now.
    pub const fn local(&self) -> &collodi_value::Object {
        &self.cx.memory.local
    }

    /// The script's variables that outlive the run, as they are now.
    pub const fn global(&self) -> &collodi_value::Object {
        &self.cx.memory.global
    }

    /// The variables that a command would get now, before its step adds to them.
    pub fn variables(
        &self,
    ) -> alloc::collections::BTreeMap<alloc::string::String, alloc::string::String> {
        self.cx.variables()
    }

    /// What the policy made of the variables of the last command, and why. The Python
    /// environment adds its own to these.
    pub const fn environment(&self) -> &collodi_env::Environment {
        &self.cx.resolved
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
                self.cx.turn += 1;
                self.settle_shell(now);
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
        if let Some(fault) = rendering.refused {
            return self.fail(now, fault);
        }
        let started = step::start(&mut self.cx, now, &step.method, &rendering.params);
        self.apply(now, started);
    }

    fn apply(&mut self, now: Instant, step: Step) {
        match step {
            Step::Wait(pending) => self.state = State::Stepping(pending),
            Step::Fail(fault) => self.fail(now, fault),
            Step::Done(result) => self.step_done(now, result, Way::Next),
            Step::Stop(result) => self.step_done(now, result, Way::End),
            Step::Jump(target, input) => self.step_done(now, input, Way::To(target)),
        }
    }

    /// Keeps the result: as the next step's input, and under the step's id. Then the
    /// step is left.
    fn step_done(&mut self, now: Instant, result: Value, way: Way) {
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
        self.leave(now, Leaving::new(way));
    }

    /// To the step that comes next, asking the world as long as a template needs it.
    fn leave(&mut self, now: Instant, leaving: Leaving) {
        match leaving.proceed(&mut self.cx) {
            Left::Waits(leaving) => self.state = State::Leaving(leaving),
            Left::Goes(index) => self.state = State::Next(index, now),
            Left::Ends => self.end(now, Status::StoppedEarly),
            Left::Fails(kind) => self.fail(now, kind.into()),
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
        if !self.cx.trees.is_empty() || !self.cx.living.is_empty() {
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
        if self.cx.sessions.of(id).is_some() {
            self.shell_progress(now, id, progress);
            return Ok(());
        }
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
        self.cx.transfers.remove(&id);
        self.cx.readers.remove(&id);
        if self.cx.unheard.remove(&id) {
            self.unheard(&completed);
            self.settle();
            return Ok(());
        }
        let was_shell = self.close_shell(id);
        let was_detached = self.cx.detached.remove(&id).is_some();
        match core::mem::replace(&mut self.state, State::New) {
            State::Opening(opening) => self.opening_completed(now, opening, id, completed),
            State::Stepping(pending) if was_shell => {
                let step = pending.shell_ended(&mut self.cx, now, id, &completed);
                self.apply(now, step);
            }
            State::Asking(mut asking) if !was_detached => {
                asking.completed(id, &completed);
                self.asked(now, asking);
            }
            State::Stepping(pending) if !was_detached => {
                let step = pending.completed(&mut self.cx, now, id, completed);
                self.apply(now, step);
            }
            State::Leaving(mut leaving) if !was_detached => {
                leaving.completed(id, &completed);
                self.leave(now, leaving);
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
            State::Settling(until) if until <= now => self.prepare(now, Asking::default()),
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
            State::Settling(until) => Some(Deadline::new(*until, "prompt")),
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
        self.cx.now = self.cx.now.max(now);
        match input {
            Input::Start if matches!(self.state, State::New) => self.open(now),
            Input::Start => {}
            Input::Progress(id, progress) => self.progress(now, id, &progress)?,
            Input::Completed(id, completed) => self.completed(now, id, completed)?,
            Input::Cancel => self.cancel(now),
            Input::Kill => self.kill(now),
            Input::Timeout => self.timeout(now),
            Input::Answer(number, values) => self.answer(now, number, &values),
            Input::Write(bytes) => self.write(bytes),
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
