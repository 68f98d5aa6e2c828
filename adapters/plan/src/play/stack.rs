//! The runs of a plan: the one that is played, those that wait for it, and how they end.

use super::{Ended, Player, Stand, stops::Stops};
use crate::sandbox::sandbox;
use collodi_api::{Effect, Plan, PlanEnding, PlanStatus, PlannedScript};
use collodi_machine::ActionId;
use collodi_run::{Completed, Failure, FailureKind, Outcome, ScriptFault, Status};
use collodi_value::Value;

/// The run that is played, and those that wait for it.
pub(super) struct Stack {
    pub(super) top: Stand,
    /// Who waits; the innermost is last.
    callers: Vec<Caller>,
}

/// A run that waits for the one at hand.
struct Caller {
    stand: Stand,
    /// Its action that does.
    id: ActionId,
    /// Whether it has stopped the one at hand, and others; else it has started it.
    stops: Option<Stops>,
}

impl Stack {
    pub(super) const fn new(first: Stand) -> Self {
        Self {
            top: first,
            callers: Vec::new(),
        }
    }

    /// Begins another run, for which the action of this one waits.
    pub(super) fn call(&mut self, id: ActionId, callee: Stand) {
        self.push(id, callee, None);
    }

    /// Ends a run that stays up, for which the action of this one waits.
    pub(super) fn stop(&mut self, id: ActionId, stopped: Stand, stops: Stops) {
        self.push(id, stopped, Some(stops));
    }

    fn push(&mut self, id: ActionId, top: Stand, stops: Option<Stops>) {
        let stand = std::mem::replace(&mut self.top, top);
        self.callers.push(Caller { stand, id, stops });
    }

    /// How many runs there are.
    pub(super) const fn depth(&self) -> usize {
        self.callers.len() + 1
    }

    /// The runs, the outermost first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Stand> {
        let callers = self.callers.iter().map(|caller| &caller.stand);
        callers.chain([&self.top])
    }
}

impl Player<'_> {
    /// The run at hand has ended.
    pub(super) fn done(&mut self, outcome: &Outcome) {
        let script = self.stack.top.path.clone();
        let cut = self.stack.top.cut;
        let ended = |status| (ending(status), Ok(outcome.result.clone()));
        let (ending, answer) = match &outcome.status {
            Status::Failed(failure) => {
                if let Some(why) = self.unplayable(failure) {
                    return self.give_up(&failure.step, &why);
                }
                let why = failure.to_string();
                (failed(failure), Err(ScriptFault::Failed { script, why }))
            }
            Status::Cancelled => {
                let status = cut.unwrap_or(PlanStatus::Waiting);
                (ending(status), Err(ScriptFault::Stopped(script)))
            }
            Status::StoppedEarly => ended(PlanStatus::StoppedEarly),
            _ => ended(PlanStatus::Completed),
        };
        let top = &self.stack.top;
        self.scripts.ended(&top.path, &top.run, answer.is_ok());
        let left = self.leave(&ending, answer);
        let has_no_end =
            |status: &PlanStatus| matches!(status, PlanStatus::Waiting | PlanStatus::Endless);
        if let Some(status) = cut.filter(has_no_end).filter(|_| left.is_some()) {
            self.stack.top.cut(self.now, status);
        }
    }

    /// What would have to be known for the failed step to be played.
    fn unplayable(&self, failure: &Failure) -> Option<String> {
        match &failure.kind {
            FailureKind::NoMatch { line, .. } => Some(format!("what `{line}` says matches")),
            _ => self.stack.top.others.get(&failure.step).cloned(),
        }
    }

    /// The run at hand has done its steps and stays up: who waits for it goes on. The first
    /// one is ended, to see what it does then.
    pub(super) fn serves(&mut self) {
        if self.stack.callers.is_empty() {
            return self.stack.top.cut(self.now, PlanStatus::Serving);
        }
        let result = self.stack.top.run.result().clone();
        let left = self.leave(&ending(PlanStatus::Serving), Ok(result));
        left.into_iter()
            .for_each(|stand| self.scripts.stays_up(stand));
    }

    /// Nothing comes any more of the runs.
    pub(super) fn break_off(&mut self, ending: &PlanEnding) -> Ended {
        loop {
            self.leave(ending, Err(ScriptFault::Cancelled));
            if let Some(ended) = self.over.take() {
                return ended;
            }
        }
    }

    /// From the run at hand to the one that waits for it; from the first one, to the end.
    /// What was left, unless it was the first one.
    fn leave(&mut self, ending: &PlanEnding, answer: Result<Value, ScriptFault>) -> Option<Stand> {
        let Some(Caller { stand, id, stops }) = self.stack.callers.pop() else {
            self.over = Some(Ended::With(Box::new(self.plan(ending))));
            return None;
        };
        let mut left = std::mem::replace(&mut self.stack.top, stand);
        let planned = self.planned(&mut left, ending);
        if stops.is_none() || !planned.steps.is_empty() {
            let step = self.stack.top.run.step_of(id);
            self.effect(&step, Effect::Script(planned));
        }
        match stops {
            None => self.answer(id, Completed::Script(answer)),
            Some(stops) => self.stop_next(id, stops),
        }
        Some(left)
    }

    /// What a run was that is over, for the step that waited for it.
    fn planned(&mut self, run: &mut Stand, ending: &PlanEnding) -> PlannedScript {
        let (steps, ending) = run.record.finish(ending.clone(), &mut self.notes);
        PlannedScript {
            app_id: run.app.name.to_string(),
            root: run.app.root.to_string(),
            file: run.file(),
            dialect: run.options.script.dialect.name().to_owned(),
            sandbox: sandbox(self.options, &run.app).map(Box::new),
            args: self.notes.words.show(&run.options.args.to_json()),
            steps,
            ending,
        }
    }

    /// The plan, when the first run is over.
    fn plan(&mut self, ending: &PlanEnding) -> Plan {
        let top = &mut self.stack.top;
        let (steps, ending) = top.record.finish(ending.clone(), &mut self.notes);
        Plan {
            app_id: top.app.name.to_string(),
            root: top.app.root.to_string(),
            file: top.file(),
            dialect: top.options.script.dialect.name().to_owned(),
            sandbox: sandbox(self.options, &top.app),
            steps,
            ending,
            assumptions: std::mem::take(&mut self.notes.assumptions),
        }
    }
}

fn failed(failure: &Failure) -> PlanEnding {
    PlanEnding {
        status: PlanStatus::Failed,
        reason: Some(failure.to_string()),
        hint: failure.kind.hint().map(str::to_owned),
        pointer: Some(failure.pointer.clone()),
    }
}

pub(super) const fn ending(status: PlanStatus) -> PlanEnding {
    PlanEnding {
        status,
        reason: None,
        hint: None,
        pointer: None,
    }
}
