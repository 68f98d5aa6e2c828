//! The runs of a plan: the one that is played, those that wait for it, and how they end.

use super::{Ended, Player, Stand};
use collodi_api::{Effect, Plan, PlanEnding, PlanStatus, PlannedScript};
use collodi_machine::ActionId;
use collodi_run::{Completed, Failure, FailureKind, Outcome, ScriptFault, Status};
use collodi_value::Value;

/// The run that is played, and those that wait for it.
pub(super) struct Stack {
    pub(super) top: Stand,
    /// Who waits, with the action that does; the innermost is last.
    callers: Vec<(Stand, ActionId)>,
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
        let caller = std::mem::replace(&mut self.top, callee);
        self.callers.push((caller, id));
    }

    /// How many runs there are.
    pub(super) const fn depth(&self) -> usize {
        self.callers.len() + 1
    }

    /// The runs, the outermost first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Stand> {
        let callers = self.callers.iter().map(|(caller, _)| caller);
        callers.chain([&self.top])
    }
}

impl Player<'_> {
    /// The run at hand has ended.
    pub(super) fn done(&mut self, outcome: &Outcome) {
        let ended = |status| (ending(status), Ok(outcome.result.clone()));
        let (ending, answer) = match &outcome.status {
            Status::Failed(failure) => {
                if let Some(why) = self.unplayable(failure) {
                    return self.give_up(failure.step, &why);
                }
                (failed(failure), Err(failure.to_string()))
            }
            Status::StoppedEarly => ended(PlanStatus::StoppedEarly),
            _ => ended(PlanStatus::Completed),
        };
        let script = self.stack.top.path.clone();
        let answer = answer.map_err(|why| ScriptFault::Failed { script, why });
        self.scripts
            .ended(&self.stack.top.path, &self.stack.top.run, answer.is_ok());
        self.leave(&ending, answer);
    }

    /// What would have to be known for the failed step to be played.
    fn unplayable(&self, failure: &Failure) -> Option<String> {
        match &failure.kind {
            FailureKind::Unsupported(why) => Some((*why).to_owned()),
            FailureKind::NoMatch { line, .. } => Some(format!("what `{line}` says matches")),
            _ => self.stack.top.others.get(&failure.step).cloned(),
        }
    }

    /// The run at hand has done its steps and stays up: who waits for it goes on.
    pub(super) fn serves(&mut self) {
        let top = &self.stack.top;
        let result = top.run.result().clone();
        self.scripts.stays_up(&top.path, &top.run);
        self.leave(&ending(PlanStatus::Serving), Ok(result));
    }

    /// Nothing comes any more of the runs.
    pub(super) fn cut(&mut self, status: PlanStatus) -> Ended {
        self.cut_as(&ending(status))
    }

    pub(super) fn cut_as(&mut self, ending: &PlanEnding) -> Ended {
        loop {
            self.leave(ending, Err(ScriptFault::Cancelled));
            if let Some(ended) = self.over.take() {
                return ended;
            }
        }
    }

    /// From the run at hand to the one that waits for it; from the first one, to the end.
    fn leave(&mut self, ending: &PlanEnding, answer: Result<Value, ScriptFault>) {
        let Some((caller, id)) = self.stack.callers.pop() else {
            self.over = Some(Ended::With(Box::new(self.plan(ending))));
            return;
        };
        let mut done = std::mem::replace(&mut self.stack.top, caller);
        let (file, args) = (done.file(), done.options.args.to_json());
        let (steps, ending) = done.record.finish(ending.clone(), &mut self.notes);
        self.effect(Effect::Script(PlannedScript {
            app_id: done.app.name,
            root: done.app.root.to_string(),
            file,
            dialect: done.options.script.dialect.name().to_owned(),
            args: self.notes.words.show(&args),
            steps,
            ending,
        }));
        self.answer(id, Completed::Script(answer));
    }

    /// The plan, when the first run is over.
    fn plan(&mut self, ending: &PlanEnding) -> Plan {
        let top = &mut self.stack.top;
        let (steps, ending) = top.record.finish(ending.clone(), &mut self.notes);
        Plan {
            app_id: top.app.name.clone(),
            root: top.app.root.to_string(),
            file: top.file(),
            dialect: top.options.script.dialect.name().to_owned(),
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
