//! What was told to end, until each of it has ended once.

use crate::commands::named::Known;
use collodi_api::Process;
use std::{collections::BTreeSet, mem};

/// What lived of a name when that was told to end.
pub(super) struct Ending {
    /// As each was seen last.
    processes: Vec<Process>,
    runs: BTreeSet<String>,
    left_alone: BTreeSet<String>,
    /// The processes that were seen to live, also those that have ended since.
    seen: BTreeSet<String>,
}

impl Ending {
    /// What lives of the process, the run or the app of this name.
    pub(super) fn of(known: &Known, name: &str) -> Self {
        let named = known.runs.iter().filter(|run| run.id == name);
        let of_app = known.runs.iter().filter(|run| run.app_id == name);
        let runs = named.chain(of_app.filter(|run| run.outcome.is_none()));
        let mut ending = Self {
            processes: known.living(name).cloned().collect(),
            runs: runs.map(|run| run.id.clone()).collect(),
            left_alone: known.left_alone(name).map(|one| one.id.clone()).collect(),
            seen: BTreeSet::new(),
        };
        let seen = ending.processes.iter().map(|process| process.id.clone());
        ending.seen = seen.collect();
        ending.see_of_runs(known);
        ending
    }

    /// Looks what has ended, and whether all of it has.
    pub(super) fn look(&mut self, known: &Known) -> bool {
        self.see_of_runs(known);
        for before in mem::take(&mut self.processes) {
            let now = known.living(&before.id).next();
            let now = now.filter(|now| goes_on(&before, now));
            self.processes.extend(now.cloned());
        }
        let mut left_alone = self.left_alone.iter();
        let is_left_alone = left_alone.any(|id| known.left_alone(id).next().is_some());
        self.processes.is_empty() && self.runs_in(known).next().is_none() && !is_left_alone
    }

    /// Those that live though all has ended: somebody has started them again since.
    pub(super) fn started_again(&self, known: &Known) -> Vec<String> {
        let ids = self.seen.iter();
        let living = ids.filter(|id| known.living(id).next().is_some());
        living.cloned().collect()
    }

    /// A run may have begun one just before it was told to end.
    fn see_of_runs(&mut self, known: &Known) {
        let living = known.processes.iter().filter(|p| p.ended.is_none());
        for process in living.filter(|p| self.runs.contains(&p.run_id)) {
            if self.seen.insert(process.id.clone()) {
                self.processes.push(process.clone());
            }
        }
    }

    fn runs_in<'k>(&self, known: &'k Known) -> impl Iterator<Item = &'k String> {
        let unfinished = known.runs.iter().filter(|run| run.outcome.is_none());
        let ids = unfinished.map(|run| &run.id);
        ids.filter(|id| self.runs.contains(*id))
    }
}

/// Whether it has not ended between the two: who is started again after that begins with another
/// life, and is restarted no more often than before.
fn goes_on(before: &Process, now: &Process) -> bool {
    let is_same_life = before.started_at.is_none() || before.started_at == now.started_at;
    is_same_life || now.restart_count > before.restart_count
}
