//! One list of steps under way. A run has one for `run`, one for each list that a
//! handler triggered, and one for `on.stop`.

mod step;

use crate::{
    Completed, Failure, Question,
    context::Context,
    leaving::Leaving,
    outcome::FailureKind,
    params::Fault,
    questions::Asking,
    step::{Pending, ShellHeard},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::Progress;
use collodi_machine::ActionId;
use collodi_script::{List, StepAt};
use collodi_time::{Deadline, Instant};
use collodi_value::{Object, Value};

/// The most lists that are under way at once.
const MAX_LANES: usize = 32;

/// The number of a lane in its run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LaneId(u32);

/// Where a lane is, and what its steps hand on to each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cursor {
    pub(crate) lane: LaneId,
    /// The step at hand.
    pub(crate) step: StepAt,
    /// The result of the step before it.
    pub(crate) input: Value,
    /// How many steps of the run were come to before.
    pub(crate) turn: u64,
    /// With what the step at hand has asked for its turn, until others may have theirs.
    pub(crate) turn_taken: Option<ActionId>,
}

/// One list of steps under way.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) cursor: Cursor,
    state: State,
}

/// What a lane is at.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// This step is to be begun, at this instant.
    Next(usize, Instant),
    /// The step at hand waits until no other of its method runs.
    Queued,
    /// The step at hand asks the world before it is rendered.
    Asking(Asking),
    /// The step at hand types into a shell whose last command may just be ending.
    Settling(Instant),
    /// The step at hand waits for the world.
    Stepping(Pending),
    /// The step at hand is done, and asks the world about the way on.
    Leaving(Leaving),
    Over(End),
}

/// How a lane ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Its steps are done.
    Completed,
    /// A step said that the run is done.
    StoppedEarly,
    Failed(Failure),
}

/// The lanes of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    lanes: BTreeMap<LaneId, Lane>,
    begun: u32,
}

impl LaneId {
    /// The lane with which a run begins.
    pub(crate) const FIRST: Self = Self(0);
}

impl Cursor {
    /// What tells a step from those of other lanes, in names.
    pub(crate) fn tag(&self) -> String {
        let (LaneId(lane), index) = (self.lane, self.step.index);
        match self.lane {
            LaneId::FIRST => index.to_string(),
            _ => format!("t{lane}.{index}"),
        }
    }
}

impl Lane {
    /// The question that its step at hand asks of a person.
    pub(crate) const fn question(&self) -> Option<&Arc<Question>> {
        match &self.state {
            State::Stepping(pending) => pending.question(),
            _ => None,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Next(_, at) => Some(Deadline::new(*at, "more steps")),
            State::Settling(until) => Some(Deadline::new(*until, "prompt")),
            State::Stepping(pending) => pending.deadline(),
            _ => None,
        }
    }

    /// Goes on, with its place and what its steps hand on as those of the context.
    pub(crate) fn go(&mut self, cx: &mut Context, on: impl FnOnce(&mut Context, State) -> State) {
        core::mem::swap(&mut cx.cursor, &mut self.cursor);
        let state = core::mem::take(&mut self.state);
        self.state = on(cx, state);
        core::mem::swap(&mut cx.cursor, &mut self.cursor);
    }

    const fn is_ready(&self) -> bool {
        matches!(self.state, State::Next(..))
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Next(0, Instant::ZERO)
    }
}

impl State {
    /// An action of the step at hand ended.
    pub(crate) fn completed(
        self,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        completed: Completed,
    ) -> Self {
        match self {
            Self::Queued => step::settle_shell(cx, now),
            Self::Asking(mut asking) => {
                asking.completed(id, &completed);
                step::asked(cx, now, asking)
            }
            Self::Stepping(pending) => {
                let comes = pending.completed(cx, now, id, completed);
                step::apply(cx, now, comes)
            }
            Self::Leaving(mut leaving) => {
                leaving.completed(id, &completed);
                step::leave(cx, now, leaving)
            }
            other => other,
        }
    }

    /// Something was heard of an action of the step at hand. Whether anyone listened.
    pub(crate) fn progress(
        self,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        progress: &Progress,
    ) -> (Self, bool) {
        match self {
            Self::Stepping(pending) => {
                let comes = pending.progress(cx, now, id, progress);
                (step::apply(cx, now, comes), true)
            }
            other => (other, false),
        }
    }

    /// Something was heard of an open shell.
    pub(crate) fn heard(
        self,
        cx: &mut Context,
        now: Instant,
        shell: ActionId,
        heard: &ShellHeard,
    ) -> Self {
        match self {
            Self::Stepping(pending) => {
                let comes = pending.heard(cx, now, shell, heard);
                step::apply(cx, now, comes)
            }
            Self::Settling(_) if !cx.sessions.may_end() => {
                step::prepare(cx, now, Asking::default())
            }
            other => other,
        }
    }

    /// An open shell ended.
    pub(crate) fn shell_ended(
        self,
        cx: &mut Context,
        now: Instant,
        shell: ActionId,
        completed: &Completed,
    ) -> Self {
        match self {
            Self::Stepping(pending) => {
                let comes = pending.shell_ended(cx, now, shell, completed);
                step::apply(cx, now, comes)
            }
            other => other,
        }
    }

    /// Somebody answers.
    pub(crate) fn answer(self, cx: &mut Context, now: Instant, values: &Object) -> Self {
        match self {
            Self::Stepping(pending) => {
                let comes = pending.answer(cx, values);
                step::apply(cx, now, comes)
            }
            other => other,
        }
    }

    /// The deadline may have come.
    pub(crate) fn timeout(self, cx: &mut Context, now: Instant) -> Self {
        match self {
            Self::Stepping(pending) if pending.deadline().is_some_and(|d| d.at <= now) => {
                let comes = pending.timeout(cx, now);
                step::apply(cx, now, comes)
            }
            Self::Settling(until) if until <= now => step::prepare(cx, now, Asking::default()),
            other => other,
        }
    }

    /// Begins the step that is next.
    pub(crate) fn begin(self, cx: &mut Context, now: Instant) -> Self {
        match self {
            Self::Next(index, _) => step::begin(cx, now, index),
            other => other,
        }
    }
}

impl Lanes {
    /// Begins a list with what its first step reads as `input`. False when there are too
    /// many.
    pub(crate) fn begin(&mut self, now: Instant, list: List, input: Value) -> bool {
        self.begin_at(now, list, 0, input)
    }

    /// The same at a later step.
    pub(crate) fn begin_at(
        &mut self,
        now: Instant,
        list: List,
        index: usize,
        input: Value,
    ) -> bool {
        if self.lanes.len() >= MAX_LANES {
            return false;
        }
        let lane = LaneId(self.begun);
        self.begun = self.begun.wrapping_add(1);
        let step = StepAt::first_of(list);
        let cursor = Cursor {
            lane,
            step,
            input,
            ..Cursor::default()
        };
        let state = State::Next(index, now);
        self.lanes.insert(lane, Lane { cursor, state });
        true
    }

    pub(crate) fn get(&self, id: LaneId) -> Option<&Lane> {
        self.lanes.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: LaneId) -> Option<&mut Lane> {
        self.lanes.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.lanes.values_mut()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Takes out all of them.
    pub(crate) fn take_all(&mut self) -> Vec<Cursor> {
        let lanes = core::mem::take(&mut self.lanes);
        lanes.into_values().map(|lane| lane.cursor).collect()
    }

    /// The lane whose turn it is: of those with a step to begin, the one that began one
    /// the longest time ago.
    pub(crate) fn ready(&mut self) -> Option<&mut Lane> {
        let ready = self.lanes.values_mut().filter(|lane| lane.is_ready());
        ready.min_by_key(|lane| lane.cursor.turn)
    }

    /// Those with a step to begin go on at this instant.
    pub(crate) fn put_off(&mut self, now: Instant) {
        for lane in self.lanes.values_mut() {
            if let State::Next(_, at) = &mut lane.state {
                *at = now;
            }
        }
    }

    /// Takes out a lane that is over.
    pub(crate) fn take_over(&mut self) -> Option<(Cursor, End)> {
        let is_over = |lane: &Lane| matches!(lane.state, State::Over(_));
        let (id, _) = self.lanes.iter().find(|(_, lane)| is_over(lane))?;
        let id = *id;
        let Lane { cursor, state } = self.lanes.remove(&id)?;
        match state {
            State::Over(end) => Some((cursor, end)),
            _ => None,
        }
    }
}

/// What went wrong with the step at hand.
fn failure(cx: &Context, fault: Fault) -> Failure {
    let step = cx.step_at_hand();
    let method = step.map(|step| step.method.name().to_string());
    let at = step.map(|_| cx.step().pointer()).unwrap_or_default();
    Failure {
        step: cx.step(),
        method: method.unwrap_or_default(),
        pointer: format!("{at}{}", fault.pointer),
        kind: *fault.kind,
    }
}

fn fail(cx: &Context, fault: Fault) -> State {
    State::Over(End::Failed(failure(cx, fault)))
}

fn too_many(cx: &Context) -> Option<FailureKind> {
    let most = cx.options.limits.steps;
    (cx.steps_run >= most).then_some(FailureKind::TooManySteps(most))
}
