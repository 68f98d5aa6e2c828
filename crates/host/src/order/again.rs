//! Daemons that are ended and started again: each is ended when those of them that depend on it are
//! down, and started when those that it depends on are up.

use crate::{Host, Process, ProcessId, post::Post};
use collodi_restart::{Input, Phase};
use collodi_time::Instant;

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
                self.ties.tie(id);
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
        if process.order.history.is_some() || self.goes_down_after_others(process) {
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

    /// One that is down is no more to be ended.
    pub(super) fn see_whether_down(&mut self, id: &ProcessId) {
        if let Some(process) = self
            .processes
            .get_mut(id)
            .filter(|p| !p.has_a_life_to_end())
        {
            process.order.again = Again::No;
        }
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

    /// Whether it names that one as one that it depends on.
    pub(crate) fn depends_on_it(&self, other: &Self) -> bool {
        let of = |name| self.depends_on().iter().any(|needed| needed == name);
        other.name().is_some_and(of)
    }
}
