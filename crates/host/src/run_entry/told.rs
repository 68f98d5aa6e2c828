//! What a run tells: its output by lines, its steps as they are.

use super::{RunEntry, StepPhase, StepView};
use crate::{Event, RunId, event::RunEvent, post::Post, shared::Shared};
use alloc::{string::String, vec::Vec};
use collodi_run::Event as StepEvent;
use collodi_script::{List, Script, StepAt};
use collodi_time::Instant;

impl RunEntry {
    pub(super) fn tell(&self, what: RunEvent, shared: &mut Shared) {
        let (run, app) = (self.id.clone(), self.app.clone());
        shared.out.event(Event::Run { run, app, what });
    }

    pub(crate) fn tell_started(&self, shared: &mut Shared) {
        self.tell(RunEvent::Started, shared);
    }

    pub(crate) fn tell_called(&self, by: &RunId, shared: &mut Shared) {
        let (by, script) = (by.clone(), self.script_path.clone());
        self.tell(RunEvent::Called { by, script }, shared);
    }

    /// Something that a person should know about the step at hand.
    pub(crate) fn tell_note(&self, text: String, shared: &mut Shared) {
        let step = self.step.clone();
        self.tell(RunEvent::Step(StepEvent::Note { step, text }), shared);
    }

    /// A command that the host runs for the step at hand.
    pub(crate) fn tell_command(&self, line: &str, shared: &mut Shared) {
        let (step, line) = (self.step.clone(), line.into());
        self.tell(RunEvent::Step(StepEvent::Command { step, line }), shared);
    }

    pub(super) fn tell_step(&mut self, now: Instant, mut event: StepEvent, shared: &mut Shared) {
        event.hide(&self.mask);
        if let StepEvent::Output {
            step,
            stream,
            bytes,
        } = &event
        {
            self.step = step.clone();
            let (id, app, step) = (self.id.clone(), self.app.clone(), step.clone());
            let said = self.log.push_with(now, *stream, bytes, |line| {
                if !shared.tells_lines {
                    return;
                }
                let what = RunEvent::Line {
                    step: step.clone(),
                    line: line.clone(),
                };
                shared.out.event(Event::Run {
                    run: id.clone(),
                    app: app.clone(),
                    what,
                });
            });
            if !shared.tells_lines && !said.is_empty() {
                self.tell(RunEvent::Grew, shared);
            }
            return;
        }
        match event {
            StepEvent::Serving => shared.post.push_back(Post::Settled(self.id.clone())),
            StepEvent::Ending => shared.post.push_back(Post::StopDaemons(self.kept.clone())),
            _ => {}
        }
        self.view(now, &event, shared);
        self.tell(RunEvent::Step(event), shared);
    }

    /// Keeps the view of the steps.
    pub(super) fn view(&mut self, now: Instant, event: &StepEvent, shared: &mut Shared) {
        let (step, phase) = match event {
            StepEvent::StepStarted { step, .. } => (step, StepPhase::Running),
            StepEvent::StepSkipped { step } => (step, StepPhase::Skipped),
            StepEvent::StepDone { step } => (step, StepPhase::Done),
            StepEvent::Exited { .. } => return self.flush(now, shared),
            StepEvent::Command { step, line } | StepEvent::Transfer { step, what: line } => {
                if let Some(view) = self.view_of(step) {
                    view.command = Some(line.clone());
                }
                return;
            }
            _ => return,
        };
        self.step = step.clone();
        let next = self.log.next_seq();
        if let Some(view) = self.view_of(step) {
            view.phase = phase;
            if phase != StepPhase::Done {
                view.log_from = Some(next);
            }
        }
    }

    /// The view of a step. A list is viewed from its first step on.
    pub(super) fn view_of(&mut self, at: &StepAt) -> Option<&mut StepView> {
        if !self.steps.iter().any(|view| view.at.list == at.list) {
            let script = self.script.iter();
            self.steps
                .extend(script.flat_map(|script| views(script, &at.list)));
        }
        self.steps.iter_mut().find(|view| view.at == *at)
    }

    /// A command ended: what it said without a line end is a line.
    pub(crate) fn flush(&mut self, now: Instant, shared: &mut Shared) {
        let unfinished = self.log.close(now).start;
        self.tell_from(unfinished, shared);
    }

    /// A line about something that the run waits for.
    pub(crate) fn note_line(&mut self, now: Instant, text: &str, shared: &mut Shared) {
        let note = self.log.note(now, text);
        self.tell_from(note, shared);
    }

    /// The lines of the log from this one on, of the step at hand.
    fn tell_from(&self, first: u64, shared: &mut Shared) {
        for line in self.log.read(first, usize::MAX).lines {
            let (step, line) = (self.step.clone(), line.clone());
            self.tell(RunEvent::Line { step, line }, shared);
        }
    }
}

pub(super) fn views(script: &Script, list: &List) -> Vec<StepView> {
    let steps = script.list(list).iter();
    let view = |step: &collodi_script::Step| StepView {
        at: StepAt {
            list: list.clone(),
            index: step.index,
        },
        method: step.method.clone(),
        phase: StepPhase::default(),
        command: None,
        log_from: None,
    };
    steps.map(view).collect()
}
