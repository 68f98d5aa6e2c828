//! Daemons that are ended and started again: each is ended when those of them that depend on it are
//! down, and started when those that it depends on are up.

use crate::{Host, Process, ProcessId, post::Post};
use collodi_restart::{Ended, Input, Phase};
use collodi_time::Instant;
use core::mem;

/// How far one is that is to be ended and started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Again {
    #[default]
    No,
    /// It is told when it is its turn.
    InTurn,
    /// It has been told, and is not down yet.
    GoesDown,
}

impl Host {
    /// Ends these, and starts them again.
    pub(crate) fn start_again(&mut self, now: Instant, ids: &[ProcessId]) {
        for id in ids {
            let process = self.processes.get_mut(id);
            if let Some(process) = process.filter(|process| process.has_a_life_to_end()) {
                process.order.again = Again::InTurn;
                self.note_soon(now, id);
            }
        }
        ids.iter().for_each(|id| self.go_down_in_turn(id));
    }

    pub(crate) fn go_down_in_turn(&mut self, id: &ProcessId) {
        let process = self.process(id);
        let Some(process) = process.filter(|process| process.order.again == Again::InTurn) else {
            return;
        };
        let is_down = process.status().phase == Phase::Crashed;
        let waits = !is_down && self.goes_down_after_others(process);
        if process.order.history.is_some() || waits {
            self.ties.to_end.insert(id.clone());
            return;
        }
        self.ties.to_end.remove(id);
        if let Some(process) = self.processes.get_mut(id) {
            process.order.again = Again::GoesDown;
        }
        let hold = Post::Process(id.clone(), Input::Hold);
        self.shared.post.push_back(hold);
    }

    fn goes_down_after_others(&self, process: &Process) -> bool {
        let goes_first = |p: &Process| p.order.again != Again::No && p.depends_on_it(process);
        self.siblings(process).any(goes_first)
    }

    /// One that is down is no more to be ended. Whether it has ended by itself meanwhile, and is to come up
    /// again: nobody has stopped it since, and it was not given up.
    pub(super) fn comes_again(&mut self, id: &ProcessId) -> bool {
        let process = self.processes.get_mut(id);
        let Some(process) = process.filter(|process| !process.has_a_life_to_end()) else {
            return false;
        };
        self.ties.to_end.remove(id);
        let was_to = mem::take(&mut process.order.again) != Again::No;
        let gave_up = matches!(process.status().phase, Phase::Ended(Ended::GaveUp(_)));
        let is_unwanted = process.order.stop_asked || process.stopped_by_operator || gave_up;
        was_to && process.has_ended() && !is_unwanted && !self.shutting_down
    }

    pub(super) fn begin_again(&mut self, now: Instant, id: &ProcessId) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        let (tree, after) = (process.tree().clone(), process.order.after.take());
        self.shared.forget_daemon(&tree);
        self.revive(id);
        if let Some(process) = self.processes.get_mut(id) {
            process.order.after = after;
        }
        self.begin_process(now, id);
        self.note_process(id);
        self.advance_stops(id);
        self.settle_with(now, id);
    }
}

impl Process {
    /// Whether it lives, or waits for its next life.
    fn has_a_life_to_end(&self) -> bool {
        let is_down = matches!(
            self.status().phase,
            Phase::New | Phase::Held | Phase::Ended(_)
        );
        !is_down || self.lives_already()
    }

    /// Whether it is ended because another one died.
    pub(super) fn goes_down_for_another(&self) -> bool {
        self.order.after.is_some() && self.order.again != Again::No
    }
}
