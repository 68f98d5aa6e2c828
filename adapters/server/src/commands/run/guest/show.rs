//! What happens to a run at the server of the workspace, for people and for programs.

use crate::{
    client::Told,
    failure::ERROR,
    present::{
        counted, lines,
        progress::Progress,
        style::{DIM, GOOD, WARN},
    },
    state::ServerState,
};
use anyhow::Result;
use collodi_api::{
    EndedHow, LogPage, LogStream, NoteKind, Process, Question, Run, RunOutcome, RunStatus, Step,
    StepFailure, StepStatus, StreamGap, StreamNote, StreamProgress,
};
use collodi_logs::plain;
use serde_json::{Map, Value, json};
use std::fmt::Debug;

/// What ends an app whose steps are done, and what becomes of one that is left.
const END: &str = "Ctrl-C stops the app";
const LEFT: &str =
    "the server keeps it up until `collodi stop`; `collodi ps` says where it answers";

/// Shows what happens. What one has no word for is passed over.
pub(super) trait Show: Debug {
    /// Which server runs it, and what the run is called there.
    fn given(&self, server: &ServerState, run: &str);
    /// Something is not as it should be.
    fn warning(&self, text: &str);
    /// The app is to end.
    fn interrupted(&self);
    /// The app goes on, and nobody watches any more.
    fn left(&self) {}
    /// The server told this of the run or of what it started.
    fn told(&self, _told: &Told) -> Result<()> {
        Ok(())
    }
    /// Here and below, `name` is what stands before the lines of a script that the run started.
    fn step(&self, _name: &str, _step: &Step, _total: usize) {}
    fn command(&self, _name: &str, _command: &str) {}
    fn question(&self, _question: &Question) {}
    fn serving(&self, _name: &str) {}
    fn answers(&self, _process: &str, _url: &str) {}
    fn stopping(&self, _process: &str) {}
    fn ended(&self, _process: &Process) {}
    fn lines(&self, _name: &str, _page: &LogPage) {}
    fn gap(&self, _gap: &StreamGap) {}
    fn note(&self, _name: &str, _note: &StreamNote) {}
    fn progress(&mut self, _name: &str, _progress: &StreamProgress) {}
    fn outcome(&self, _name: &str, _run: &Run) {}
}

/// For a terminal, or for programs; whether the app is left when its steps are done.
pub(super) fn show(json: bool, leaves: bool) -> Box<dyn Show> {
    let progress = Progress::default();
    match json {
        true => Box::new(Json),
        false => Box::new(Human { progress, leaves }),
    }
}

/// All that the server tells of the run goes out as it came, with its name as `event`.
#[derive(Debug)]
struct Json;

impl Show for Json {
    fn given(&self, _: &ServerState, run: &str) {
        say!("{}", json!({ "event": "accepted", "run": run }));
    }

    fn warning(&self, text: &str) {
        say!("{}", json!({ "event": "warning", "text": text }));
    }

    fn interrupted(&self) {
        say!("{}", json!({ "event": "interrupted" }));
    }

    fn left(&self) {
        say!("{}", json!({ "event": "left" }));
    }

    fn told(&self, told: &Told) -> Result<()> {
        let mut line = Map::from_iter([("event".to_owned(), Value::from(told.event.as_str()))]);
        line.extend(serde_json::from_str::<Map<_, _>>(&told.data)?);
        say!("{}", Value::Object(line));
        Ok(())
    }
}

#[derive(Debug)]
struct Human {
    progress: Progress,
    /// That the steps are done is the last that is said.
    leaves: bool,
}

impl Show for Human {
    fn given(&self, server: &ServerState, run: &str) {
        let ServerState { pid, address, .. } = server;
        say!(
            "{DIM}the server of the workspace runs it (pid {pid}, http://{address}): {run}{DIM:#}"
        );
    }

    fn warning(&self, text: &str) {
        complain!("{WARN}{text}{WARN:#}");
    }

    fn interrupted(&self) {
        say!("\n{WARN}stopping; Ctrl-C again leaves it to the server{WARN:#}");
    }

    fn step(&self, name: &str, step: &Step, total: usize) {
        let place = lines::place(step.list.as_deref(), step.index, total);
        match step.status {
            StepStatus::Skipped => lines::step(name, &place, None),
            StepStatus::Pending | StepStatus::Cancelled => {}
            _ => lines::step(name, &place, Some(&step.method)),
        }
    }

    fn command(&self, name: &str, command: &str) {
        say!("      {name}$ {}", plain(command));
    }

    fn question(&self, question: &Question) {
        lines::question(&question.title, &question.description);
    }

    fn serving(&self, name: &str) {
        if !self.leaves {
            lines::serving(name, END);
        }
    }

    fn left(&self) {
        lines::serving("", LEFT);
    }

    fn answers(&self, process: &str, url: &str) {
        lines::address(process, url);
    }

    fn stopping(&self, process: &str) {
        say!("{DIM}{process}: stopping{DIM:#}");
    }

    fn ended(&self, process: &Process) {
        let (id, how) = (&process.id, process.reason.as_deref().unwrap_or("ended"));
        match has_failed(process) {
            true => complain!("{ERROR}{id}: {}{ERROR:#}", plain(how)),
            false => say!("{id}: {}", plain(how)),
        }
    }

    fn lines(&self, name: &str, page: &LogPage) {
        for line in &page.lines {
            lines::output(name, line.stream == LogStream::Note, &line.text);
        }
    }

    fn gap(&self, gap: &StreamGap) {
        let missing = usize::try_from(gap.to - gap.from).unwrap_or(usize::MAX);
        let (missing, id) = (counted(missing, "line"), &gap.id);
        complain!("{WARN}{missing} of {id} are not shown: they are no longer kept{WARN:#}");
    }

    fn note(&self, name: &str, note: &StreamNote) {
        let text = plain(&note.text);
        match note.kind {
            NoteKind::Log | NoteKind::Transfer => say!("      {name}{text}"),
            NoteKind::Note => say!("      {WARN}{name}note: {text}{WARN:#}"),
            NoteKind::Show | NoteKind::Downloaded => say!("      {DIM}{name}{text}{DIM:#}"),
        }
    }

    fn progress(&mut self, name: &str, progress: &StreamProgress) {
        self.progress.tell(name, progress.done, progress.total);
    }

    fn outcome(&self, name: &str, run: &Run) {
        let Some(outcome) = &run.outcome else {
            return;
        };
        match (&outcome.failure, outcome.status) {
            (Some(failure), _) => failed(name, run, failure),
            (None, RunStatus::Cancelled) => lines::cancelled(name, is_cut_short(outcome)),
            (None, status) if outcome.daemon_process_ids.is_empty() => {
                let steps = counted(outcome.steps_run, "step");
                say!("{GOOD}{name}{status}{GOOD:#} after {steps}");
            }
            _ => self.serving(name),
        }
    }
}

/// One that somebody ended before its steps were done.
pub(super) fn is_cut_short(outcome: &RunOutcome) -> bool {
    outcome.status == RunStatus::Cancelled && !outcome.served
}

/// A daemon that ended as it should not.
pub(super) const fn has_failed(process: &Process) -> bool {
    match process.ended {
        Some(EndedHow::Failed) => true,
        Some(EndedHow::Exited) => process.last_exit_code != 0,
        _ => false,
    }
}

fn failed(name: &str, run: &Run, failure: &StepFailure) {
    let (number, method) = (failure.step + 1, plain(&failure.method));
    let of_list = run.steps.iter().filter(|step| step.list == failure.list);
    let total = of_list.count();
    let list = failure.list.as_ref();
    let list = list.map_or_else(String::new, |list| format!("{}/", plain(list)));
    let what = plain(&failure.message);
    complain!("{ERROR}error:{ERROR:#} {name}step {list}{number} of {total} ({method}): {what}");
    complain!("  --> {} {}", plain(&run.file), plain(&failure.pointer));
    let tail = failure.output.iter().map(String::as_str);
    lines::tail_and_hint(tail, failure.hint.as_deref());
}
