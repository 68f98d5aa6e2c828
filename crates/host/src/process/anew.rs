//! A daemon that has ended, before it is supervised anew.

use super::{First, Order, Process};
use alloc::sync::Arc;
use collodi_command::{Recording, TreeId};
use collodi_machine::Machine;
use collodi_restart::Input;
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
        (self.stopped_by_operator, self.was_found) = (false, false);
        self.order = Order::default();
    }

    /// Somebody stopped it when an earlier host looked after it.
    pub(crate) fn was_stopped(&mut self) {
        // It is not started yet, so this is its end.
        let _ = self.supervisor.handle_input(Instant::ZERO, Input::Stop);
        self.stopped_by_operator = true;
    }

    /// Whether it lives and was told to end for good.
    pub(crate) fn is_being_stopped(&self) -> bool {
        !self.has_ended() && (self.order.stop_asked || self.stopped_by_operator)
    }
}
