//! What has changed since a client was told.

use super::{frame::Frame, topics::Topics, turns::Turns};
use collodi_api::{NoteKind, StreamNote, StreamProgress};
use collodi_host::{Event, Host, JournalEvent, ProcessId, RunEvent, RunId};
use collodi_run::Event as Step;
use collodi_script::StepAt;
use std::collections::BTreeMap;

/// What has changed since a client was told: never more than there is.
#[derive(Debug, Default)]
pub(super) struct Changed {
    runs: Turns<RunId>,
    processes: Turns<ProcessId>,
    envs: bool,
    left_alone: bool,
    progress: BTreeMap<RunId, StreamProgress>,
}

/// Something to tell of.
#[derive(Debug)]
pub(super) enum Thing {
    Run(RunId),
    Process(ProcessId),
    Envs,
    /// All that the host leaves alone.
    LeftAlone,
    Progress(StreamProgress),
}

impl Changed {
    /// Everything that a host has of these topics.
    pub(super) fn all(topics: &Topics, host: &Host) -> Self {
        let runs = host.runs().map(|run| run.id().clone());
        let processes = host.processes().map(|process| process.id().clone());
        Self {
            runs: runs.filter(|_| topics.runs).collect(),
            processes: processes.filter(|_| topics.processes).collect(),
            envs: topics.envs,
            left_alone: topics.processes && host.left_alone().next().is_some(),
            progress: BTreeMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
            && self.processes.is_empty()
            && self.progress.is_empty()
            && !self.envs
            && !self.left_alone
    }

    /// The next thing to tell of.
    pub(super) fn take(&mut self) -> Option<Thing> {
        if let Some(run) = self.runs.pop() {
            return Some(Thing::Run(run));
        }
        if let Some(process) = self.processes.pop() {
            return Some(Thing::Process(process));
        }
        if let Some((_, progress)) = self.progress.pop_first() {
            return Some(Thing::Progress(progress));
        }
        if std::mem::take(&mut self.left_alone) {
            return Some(Thing::LeftAlone);
        }
        std::mem::take(&mut self.envs).then_some(Thing::Envs)
    }

    /// Takes in what happened, but for output, which does not come here. What is no state is
    /// told at once.
    pub(super) fn absorb(&mut self, event: &Event, topics: &Topics) -> Option<Frame> {
        match event {
            // What it installed is there by now.
            Event::Run {
                what: RunEvent::Ended(_) | RunEvent::Step(Step::Serving),
                run,
                ..
            } => {
                self.envs |= topics.envs;
                if topics.runs {
                    self.runs.push(run);
                }
            }
            Event::Run { run, what, .. } if topics.runs => return self.run(run, what),
            Event::Process { process, .. } if topics.processes => {
                self.processes.push(process);
            }
            Event::Env { .. } => self.envs |= topics.envs,
            Event::Journal(what) => self.left_alone |= topics.processes && is_of_left_alone(what),
            _ => {}
        }
        None
    }

    fn run(&mut self, run: &RunId, event: &RunEvent) -> Option<Frame> {
        match event {
            RunEvent::Step(Step::Transferred { done, total, .. }) => {
                let progress = StreamProgress {
                    run_id: run.to_string(),
                    done: *done,
                    total: *total,
                };
                self.progress.insert(run.clone(), progress);
            }
            RunEvent::Step(step) => {
                if let Some((at, kind, text)) = said(step) {
                    return Some(note(run, at, kind, text));
                }
                self.runs.push(run);
            }
            _ => self.runs.push(run),
        }
        None
    }
}

/// Whether others are left alone now than were before.
const fn is_of_left_alone(event: &JournalEvent) -> bool {
    matches!(
        event,
        JournalEvent::LeftAlone(_)
            | JournalEvent::EndedAlone(_)
            | JournalEvent::SetAside { .. }
            | JournalEvent::NotSetAside { .. }
    )
}

/// What a step says that is in no log.
fn said(event: &Step) -> Option<(&StepAt, NoteKind, String)> {
    match event {
        Step::Log { step, text } => Some((step, NoteKind::Log, text.clone())),
        Step::Note { step, text } => Some((step, NoteKind::Note, text.clone())),
        Step::Show {
            step,
            method,
            params,
        } => Some((step, NoteKind::Show, format!("{method} {params}"))),
        Step::Transfer { step, what } => Some((step, NoteKind::Transfer, what.to_string())),
        Step::Downloaded { step, file } => Some((step, NoteKind::Downloaded, file.to_string())),
        _ => None,
    }
}

fn note(run: &RunId, at: &StepAt, kind: NoteKind, text: String) -> Frame {
    let note = StreamNote {
        run_id: run.to_string(),
        step: at.index,
        list: at.list.name().map(ToOwned::to_owned),
        kind,
        text,
    };
    Frame::new("note", &note)
}
