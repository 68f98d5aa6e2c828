//! `shell.stop`

use super::{Pending, Started, Step, session::session_id};
use crate::{Completed, context::Context, params::Params};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_machine::ActionId;
use collodi_restart::Escalation;
use collodi_time::{Deadline, Instant};
use collodi_value::Value;

/// Shells that are being ended: their trees get one signal after the other until
/// nothing of them is left.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    execs: Vec<ActionId>,
    /// The trees that may have processes.
    trees: BTreeSet<TreeId>,
    /// The questions whether a tree is empty.
    asked: BTreeMap<ActionId, TreeId>,
    escalation: Escalation,
}

/// A shell that is not there is ended already.
pub(super) fn start(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    let ids: Vec<String> = if params.get("group").is_some() {
        cx.sessions.ids().cloned().collect()
    } else {
        [session_id(cx, params)?].into()
    };
    let (escalation, signal) = Escalation::begin(cx.options.stop.clone(), now);
    let mut stop = Stop {
        execs: Vec::new(),
        trees: BTreeSet::new(),
        asked: BTreeMap::new(),
        escalation,
    };
    for id in ids {
        match cx.sessions.get(&id) {
            Some(session) => {
                stop.execs.push(session.exec);
                stop.trees.insert(session.tree.clone());
            }
            None => cx.note(format!("there is no open shell {id:?} to stop")),
        }
    }
    stop.ask(cx);
    stop.send(cx, signal);
    Ok(Box::new(stop).unless_over(cx))
}

impl Stop {
    /// Asks about the trees that no question is about.
    fn ask(&mut self, cx: &mut Context) {
        let asked: BTreeSet<_> = self.asked.values().cloned().collect();
        for tree in self.trees.difference(&asked) {
            let question = cx.world(Action::AwaitEmpty(tree.clone()));
            self.asked.insert(question, tree.clone());
        }
    }

    fn send(&self, cx: &mut Context, signal: Signal) {
        for tree in &self.trees {
            cx.world_unheard(Action::Signal(tree.clone(), signal));
        }
    }

    /// Done when nothing is left.
    pub(crate) fn unless_over(self: Box<Self>, cx: &Context) -> Step {
        let lives = self.execs.iter().any(|exec| cx.living.contains(exec));
        if lives || !self.trees.is_empty() {
            return Step::Wait(Pending::ShellStop(self));
        }
        Step::Done(Value::Null)
    }

    /// An answer came. Only a clear one counts.
    pub(crate) fn completed(
        mut self: Box<Self>,
        cx: &Context,
        id: ActionId,
        completed: &Completed,
    ) -> Step {
        if let Some(tree) = self.asked.remove(&id)
            && matches!(completed, Completed::World(Completion::Empty(Ok(()))))
        {
            self.trees.remove(&tree);
        }
        self.unless_over(cx)
    }

    pub(crate) fn timeout(mut self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        if let Some(signal) = self.escalation.due(now) {
            self.ask(cx);
            self.send(cx, signal);
        }
        Step::Wait(Pending::ShellStop(self))
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        Some(self.escalation.deadline())
    }
}
