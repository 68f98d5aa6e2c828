//! The lists of a run: those that begin, those that are over, and what their end means.

use super::{Phase, Run};
use crate::{
    Event, Failure, Outcome, Status,
    context::{Context, Triggered},
    ending::Ending,
    lane::{Cursor, End, LaneId, State},
};
use alloc::{borrow::ToOwned as _, format, sync::Arc};
use collodi_script::{List, StepAt};
use collodi_time::{Duration, Instant};

/// What is told of a run that begins in the middle.
const NO_INPUT: &str =
    "the run begins here, and what the step before it gives (`input`) is not known";

/// How many steps are begun before anyone else has a turn.
const STEPS_AT_ONCE: usize = 256;

impl Run {
    /// Begins `run`, at its first step or at a later one.
    pub(super) fn begin(&mut self, now: Instant) {
        self.phase = Phase::Running;
        let options = Arc::clone(&self.cx.options);
        let input = options.resume.input(&options.args);
        let from = options.resume.from;
        if input.is_none() {
            let (step, text) = (StepAt::run(from), NO_INPUT.to_owned());
            self.cx.out.event(Event::Note { step, text });
        }
        self.lanes
            .begin_at(now, List::Run, from, input.unwrap_or_default());
    }

    /// Goes on with a lane, if it is still there.
    pub(super) fn go(
        &mut self,
        lane: Option<LaneId>,
        on: impl FnOnce(&mut Context, State) -> State,
    ) {
        if let Some(lane) = lane.and_then(|lane| self.lanes.get_mut(lane)) {
            lane.go(&mut self.cx, on);
        }
    }

    /// Begins steps until all lists wait for the world, or there were many: then it is
    /// someone else's turn first.
    pub(super) fn advance(&mut self, now: Instant) {
        for _ in 0..STEPS_AT_ONCE {
            self.tidy(now);
            let Some(lane) = self.lanes.ready() else {
                return;
            };
            lane.go(&mut self.cx, |cx, state| state.begin(cx, now));
        }
        self.tidy(now);
        self.lanes.put_off(now);
    }

    /// Begins what was triggered, and sees to what is over.
    fn tidy(&mut self, now: Instant) {
        self.begin_triggered(now);
        while let Some((cursor, end)) = self.lanes.take_over() {
            self.list_over(now, cursor, end);
        }
        self.end_if_idle(now);
    }

    /// Begins the lists that handlers have triggered. Once the run is ending, none begins.
    fn begin_triggered(&mut self, now: Instant) {
        let is_on = matches!(self.phase, Phase::Running | Phase::Serving);
        for Triggered { step, list, input } in core::mem::take(&mut self.cx.triggered) {
            if is_on && !self.lanes.begin(now, list.clone(), input) {
                let name = list.name().unwrap_or("run");
                let text = format!("too many lists of steps are under way: {name} is not begun");
                self.cx.out.event(Event::Note { step, text });
            }
        }
    }

    /// A list that is done ends the run, but for those of a script that stays up.
    fn list_over(&mut self, now: Instant, cursor: Cursor, end: End) {
        self.cx.release_all(core::slice::from_ref(&cursor));
        if let Phase::Stopping(status, _) = &self.phase {
            let status = status.clone();
            self.stop_over(now, &end, status);
            return;
        }
        let (is_first, stays_up) = (cursor.lane == LaneId::FIRST, self.cx.options.script.daemon);
        if !stays_up && self.drop_lanes() && matches!(end, End::Completed) {
            self.note_end(&cursor);
        }
        if is_first || !stays_up {
            self.result = cursor.input;
        }
        match end {
            End::Failed(failure) => self.end(now, Status::Failed(failure)),
            End::StoppedEarly => self.end(now, Status::StoppedEarly),
            End::Completed if !stays_up => self.end(now, Status::Completed),
            End::Completed if is_first && !self.is_idle() => {
                self.cx.out.event(Event::Serving);
                self.served = true;
                self.phase = Phase::Serving;
            }
            End::Completed => {}
        }
    }

    /// A script that stays up does so until the last of its commands and lists has ended.
    fn end_if_idle(&mut self, now: Instant) {
        let is_on = matches!(self.phase, Phase::Running | Phase::Serving);
        if is_on && self.is_idle() {
            self.end(now, Status::Completed);
        }
    }

    fn is_idle(&self) -> bool {
        self.lanes.is_empty() && self.cx.detached.is_empty()
    }

    /// The run ends like this: what it does on its stop is done before, once it has begun.
    pub(super) fn end(&mut self, now: Instant, status: Status) {
        let has_begun = matches!(self.phase, Phase::Running | Phase::Serving);
        self.result = self.result().clone();
        self.drop_lanes();
        if !has_begun || self.cx.options.script.on_stop.is_none() {
            return self.finish(now, status);
        }
        self.lanes.begin(now, List::Stop, self.result.clone());
        self.phase = Phase::Stopping(status, now + patience(&self.cx));
    }

    /// A list has ended others with the run.
    fn note_end(&mut self, cursor: &Cursor) {
        let step = cursor.step.clone();
        let name = step.list.name().unwrap_or("run");
        let text = format!("{name} is done, and the run with it: the script is no `daemon`");
        self.cx.out.event(Event::Note { step, text });
    }

    /// Nobody goes on with what is under way. Whether something was.
    fn drop_lanes(&mut self) -> bool {
        let lanes = self.lanes.take_all();
        self.cx.release_all(&lanes);
        !lanes.is_empty()
    }

    /// What is done on the stop is over.
    fn stop_over(&mut self, now: Instant, end: &End, status: Status) {
        if let End::Failed(failure) = end {
            self.note_stop(failure);
        }
        self.finish(now, status);
    }

    /// What is done on the stop takes too long.
    pub(super) fn stop_too_late(&mut self, now: Instant, status: Status) {
        let step = collodi_script::StepAt::first_of(List::Stop);
        let text = "it takes too long, and the run ends without it".into();
        self.cx.out.event(Event::Note { step, text });
        self.finish(now, status);
    }

    /// A failure on the stop changes nothing.
    fn note_stop(&mut self, failure: &Failure) {
        let step = failure.step.clone();
        let text = format!("failed: {}", failure.kind);
        self.cx.out.event(Event::Note { step, text });
    }

    /// Ends what the run started.
    pub(super) fn finish(&mut self, now: Instant, status: Status) {
        self.drop_lanes();
        let outcome = Outcome {
            status,
            steps_run: self.cx.steps_run,
            daemons: core::mem::take(&mut self.cx.daemons),
            result: core::mem::take(&mut self.result),
            served: self.served,
        };
        if !self.cx.trees.is_empty() || !self.cx.living.is_empty() {
            self.cx.out.event(Event::Ending);
        }
        self.phase = Phase::Ending(Ending::begin(&mut self.cx, now, outcome));
        self.settle();
    }

    /// Done, when nothing is left to wait for.
    pub(super) fn settle(&mut self) {
        if let Phase::Ending(ending) = &self.phase
            && ending.is_over(&self.cx)
            && self.cx.out.idle()
        {
            self.phase = Phase::Done(ending.outcome.clone());
        }
    }
}

/// How long what is done on the stop may take: as long as a command has to end by itself
/// before it is killed.
fn patience(cx: &Context) -> Duration {
    let before = cx
        .options
        .stop
        .steps()
        .split_last()
        .map(|(_, before)| before);
    before.into_iter().flatten().map(|step| step.wait).sum()
}
