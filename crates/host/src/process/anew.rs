//! A daemon that has ended, before it is supervised anew.

use super::{First, Order, Process};
use alloc::{format, string::ToString, sync::Arc};
use collodi_command::{Recording, TreeId};
use collodi_time::Instant;

impl Process {
    /// Is supervised anew after its end, in a tree of its own, with its log going on. What its
    /// run waited for has come to pass: it is no command of that any more.
    pub(crate) fn begin_anew(&mut self, tree: TreeId, recording: Option<Recording>, seed: u64) {
        self.supervisor = self.supervisor.anew(seed);
        self.daemon.command.tree = tree;
        self.daemon.command.recording = recording.map(Arc::new);
        (self.first, self.life, self.identity) = (First::Started, None, None);
        (self.starting, self.kept, self.spawn_error) = (None, None, None);
        (self.reason, self.earlier) = (None, None);
        (self.stopped_by_operator, self.was_found) = (false, false);
        self.stays_down = false;
        self.order = Order::default();
    }

    /// Says in its log how it ended under an earlier host, and when. That is news to nobody.
    pub(crate) fn had_ended(&mut self, at: Instant) {
        let how = match self.reason() {
            Some(reason) => reason.to_string(),
            None => self.status().to_string(),
        };
        let text = format!("[VATN] Ended under an earlier server: {how}");
        self.log.note(at, &text);
    }

    /// Whether it lives and was told to end for good.
    pub fn is_being_stopped(&self) -> bool {
        !self.has_ended() && (self.order.stop_asked || self.stopped_by_operator)
    }
}
