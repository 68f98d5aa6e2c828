//! What is known of scripts while they run, and their end.

use crate::{Host, RunEntry, RunId};
use alloc::vec::Vec;
use collodi_run::ScriptQuestion;
use collodi_time::Instant;
use collodi_value::Value;

impl Host {
    /// Ends the runs and daemons of a script.
    pub(crate) fn stop_script(&mut self, now: Instant, path: &str) {
        let its = |run: &&RunEntry| run.script_path() == path;
        let runs: Vec<_> = self
            .runs()
            .filter(its)
            .map(|run| run.id().clone())
            .collect();
        for run in runs {
            // A run that is known can be cancelled.
            let _ = self.cancel_run(now, &run);
        }
    }

    /// Whether a run of this script is unfinished, or a daemon of it lives.
    pub(crate) fn is_running(&self, path: &str) -> bool {
        let mut runs = self.runs().filter(|run| run.script_path() == path);
        runs.any(|run| run.outcome().is_none() || self.has_daemons(run.id()))
    }

    fn has_daemons(&self, run: &RunId) -> bool {
        self.processes().any(|p| p.run() == run && !p.has_ended())
    }

    /// Whether its commands that live on are up, or at least one of them.
    fn serves(&self, run: &RunEntry) -> bool {
        let mut kept = run.kept().iter().filter_map(|id| self.process(id));
        run.kept().is_empty() || kept.any(crate::Process::is_up)
    }

    /// Whether anything lives that comes from this run: the run itself, scripts that
    /// it started, what these started in turn, and daemons of any of them.
    pub fn is_alive(&self, run: &RunId) -> bool {
        let mut runs = self.runs().filter(|entry| entry.origin() == run);
        runs.any(|entry| entry.outcome().is_none() || self.has_daemons(entry.id()))
            || self.calls.all.values().any(|call| call.origin == *run)
    }

    pub(crate) fn script_answer(&self, question: ScriptQuestion, path: &str) -> Value {
        let of_path = |run: &&RunEntry| run.script_path() == path && run.outcome().is_none();
        let run = self.runs().find(of_path);
        match question {
            ScriptQuestion::Resolve => Value::from(path),
            ScriptQuestion::Running => Value::from(self.is_running(path)),
            ScriptQuestion::Ready => Value::from(match run {
                Some(run) => run.is_serving() && self.serves(run),
                None => self.records.is_ready(path),
            }),
            ScriptQuestion::Local => match run.and_then(RunEntry::local) {
                Some(local) => Value::Object(local.clone()),
                None => question.of_nothing(),
            },
            ScriptQuestion::Global => Value::Object(match run.and_then(RunEntry::global) {
                Some(global) => global.clone(),
                None => self.records.global(path),
            }),
            _ => question.of_nothing(),
        }
    }
}
