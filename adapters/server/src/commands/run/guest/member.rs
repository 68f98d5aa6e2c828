//! A run that is watched: the one that was asked for, or of a script that it started.

use super::show::Show;
use crate::present::lines;
use collodi_api::{Question, Run, RunStatus, Step, StepStatus, StreamNote};
use std::sync::Arc;

/// What is known of a run, and what of it was shown.
#[derive(Debug)]
pub(super) struct Member {
    /// What stands before its lines.
    name: String,
    run: Run,
    /// What it asks.
    question: Option<Arc<Question>>,
    steps: Vec<Shown>,
    /// The step that was shown last, by its place among them.
    last: Option<usize>,
    /// What steps said that were not shown yet.
    notes: Vec<StreamNote>,
    /// The number of the question that was shown last.
    asked: u64,
    serving_shown: bool,
    outcome_shown: bool,
}

/// What was shown of a step.
#[derive(Debug, Default)]
struct Shown {
    has_begun: bool,
    command: Option<String>,
}

impl Member {
    /// A run of which nothing was shown, and what its steps said.
    pub(super) fn new(run: Run, notes: Vec<StreamNote>) -> Self {
        let is_called = run.origin.is_some();
        Self {
            name: match is_called {
                true => lines::called(&run.file),
                false => String::new(),
            },
            question: None,
            steps: Vec::new(),
            last: None,
            notes,
            asked: 0,
            serving_shown: false,
            outcome_shown: false,
            run,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn run(&self) -> &Run {
        &self.run
    }

    /// Whether all its steps were done and it stayed up, as far as that was told.
    pub(super) const fn has_served(&self) -> bool {
        self.serving_shown
    }

    /// What it asks, once that was shown.
    pub(super) const fn question(&self) -> Option<&Arc<Question>> {
        self.question.as_ref()
    }

    /// The line of the log that the next step begins at that was not shown, if that is before `to`.
    pub(super) fn begun_at(&self, run: &Run, to: u64) -> Option<u64> {
        let fresh = |at: usize| self.steps.get(at).is_none_or(|shown| !shown.has_begun);
        let steps = run.steps.iter().enumerate();
        let begun = steps.filter(|(at, step)| step.status != StepStatus::Pending && fresh(*at));
        let lines = begun.filter_map(|(_, step)| step.log_from);
        lines.filter(|line| *line < to).min()
    }

    /// Shows what is new of the steps that begin before this line of the log, and what they said.
    pub(super) fn hear_steps(&mut self, run: &Run, to: u64, show: &dyn Show) {
        self.steps.resize_with(run.steps.len(), Shown::default);
        for (at, (step, shown)) in run.steps.iter().zip(&mut self.steps).enumerate() {
            if step.log_from.unwrap_or(0) >= to {
                continue;
            }
            if shown.hear(&self.name, step, total(run, step), show) {
                self.last = Some(at);
            }
            if shown.has_begun {
                let said = self.notes.extract_if(.., |note| is_of(note, step));
                said.for_each(|note| show.note(&self.name, &note));
            }
        }
    }

    /// Shows what a step said, below it: when that was not shown yet, later; when others were
    /// shown since, with its number.
    pub(super) fn hear_note(&mut self, mut note: StreamNote, show: &dyn Show) {
        let at = self.run.steps.iter().position(|step| is_of(&note, step));
        let is_shown = |at: usize| self.steps.get(at).is_some_and(|shown| shown.has_begun);
        if !at.is_some_and(is_shown) {
            return self.notes.push(note);
        }
        if at != self.last {
            let list = note.list.as_ref().map(|list| format!("{list}/"));
            let (list, step) = (list.unwrap_or_default(), note.step + 1);
            note.text = format!("step {list}{step}: {}", note.text);
        }
        show.note(&self.name, &note);
    }

    /// Shows what is new of the run.
    pub(super) fn hear(&mut self, run: Run, show: &dyn Show) {
        self.hear_steps(&run, u64::MAX, show);
        self.question = run.question.clone().map(Arc::new);
        if let Some(question) = run.question.as_ref().filter(|q| q.number > self.asked) {
            self.asked = question.number;
            show.question(question);
        }
        let is_serving = run.status == RunStatus::Serving;
        if is_serving && !std::mem::replace(&mut self.serving_shown, true) {
            show.serving(&self.name);
        }
        self.run = run;
    }

    /// Whether its end is to be shown; that is said once.
    pub(super) fn has_just_ended(&mut self) -> bool {
        let has_ended = self.run.outcome.is_some();
        has_ended && !std::mem::replace(&mut self.outcome_shown, true)
    }
}

impl Shown {
    /// A step that was begun and done since is shown once; whether that was here.
    fn hear(&mut self, name: &str, step: &Step, total: usize, show: &dyn Show) -> bool {
        let has_begun = step.status != StepStatus::Pending;
        let is_news = has_begun && !std::mem::replace(&mut self.has_begun, has_begun);
        if is_news {
            show.step(name, step, total);
        }
        let command = step.command.as_ref();
        if let Some(command) = command.filter(|now| self.command.as_ref() != Some(now)) {
            show.command(name, command);
            self.command = Some(command.clone());
        }
        is_news
    }
}

fn is_of(note: &StreamNote, step: &Step) -> bool {
    note.step == step.index && note.list == step.list
}

/// How many steps there are in the list of this one.
fn total(run: &Run, step: &Step) -> usize {
    let of_list = run.steps.iter().filter(|other| other.list == step.list);
    of_list.count()
}
