//! What happens to a run at the server of the workspace, for people and for programs.

use crate::{
    client::Told,
    failure::{ERROR, HINT},
    present::{
        counted,
        progress::{Told as Part, size},
        style::{DIM, GOOD, STEP, WARN},
    },
    state::ServerState,
};
use anyhow::Result;
use collodi_api::{
    LogPage, LogStream, Process, Question, Run, RunStatus, Step, StepFailure, StepStatus,
    StreamGap, StreamNote, StreamProgress,
};
use collodi_logs::plain;
use serde_json::{Map, Value, json};

/// Shows what happens.
#[derive(Debug)]
pub(super) struct Show {
    json: bool,
    /// How far the transfer is that was shown last.
    part: Option<Part>,
}

impl Show {
    pub(super) const fn new(json: bool) -> Self {
        Self { json, part: None }
    }

    /// For programs, all that the server tells of the run goes out as it came, with its
    /// name as `event`.
    pub(super) fn told(&self, told: &Told) -> Result<()> {
        if self.json {
            let mut line = Map::from_iter([("event".to_owned(), Value::from(told.event.as_str()))]);
            line.extend(serde_json::from_str::<Map<_, _>>(&told.data)?);
            say!("{}", Value::Object(line));
        }
        Ok(())
    }

    /// A page of a log that was asked for.
    pub(super) fn page(&self, page: &LogPage) -> Result<()> {
        match page.lines.is_empty() {
            true => Ok(()),
            false => self.told(&Told {
                event: "log".to_owned(),
                data: serde_json::to_string(page)?,
            }),
        }
    }

    pub(super) fn given(&self, server: &ServerState, run: &str) {
        let ServerState { pid, address, .. } = server;
        if self.json {
            say!("{}", json!({ "event": "accepted", "run": run }));
        } else {
            say!(
                "{DIM}the server of the workspace runs it (pid {pid}, http://{address}): {run}{DIM:#}"
            );
        }
    }

    pub(super) fn interrupted(&self) {
        if self.json {
            say!("{}", json!({ "event": "interrupted" }));
        } else {
            say!("\n{WARN}stopping; Ctrl-C again leaves it to the server{WARN:#}");
        }
    }

    pub(super) fn step(&self, step: &Step, total: usize) {
        if self.json {
            return;
        }
        let list = step.list.as_ref().map(|list| format!("{} ", plain(list)));
        let place = format!("{}[{}/{total}]", list.unwrap_or_default(), step.index + 1);
        match step.status {
            StepStatus::Skipped => say!("{STEP}{place}{STEP:#} {DIM}left out{DIM:#}"),
            StepStatus::Pending | StepStatus::Cancelled => {}
            _ => say!("{STEP}{place}{STEP:#} {}", plain(&step.method)),
        }
    }

    pub(super) fn command(&self, command: &str) {
        if !self.json {
            say!("      $ {}", plain(command));
        }
    }

    pub(super) fn question(&self, run: &str, question: &Question) {
        if self.json {
            return;
        }
        for text in [&question.title, &question.description] {
            if !text.is_empty() {
                say!("      {STEP}{}{STEP:#}", plain(text));
            }
        }
        let keys = question.fields.iter().map(|field| plain(&field.key));
        let keys: Vec<_> = keys.map(|key| format!("{key}=…")).collect();
        say!(
            "      {WARN}the run waits for: collodi answer {run} {}{WARN:#}",
            keys.join(" ")
        );
    }

    pub(super) fn serving(&self) {
        if !self.json {
            say!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}");
        }
    }

    pub(super) fn answers(&self, process: &str, url: &str) {
        if !self.json {
            say!("{GOOD}{process} answers at {}{GOOD:#}", plain(url));
        }
    }

    pub(super) fn ended(&self, process: &Process) {
        if !self.json {
            let how = process.reason.as_deref().unwrap_or("ended");
            say!("{}: {}", process.id, plain(how));
        }
    }

    /// Those of a process have its name before them.
    pub(super) fn lines(&self, page: &LogPage, is_run: bool) {
        if self.json {
            return;
        }
        let name = match is_run {
            true => String::new(),
            false => format!("{} ", page.id),
        };
        for line in &page.lines {
            let text = plain(&line.text);
            match line.stream {
                LogStream::Note => say!("      {DIM}{name}{text}{DIM:#}"),
                _ => say!("      {DIM}{name}|{DIM:#} {text}"),
            }
        }
    }

    pub(super) fn gap(&self, gap: &StreamGap) {
        if !self.json {
            let lines = counted(
                usize::try_from(gap.to - gap.from).unwrap_or(usize::MAX),
                "line",
            );
            complain!(
                "{WARN}{lines} of {} are not shown: they are no longer kept{WARN:#}",
                gap.id
            );
        }
    }

    pub(super) fn note(&self, note: &StreamNote) {
        if !self.json {
            say!("      {WARN}note: {}{WARN:#}", plain(&note.text));
        }
    }

    /// Every tenth of a transfer.
    pub(super) fn progress(&mut self, progress: &StreamProgress) {
        let part = Part::of(progress.done, progress.total);
        if self.json || self.part.replace(part) == Some(part) {
            return;
        }
        match progress.total {
            Some(total) => say!(
                "      {DIM}{} of {}{DIM:#}",
                size(progress.done),
                size(total)
            ),
            None => say!("      {DIM}{}{DIM:#}", size(progress.done)),
        }
    }

    pub(super) fn outcome(&self, run: &Run) {
        let Some(outcome) = run.outcome.as_ref().filter(|_| !self.json) else {
            return;
        };
        match (&outcome.failure, outcome.status) {
            (Some(failure), _) => failed(failure),
            (None, RunStatus::Cancelled) => say!("{WARN}cancelled{WARN:#}"),
            (None, status) => {
                let steps = counted(outcome.steps_run, "step");
                say!("{GOOD}{status}{GOOD:#} after {steps}");
            }
        }
    }
}

fn failed(failure: &StepFailure) {
    let (number, method) = (failure.step + 1, plain(&failure.method));
    let list = failure
        .list
        .as_ref()
        .map(|list| format!(" of {}", plain(list)));
    let list = list.unwrap_or_default();
    let what = plain(&failure.message);
    complain!("{ERROR}error:{ERROR:#} step {number}{list} ({method}): {what}");
    complain!("  --> {}", plain(&failure.pointer));
    if !failure.output.is_empty() {
        complain!("  its last lines:");
        failure
            .output
            .iter()
            .for_each(|line| complain!("    | {}", plain(line)));
    }
    if let Some(hint) = &failure.hint {
        complain!("{HINT}hint:{HINT:#} {}", plain(hint));
    }
}
