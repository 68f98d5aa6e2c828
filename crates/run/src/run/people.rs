//! What a run has to do with people, and what comes before its first step.

use super::{Run, State};
use crate::{
    Completed, Failure, Question, Status,
    opening::{Opened, Opening},
    params::Fault,
};
use alloc::sync::Arc;
use collodi_machine::ActionId;
use collodi_time::Instant;
use collodi_value::Object;

impl Run {
    /// What it asks of a person, as long as it waits for the answer.
    pub const fn question(&self) -> Option<&Arc<Question>> {
        match &self.state {
            State::Opening(opening) => opening.question(),
            State::Stepping(pending) => pending.question(),
            _ => None,
        }
    }

    pub(super) fn answer(&mut self, now: Instant, number: u64, values: &Object) {
        if self
            .question()
            .is_none_or(|question| question.number != number)
        {
            return;
        }
        match core::mem::replace(&mut self.state, State::New) {
            State::Stepping(pending) => {
                let step = pending.answer(&mut self.cx, values);
                self.apply(now, step);
            }
            State::Opening(opening) => {
                let opened = opening.answer(&mut self.cx, values);
                self.opened(now, opened);
            }
            other => self.state = other,
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
            Ok(Opened::Done) => self.state = State::Next(0, now),
            Ok(Opened::Waits(opening)) => self.state = State::Opening(opening),
            Err(fault) => {
                let failure = Failure {
                    step: 0,
                    method: "pre".into(),
                    pointer: "/pre".into(),
                    kind: *fault.kind,
                };
                self.end(now, Status::Failed(failure));
            }
        }
    }
}
