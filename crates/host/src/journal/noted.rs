//! Daemons run when what is to be known of them is written down.

use super::Sheet;
use crate::{Host, Process, ProcessId};
use collodi_time::Instant;

impl Host {
    /// What is to be known of a daemon before it runs is written down. What it said in an
    /// earlier life may still be on its way out: it says no more until that is gone.
    pub(super) fn noted(&mut self, now: Instant, id: &ProcessId) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        let recording = process
            .recording()
            .map(|name| Sheet::Recording(name.into()));
        let sheets = &self.shared.journal.sheets;
        if recording.is_some_and(|recording| sheets.is_going(&recording)) {
            return;
        }
        let tree = process.spec().command.tree.clone();
        let was_noted = core::mem::replace(&mut process.order.noted, true);
        let has_ended = process.has_ended();
        if !was_noted {
            self.begin_process(now, id);
        } else if !has_ended {
            // Once it runs: how to find it again goes first.
            self.shared.note_daemon(now, &tree, id);
        }
    }

    /// What a daemon has said is gone: one of that name that is to run may.
    pub(super) fn recording_gone(&mut self, now: Instant, name: &str) {
        let is_it = |p: &&Process| !p.order.noted && p.recording() == Some(name);
        let id = self.processes().find(is_it).map(|p| p.id().clone());
        let sheets = &self.shared.journal.sheets;
        if let Some(id) = id.filter(|id| !sheets.is_under_way(&Sheet::Process(id.clone()))) {
            self.noted(now, &id);
        }
    }
}
