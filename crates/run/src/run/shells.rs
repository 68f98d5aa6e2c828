//! Open shells, and what is written to commands.

use super::{Phase, Run};
use crate::{Completed, Event, context::Context, step::ShellHeard};
use alloc::{format, sync::Arc};
use collodi_action::{Action, Completion, Progress};
use collodi_command::{Stream, TreeId};
use collodi_machine::ActionId;
use collodi_script::StepAt;
use collodi_time::Instant;

impl Run {
    /// The tree of the command that reads what is written to the run: of those that
    /// live, the one that was started last. None when none reads.
    pub fn reader(&self) -> Option<&TreeId> {
        match self.phase {
            Phase::Ending(_) | Phase::Done(_) => None,
            _ => self.cx.readers.last_key_value().map(|(_, tree)| tree),
        }
    }

    /// Hands on what someone writes.
    pub(super) fn write(&mut self, bytes: Arc<[u8]>) {
        if let Some(tree) = self.reader().cloned() {
            self.cx.world_unheard(Action::Write(tree, bytes));
        }
    }

    /// An answer that no step waits for. What could not be written is said while there
    /// is someone to read it.
    pub(super) fn unheard(&mut self, completed: &Completed) {
        if let Completed::World(Completion::Written(Err(error))) = completed
            && self.reader().is_some()
        {
            self.cx.note(format!("what was written is lost: {error}"));
        }
    }

    /// Something was heard of an open shell. Its output is shown, whoever waits for it.
    pub(super) fn shell_progress(&mut self, now: Instant, id: ActionId, progress: &Progress) {
        let Some(heard) = hear(&mut self.cx, id, progress) else {
            return;
        };
        for lane in self.lanes.iter_mut() {
            lane.go(&mut self.cx, |cx, state| state.heard(cx, now, id, &heard));
        }
        if let (Phase::Ending(ending), ShellHeard::Spawned) = (&self.phase, heard) {
            ending.spawned(&mut self.cx);
        }
    }

    /// An open shell ended, whoever waits for it.
    pub(super) fn shell_ended(&mut self, now: Instant, id: ActionId, completed: &Completed) {
        for lane in self.lanes.iter_mut() {
            lane.go(&mut self.cx, |cx, state| {
                state.shell_ended(cx, now, id, completed)
            });
        }
    }

    /// Forgets the open shell of this command. Whether it was one.
    pub(super) fn close_shell(&mut self, id: ActionId) -> bool {
        let Some(mut session) = self.cx.sessions.remove(id) else {
            return false;
        };
        for (stream, bytes) in session.close() {
            show(&mut self.cx, session.step.clone(), stream, &bytes);
        }
        true
    }
}

fn hear(cx: &mut Context, id: ActionId, progress: &Progress) -> Option<ShellHeard> {
    match progress {
        Progress::Spawned { .. } => Some(ShellHeard::Spawned),
        Progress::Identified(_)
        | Progress::Recorded(_)
        | Progress::Exited(_)
        | Progress::Transferred { .. } => None,
        Progress::Output { stream, bytes } => {
            let session = cx.sessions.of(id)?;
            let heard = session.hear(*stream, bytes);
            let step = session.step.clone();
            show(cx, step, *stream, &heard.bytes);
            Some(ShellHeard::Output(*stream, heard))
        }
    }
}

fn show(cx: &mut Context, step: StepAt, stream: Stream, bytes: &[u8]) {
    if !bytes.is_empty() {
        cx.out.event(Event::Output {
            step,
            stream,
            bytes: bytes.into(),
        });
    }
}
