//! The end of a run: what it started is ended.

use crate::{Completed, Outcome, context::Context};
use alloc::collections::{BTreeMap, BTreeSet};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_machine::ActionId;
use collodi_restart::Escalation;
use collodi_time::{Deadline, Duration, Instant};

/// How long what is left may take to end by itself when nobody is in a hurry.
const LINGER: Duration = Duration::from_millis(50);

/// A run that is ending: it waits until its commands have ended and its trees are
/// empty, and sends signals.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) outcome: Outcome,
    trees: BTreeSet<TreeId>,
    /// The questions whether a tree is empty.
    waiting: BTreeMap<ActionId, TreeId>,
    /// The trees of which nobody could say. They are asked about again.
    unknown: BTreeSet<TreeId>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Lingering(Instant),
    Signalling(Escalation, Signal),
}

impl Ending {
    /// Begins to end what the run started: commands that live, at once; what others
    /// left behind, after a moment in which it may end by itself.
    pub(crate) fn begin(cx: &mut Context, now: Instant, outcome: Outcome) -> Self {
        let mut ending = Self {
            outcome,
            trees: core::mem::take(&mut cx.trees),
            waiting: BTreeMap::new(),
            unknown: BTreeSet::new(),
            stage: Stage::Lingering(now + LINGER),
        };
        ending.ask(cx, ending.trees.clone());
        for transfer in cx.transfers.clone() {
            cx.world(Action::Abort(transfer));
        }
        if !cx.living.is_empty() {
            ending.signal_now(cx, now);
        }
        ending
    }

    fn ask(&mut self, cx: &mut Context, trees: BTreeSet<TreeId>) {
        for tree in trees {
            self.waiting
                .insert(cx.world(Action::AwaitEmpty(tree.clone())), tree);
        }
    }

    /// Whether everything is gone.
    pub(crate) fn is_over(&self, cx: &Context) -> bool {
        self.waiting.is_empty() && self.unknown.is_empty() && cx.living.is_empty()
    }

    /// An answer came. Only a clear one counts.
    pub(crate) fn completed(&mut self, id: ActionId, completed: &Completed) {
        if let Completed::Daemon(Ok(daemon)) = completed {
            self.outcome.daemons.push(daemon.id.clone());
        }
        if let Some(tree) = self.waiting.remove(&id)
            && !matches!(completed, Completed::World(Completion::Empty(Ok(()))))
        {
            self.unknown.insert(tree);
        }
    }

    /// A command began after the signal was sent: it gets the signal too.
    pub(crate) fn spawned(&self, cx: &mut Context) {
        if let Stage::Signalling(_, signal) = &self.stage {
            self.send(cx, *signal);
        }
    }

    /// A command ended. What was said of its tree before may no longer be so.
    pub(crate) fn command_ended(&mut self, cx: &mut Context) {
        self.waiting.clear();
        self.ask(cx, self.trees.clone());
    }

    /// Does not wait for it to end by itself.
    pub(crate) fn signal_now(&mut self, cx: &mut Context, now: Instant) {
        if matches!(self.stage, Stage::Lingering(_)) && !self.is_over(cx) {
            let (escalation, signal) = Escalation::begin(cx.options.stop.clone(), now);
            self.stage = Stage::Signalling(escalation, signal);
            self.send(cx, signal);
        }
    }

    /// Skips the grace period.
    pub(crate) fn kill(&mut self, cx: &mut Context, now: Instant) {
        self.signal_now(cx, now);
        if let Stage::Signalling(escalation, last) = &mut self.stage {
            *last = escalation.hurry(now);
            let signal = *last;
            self.send(cx, signal);
        }
    }

    pub(crate) fn timeout(&mut self, cx: &mut Context, now: Instant) {
        if self.deadline(cx).is_none_or(|deadline| deadline.at > now) {
            return;
        }
        let unknown = core::mem::take(&mut self.unknown);
        self.ask(cx, unknown);
        match &mut self.stage {
            Stage::Lingering(_) => self.signal_now(cx, now),
            Stage::Signalling(escalation, last) => {
                if let Some(signal) = escalation.due(now) {
                    *last = signal;
                    self.send(cx, signal);
                }
            }
        }
    }

    pub(crate) fn deadline(&self, cx: &Context) -> Option<Deadline> {
        (!self.is_over(cx)).then(|| match &self.stage {
            Stage::Lingering(at) => Deadline::new(*at, "leftovers"),
            Stage::Signalling(escalation, _) => escalation.deadline(),
        })
    }

    fn send(&self, cx: &mut Context, signal: Signal) {
        for tree in &self.trees {
            cx.world(Action::Signal(tree.clone(), signal));
        }
    }
}
