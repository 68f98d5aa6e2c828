//! Steps that wait for their turn: of those of one method, over all runs, one has it.

use crate::{Host, RunId, post::Post};
use alloc::{
    collections::{BTreeMap, VecDeque},
    format,
    string::String,
    vec::Vec,
};
use collodi_machine::ActionId;
use collodi_run::{Completed, Input};
use collodi_time::Instant;

/// A step that has or wants a turn: its run, and the run's action.
type Who = (RunId, ActionId);

/// The turns that steps have and wait for, by method.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(BTreeMap<String, Line>);

/// The steps of one method.
#[derive(Clone, Debug, Default)]
struct Line {
    /// Who has the turn; several when steps wait for what the others started.
    have: Vec<Who>,
    wait: VecDeque<Who>,
}

impl Turns {
    /// A step wants its turn. Whether it has it: at once, when whoever has the turn waits
    /// for this step.
    fn take(&mut self, method: String, who: Who, waits_for_it: impl Fn(&RunId) -> bool) -> bool {
        let line = self.0.entry(method).or_default();
        let is_free = line.have.iter().all(|(run, _)| waits_for_it(run));
        match is_free {
            true => line.have.push(who),
            false => line.wait.push_back(who),
        }
        is_free
    }

    /// These steps want nothing any more: who wants the turns that are free.
    fn leave(&mut self, leaves: impl Fn(&Who) -> bool) -> Vec<Who> {
        let mut next = Vec::new();
        self.0.retain(|_, line| {
            line.have.retain(|who| !leaves(who));
            line.wait.retain(|who| !leaves(who));
            if line.have.is_empty()
                && let Some(who) = line.wait.pop_front()
            {
                line.have.push(who.clone());
                next.push(who);
            }
            !line.have.is_empty()
        });
        next
    }

    fn waits(&self, step: &Who) -> bool {
        self.0.values().any(|line| line.wait.contains(step))
    }
}

impl Host {
    /// A step of a run wants its turn.
    pub(crate) fn want_turn(&mut self, run: RunId, action: ActionId, method: String) {
        let callers = self.runs_that_wait_for(&run);
        let who = (run, action);
        let note = format!("waits until no other {method} of its queue runs");
        if self
            .turns
            .take(method, who.clone(), |run| callers.contains(run))
        {
            self.tell_turn(who);
        } else if let Some(entry) = self.runs.get(&who.0) {
            entry.tell_note(note, &mut self.shared);
        }
    }

    /// A run does not want this any more.
    pub(crate) fn release(&mut self, now: Instant, run: &RunId, action: ActionId, held: ActionId) {
        let who = (run.clone(), held);
        self.leave_call_of(now, &who);
        self.leave_env_of(&who);
        // What was asked for is answered, whoever hears it.
        if self.turns.waits(&who) {
            self.tell_turn(who.clone());
        }
        self.leave_turns(|leaving| *leaving == who);
        let released = Input::Completed(action, Completed::Released);
        self.shared.post.push_back(Post::Run(run.clone(), released));
    }

    /// These steps want no turn any more.
    pub(crate) fn leave_turns(&mut self, leaves: impl Fn(&Who) -> bool) {
        for next in self.turns.leave(leaves) {
            self.tell_turn(next);
        }
    }

    fn tell_turn(&mut self, (run, action): Who) {
        let turn = Input::Completed(action, Completed::Turn);
        self.shared.post.push_back(Post::Run(run, turn));
    }
}
