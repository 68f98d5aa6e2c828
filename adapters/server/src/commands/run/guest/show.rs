//! What happens to a run at the server of the workspace, for people and for programs.

use crate::{
    client::Told,
    failure::{ERROR, HINT},
    present::{
        counted, lines,
        progress::Progress,
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
use std::fmt::Debug;

/// Shows what happens. What one has no word for is passed over.
pub(super) trait Show: Debug {
    /// Which server runs it, and what the run is called there.
    fn given(&self, server: &ServerState, run: &str);
    /// The app is to end.
    fn interrupted(&self);
    /// The server told this of the run or of what it started.
    fn told(&self, _told: &Told) -> Result<()> {
        Ok(())
    }
    fn step(&self, _step: &Step, _total: usize) {}
    fn command(&self, _command: &str) {}
    fn question(&self, _run: &str, _question: &Question) {}
    fn serving(&self) {}
    fn answers(&self, _process: &str, _url: &str) {}
    fn ended(&self, _process: &Process) {}
    /// Those of a process have its name before them.
    fn lines(&self, _page: &LogPage, _is_run: bool) {}
    fn gap(&self, _gap: &StreamGap) {}
    fn note(&self, _note: &StreamNote) {}
    fn progress(&mut self, _progress: &StreamProgress) {}
    fn outcome(&self, _run: &Run) {}
}

/// For a terminal, or for programs.
pub(super) fn show(json: bool) -> Box<dyn Show> {
    match json {
        true => Box::new(Json),
        false => Box::<Human>::default(),
    }
}

/// All that the server tells of the run goes out as it came, with its name as `event`.
#[derive(Debug)]
struct Json;

impl Show for Json {
    fn given(&self, _: &ServerState, run: &str) {
        say!("{}", json!({ "event": "accepted", "run": run }));
    }

    fn interrupted(&self) {
        say!("{}", json!({ "event": "interrupted" }));
    }

    fn told(&self, told: &Told) -> Result<()> {
        let mut line = Map::from_iter([("event".to_owned(), Value::from(told.event.as_str()))]);
        line.extend(serde_json::from_str::<Map<_, _>>(&told.data)?);
        say!("{}", Value::Object(line));
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Human {
    progress: Progress,
}

impl Show for Human {
    fn given(&self, server: &ServerState, run: &str) {
        let ServerState { pid, address, .. } = server;
        say!(
            "{DIM}the server of the workspace runs it (pid {pid}, http://{address}): {run}{DIM:#}"
        );
    }

    fn interrupted(&self) {
        say!("\n{WARN}stopping; Ctrl-C again leaves it to the server{WARN:#}");
    }

    fn step(&self, step: &Step, total: usize) {
        let list = step.list.as_ref().map(|list| format!("{} ", plain(list)));
        let place = format!("{}[{}/{total}]", list.unwrap_or_default(), step.index + 1);
        match step.status {
            StepStatus::Skipped => say!("{STEP}{place}{STEP:#} {DIM}left out{DIM:#}"),
            StepStatus::Pending | StepStatus::Cancelled => {}
            _ => say!("{STEP}{place}{STEP:#} {}", plain(&step.method)),
        }
    }

    fn command(&self, command: &str) {
        say!("      $ {}", plain(command));
    }

    fn question(&self, run: &str, question: &Question) {
        lines::question(&question.title, &question.description);
        let fields = question.fields.iter();
        lines::how_to_answer(run, fields.map(|field| field.key.as_str()));
    }

    fn serving(&self) {
        say!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}");
    }

    fn answers(&self, process: &str, url: &str) {
        lines::address(process, url);
    }

    fn ended(&self, process: &Process) {
        let how = process.reason.as_deref().unwrap_or("ended");
        say!("{}: {}", process.id, plain(how));
    }

    fn lines(&self, page: &LogPage, is_run: bool) {
        let name = if is_run { "" } else { &page.id };
        for line in &page.lines {
            lines::output(name, line.stream == LogStream::Note, &line.text);
        }
    }

    fn gap(&self, gap: &StreamGap) {
        let missing = usize::try_from(gap.to - gap.from).unwrap_or(usize::MAX);
        let (missing, id) = (counted(missing, "line"), &gap.id);
        complain!("{WARN}{missing} of {id} are not shown: they are no longer kept{WARN:#}");
    }

    fn note(&self, note: &StreamNote) {
        say!("      {WARN}note: {}{WARN:#}", plain(&note.text));
    }

    fn progress(&mut self, progress: &StreamProgress) {
        self.progress.tell("", progress.done, progress.total);
    }

    fn outcome(&self, run: &Run) {
        let Some(outcome) = &run.outcome else {
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
