//! What a run has to do with people, and what comes before its first step.

use super::{Phase, Run};
use crate::{
    Completed, Failure, Question, Status,
    lane::Lane,
    opening::{Opened, Opening},
    params::Fault,
};
use alloc::sync::Arc;
use collodi_machine::ActionId;
use collodi_script::StepAt;
use collodi_time::Instant;
use collodi_value::Object;

impl Run {
    /// What it asks of a person, as long as it waits for the answer: the oldest, when
    /// several lists of steps ask something.
    pub fn question(&self) -> Option<&Arc<Question>> {
        match &self.phase {
            Phase::Opening(opening) => opening.question(),
            _ => {
                let open = self.lanes.iter().filter_map(Lane::question);
                open.min_by_key(|question| question.number)
            }
        }
    }

    pub(super) fn answer(&mut self, now: Instant, number: u64, values: &Object) {
        let asks = |question: &Arc<Question>| question.number == number;
        match core::mem::replace(&mut self.phase, Phase::New) {
            Phase::Opening(opening) if opening.question().is_some_and(asks) => {
                let opened = opening.answer(&mut self.cx, values);
                self.opened(now, opened);
            }
            other => {
                self.phase = other;
                let mut lanes = self.lanes.iter_mut();
                if let Some(lane) = lanes.find(|lane| lane.question().is_some_and(asks)) {
                    lane.go(&mut self.cx, |cx, state| state.answer(cx, now, values));
                }
            }
        }
    }

    pub(super) fn open(&mut self, now: Instant) {
        let opened = Opening::begin(&mut self.cx);
        self.opened(now, opened);
    }

    pub(super) fn opening_completed(
        &mut self,
        now: Instant,
        opening: Opening,
        id: ActionId,
        completed: Completed,
    ) {
        let opened = opening.completed(&mut self.cx, id, completed);
        self.opened(now, opened);
    }

    /// A failure before the first step is about what the script requires.
    fn opened(&mut self, now: Instant, opened: Result<Opened, Fault>) {
        match opened {
            Ok(Opened::Done) => self.begin(now),
            Ok(Opened::Waits(opening)) => self.phase = Phase::Opening(opening),
            Err(fault) => {
                let failure = Failure {
                    step: StepAt::default(),
                    method: "pre".into(),
                    pointer: "/pre".into(),
                    kind: *fault.kind,
                };
                self.end(now, Status::Failed(failure));
            }
        }
    }
}
