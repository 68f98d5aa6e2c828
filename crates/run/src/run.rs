//! The run.

mod lists;
mod people;
mod shells;

use crate::{
    Action, Completed, Event, Input, Known, Outcome, RunOptions, Status,
    context::Context,
    ending::Ending,
    lane::{Lane, LaneId, Lanes},
    opening::Opening,
};
use collodi_action::Progress;
use collodi_command::TreeId;
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
use collodi_script::StepAt;
use collodi_time::{Deadline, Instant};
use collodi_value::Value;

/// One run of one script.
#[derive(Clone, Debug)]
pub struct Run {
    cx: Context,
    phase: Phase,
    lanes: Lanes,
    /// The result of the list that counts, when that is over.
    result: Value,
    /// Whether it has served.
    served: bool,
}

#[derive(Clone, Debug)]
enum Phase {
    New,
    /// What comes before the first step.
    Opening(Opening),
    /// Its lists are under way.
    Running,
    /// All steps of `run` are done, and the script stays up.
    Serving,
    /// `on.stop` is done before the run ends like this, if it is done in time.
    Stopping(Status, Instant),
    Ending(Ending),
    Done(Outcome),
}

impl Run {
    /// A run that begins with [`Input::Start`].
    pub fn new(options: RunOptions) -> Self {
        Self {
            cx: Context::new(options),
            phase: Phase::New,
            lanes: Lanes::default(),
            result: Value::Null,
            served: false,
        }
    }

    /// Whether all steps are done and the script stays up.
    pub const fn is_serving(&self) -> bool {
        matches!(self.phase, Phase::Serving)
    }

    /// How many of its commands live, daemons that were commands of it included.
    pub fn living(&self) -> usize {
        self.cx.living.len()
    }

    /// Whether a command in this tree may become a daemon.
    pub fn may_keep(&self, tree: &TreeId) -> bool {
        self.cx.options.script.daemon && *tree != self.cx.options.tree
    }

    /// Whether it does what the script asks for on its stop.
    pub const fn is_stopping(&self) -> bool {
        matches!(self.phase, Phase::Stopping(..))
    }

    /// The result of the last step of `run` that was done; of the list that ended the
    /// run, when that was another one.
    pub fn result(&self) -> &Value {
        let first = self.lanes.get(LaneId::FIRST);
        first.map_or(&self.result, |lane| &lane.cursor.input)
    }

    /// The step that an action in flight is for.
    pub fn step_of(&self, action: ActionId) -> StepAt {
        self.cx.step_of(action)
    }

    /// What another run needs to begin where this one is.
    pub fn known(&self) -> Known {
        let (step, input) = self.cx.latest.clone();
        Known {
            step,
            input,
            local: self.cx.memory.local.clone(),
            ids: self.cx.memory.ids.clone(),
        }
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

    /// What people have answered that nobody is to read: passwords and tokens.
    pub fn secrets(&self) -> alloc::sync::Arc<[alloc::string::String]> {
        self.cx.secrets.clone()
    }

    /// What the policy made of the variables of the last command, and why. The Python
    /// environment adds its own to these.
    pub const fn environment(&self) -> &collodi_env::Environment {
        &self.cx.resolved
    }

    /// What gives a variable this value to all its commands; none where a step sets it so.
    pub fn giver(&self, name: &str, value: &str) -> Option<crate::Giver> {
        self.cx.environment.giver(&self.cx.options, name, value)
    }

    fn cancel(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Done(_) | Phase::Stopping(..) => {}
            Phase::Ending(ending) => ending.signal_now(&mut self.cx, now),
            _ => self.end(now, Status::Cancelled),
        }
    }

    fn kill(&mut self, now: Instant) {
        self.cancel(now);
        if let Phase::Stopping(status, _) = &self.phase {
            let status = status.clone();
            self.finish(now, status);
        }
        if let Phase::Ending(ending) = &mut self.phase {
            ending.kill(&mut self.cx, now);
        }
    }

    fn progress(&mut self, now: Instant, id: ActionId, progress: &Progress) -> Result<(), Stale> {
        self.cx.out.progress(id)?;
        if self.cx.sessions.of(id).is_some() {
            self.shell_progress(now, id, progress);
            return Ok(());
        }
        let listener = self
            .cx
            .owner(id)
            .filter(|_| !self.cx.detached.contains(&id));
        let lane = listener.and_then(|lane| self.lanes.get_mut(lane));
        let mut is_heard = false;
        if let Some(lane) = lane {
            lane.go(&mut self.cx, |cx, state| {
                let (state, heard) = state.progress(cx, now, id, progress);
                is_heard = heard;
                state
            });
        }
        if !is_heard {
            self.overheard(id, progress);
        }
        Ok(())
    }

    /// What is heard of a command that no step waits for: its output is still shown.
    fn overheard(&mut self, id: ActionId, progress: &Progress) {
        let step = self.cx.step_of(id);
        match (progress, &self.phase) {
            (Progress::Output { stream, bytes }, _) if self.cx.living.contains(&id) => {
                let (stream, bytes) = (*stream, bytes.clone());
                self.cx.out.event(Event::Output {
                    step,
                    stream,
                    bytes,
                });
            }
            (Progress::Spawned { .. }, Phase::Ending(ending)) => ending.spawned(&mut self.cx),
            _ => {}
        }
    }

    fn completed(&mut self, now: Instant, id: ActionId, completed: Completed) -> Result<(), Stale> {
        self.cx.out.complete(id)?;
        let was_command = self.cx.living.remove(&id);
        let owner = self.cx.close(id);
        if self.cx.unheard.remove(&id) {
            self.unheard(&completed);
            self.settle();
            return Ok(());
        }
        let was_shell = self.close_shell(id);
        let was_detached = self.cx.detached.remove(&id);
        match core::mem::replace(&mut self.phase, Phase::New) {
            Phase::Opening(opening) => self.opening_completed(now, opening, id, completed),
            Phase::Ending(mut ending) => {
                ending.completed(id, &completed);
                if was_command {
                    ending.command_ended(&mut self.cx);
                }
                self.phase = Phase::Ending(ending);
            }
            phase => {
                self.phase = phase;
                if was_shell {
                    self.shell_ended(now, id, &completed);
                } else if !was_detached {
                    self.go(owner, |cx, state| state.completed(cx, now, id, completed));
                }
            }
        }
        self.settle();
        Ok(())
    }

    fn timeout(&mut self, now: Instant) {
        for lane in self.lanes.iter_mut() {
            lane.go(&mut self.cx, |cx, state| state.timeout(cx, now));
        }
        match core::mem::replace(&mut self.phase, Phase::New) {
            Phase::Stopping(status, until) if until <= now => self.stop_too_late(now, status),
            Phase::Ending(mut ending) => {
                ending.timeout(&mut self.cx, now);
                self.phase = Phase::Ending(ending);
            }
            other => self.phase = other,
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        let of_phase = match &self.phase {
            Phase::Ending(ending) => return ending.deadline(&self.cx),
            Phase::Stopping(_, until) => Some(Deadline::new(*until, "on.stop")),
            _ => None,
        };
        let lanes = self.lanes.iter().filter_map(Lane::deadline);
        lanes.chain(of_phase).min_by_key(|deadline| deadline.at)
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
            Input::Start if matches!(self.phase, Phase::New) => self.open(now),
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
        match (self.cx.out.pop(), &self.phase) {
            (Some(output), _) => output,
            (None, Phase::Done(outcome)) => Output::Done(outcome.clone()),
            (None, _) => Output::Wait(self.deadline()),
        }
    }
}
