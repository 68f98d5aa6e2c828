//! The end of a run: what it started is ended.

use crate::{Outcome, context::Context};
use alloc::collections::BTreeSet;
use collodi_action::Action;
use collodi_command::TreeId;
use collodi_machine::ActionId;
use collodi_restart::Escalation;
use collodi_time::{Deadline, Duration, Instant};

/// How long what is left may take to end by itself when nobody is in a hurry.
const LINGER: Duration = Duration::from_millis(50);

/// A run that is ending: it waits until its trees are empty, and sends signals.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) outcome: Outcome,
    waiting: BTreeSet<ActionId>,
    trees: BTreeSet<TreeId>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Lingering(Instant),
    Signalling(Escalation),
}

impl Ending {
    /// Begins to end what the run started: commands that live, at once; what others
    /// left behind, after a moment in which it may end by itself.
    pub(crate) fn begin(cx: &mut Context, now: Instant, outcome: Outcome) -> Self {
        let trees = core::mem::take(&mut cx.trees);
        let await_empty = |tree: &TreeId| cx.world(Action::AwaitEmpty(tree.clone()));
        let waiting = trees.iter().map(await_empty).collect();
        let stage = Stage::Lingering(now + LINGER);
        let mut ending = Self {
            outcome,
            waiting,
            trees,
            stage,
        };
        if !cx.living.is_empty() {
            ending.signal_now(cx, now);
        }
        ending
    }

    /// Whether everything is gone.
    pub(crate) fn is_over(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn completed(&mut self, id: ActionId) {
        self.waiting.remove(&id);
    }

    /// Does not wait for it to end by itself.
    pub(crate) fn signal_now(&mut self, cx: &mut Context, now: Instant) {
        if matches!(self.stage, Stage::Lingering(_)) && !self.is_over() {
            let (escalation, signal) = Escalation::begin(cx.options.stop.clone(), now);
            self.stage = Stage::Signalling(escalation);
            self.send(cx, signal);
        }
    }

    /// Skips the grace period.
    pub(crate) fn kill(&mut self, cx: &mut Context, now: Instant) {
        self.signal_now(cx, now);
        if let Stage::Signalling(escalation) = &mut self.stage {
            let signal = escalation.hurry(now);
            self.send(cx, signal);
        }
    }

    pub(crate) fn timeout(&mut self, cx: &mut Context, now: Instant) {
        match &mut self.stage {
            Stage::Lingering(at) if *at <= now => self.signal_now(cx, now),
            Stage::Lingering(_) => {}
            Stage::Signalling(escalation) => {
                if let Some(signal) = escalation.due(now) {
                    self.send(cx, signal);
                }
            }
        }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        (!self.is_over()).then(|| match &self.stage {
            Stage::Lingering(at) => Deadline::new(*at, "leftovers"),
            Stage::Signalling(escalation) => escalation.deadline(),
        })
    }

    fn send(&self, cx: &mut Context, signal: collodi_command::Signal) {
        for tree in &self.trees {
            cx.world(Action::Signal(tree.clone(), signal));
        }
    }
}
