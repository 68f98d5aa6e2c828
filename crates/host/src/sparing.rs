//! The end of a host that leaves to the next one what it has found.

use crate::{Accepted, Follower, Host, Process, RunId};
use alloc::{string::String, vec::Vec};
use collodi_time::{Duration, Instant};

impl Host {
    /// Ends all but what an earlier host has left of other apps.
    pub(crate) fn shut_down_of(&mut self, now: Instant, app: String, within: Duration) -> Accepted {
        // All is left to the next host already.
        if self.let_go().is_some() {
            return Accepted::UnderWay;
        }
        self.spares = Some(app);
        self.begin_shutdown(now, within)
    }

    /// Whether this daemon is left to the next host.
    pub(crate) fn is_spared(&self, process: &Process) -> bool {
        process.is_spared(self.spares.as_deref())
    }

    /// The runs of which nothing is spared.
    pub(crate) fn runs_to_end(&self) -> Vec<RunId> {
        let runs = self.runs.keys().filter(|id| !self.is_spared_run(id));
        runs.cloned().collect()
    }

    fn is_spared_run(&self, id: &RunId) -> bool {
        self.spared().any(|process| process.run() == id)
    }

    fn spared(&self) -> impl Iterator<Item = &Process> {
        self.processes()
            .filter(|p| !p.has_ended() && self.is_spared(p))
    }

    /// What is spared is alone: the next host may have it.
    pub(crate) fn leave_spared(&mut self, now: Instant) {
        if self.spares.is_none() {
            return;
        }
        let journal = &self.shared.journal;
        let is_told = journal.follower.is_some() || journal.let_go.is_some();
        if !is_told && self.spared().next().is_some() && self.rest_is_over() {
            self.hand_over(now, Follower::OtherProcess);
        }
    }

    /// Whether all has ended that is not spared.
    fn rest_is_over(&self) -> bool {
        let has_ended = |id: &RunId| self.run(id).is_none_or(|run| run.outcome().is_some());
        self.envs.is_empty()
            && self.deleting.is_empty()
            && !self.ends_left_alone()
            && self.processes().all(|p| p.has_ended() || self.is_spared(p))
            && self.runs_to_end().iter().all(has_ended)
    }
}
