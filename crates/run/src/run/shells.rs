//! Open shells, and what is written to commands.

use super::{Run, State};
use crate::{Completed, Event, context::Context, questions::Asking, step::ShellHeard};
use alloc::{format, sync::Arc};
use collodi_action::{Action, Completion, Progress};
use collodi_command::{Stream, TreeId};
use collodi_machine::ActionId;
use collodi_script::Method;
use collodi_time::{Duration, Instant};

/// How long the end of a shell's command is waited for before text goes to the command.
const SETTLE: Duration = Duration::from_millis(300);

impl Run {
    /// The tree of the command that reads what is written to the run: of those that
    /// live, the one that was started last. None when none reads.
    pub fn reader(&self) -> Option<&TreeId> {
        match self.state {
            State::Ending(_) | State::Done(_) => None,
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
        match core::mem::replace(&mut self.state, State::New) {
            State::Stepping(pending) => {
                let step = pending.heard(&mut self.cx, now, id, &heard);
                self.apply(now, step);
            }
            State::Ending(ending) => {
                if matches!(heard, ShellHeard::Spawned) {
                    ending.spawned(&mut self.cx);
                }
                self.state = State::Ending(ending);
            }
            State::Settling(_) if !self.cx.sessions.may_end() => {
                self.prepare(now, Asking::default());
            }
            other => self.state = other,
        }
    }

    /// Renders the step at hand; one that types into a shell waits a while for the end of
    /// what runs there, so that the shell reads it and not what is just ending.
    pub(super) fn settle_shell(&mut self, now: Instant) {
        let steps = &self.cx.options.script.steps;
        let method = steps.get(self.cx.step).map(|step| &step.method);
        let types = matches!(method, Some(Method::ShellEnter | Method::ShellWrite));
        if types && self.cx.sessions.may_end() {
            self.state = State::Settling(now + SETTLE);
        } else {
            self.prepare(now, Asking::default());
        }
    }

    /// Forgets the open shell of this command. Whether it was one.
    pub(super) fn close_shell(&mut self, id: ActionId) -> bool {
        let Some(mut session) = self.cx.sessions.remove(id) else {
            return false;
        };
        for (stream, bytes) in session.close() {
            show(&mut self.cx, session.step, stream, &bytes);
        }
        true
    }
}

fn hear(cx: &mut Context, id: ActionId, progress: &Progress) -> Option<ShellHeard> {
    match progress {
        Progress::Spawned { .. } => Some(ShellHeard::Spawned),
        Progress::Identified(_) | Progress::Exited(_) | Progress::Transferred { .. } => None,
        Progress::Output { stream, bytes } => {
            let session = cx.sessions.of(id)?;
            let heard = session.hear(*stream, bytes);
            let step = session.step;
            show(cx, step, *stream, &heard.bytes);
            Some(ShellHeard::Output(*stream, heard))
        }
    }
}

fn show(cx: &mut Context, step: usize, stream: Stream, bytes: &[u8]) {
    if !bytes.is_empty() {
        cx.out.event(Event::Output {
            step,
            stream,
            bytes: bytes.into(),
        });
    }
}
