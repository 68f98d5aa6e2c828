//! For people.

use super::{
    Presenter, counted, lacks, lines,
    progress::Progress,
    style::{DIM, GOOD, STEP, WARN},
};
use crate::failure::ERROR;
use collodi_disk::human;
use collodi_driver::LoadedApp;
use collodi_host::{EnvEvent, Event, JournalEvent, ProcessEvent, RunEvent, RunId};
use collodi_logs::{Line, Source, plain};
use collodi_restart::Event as Supervision;
use collodi_run::{Event as Step, Failure, Outcome, Status};
use collodi_script::{List, Severity, StepAt};
use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

/// Writes for people, on standard output; what is wrong on standard error.
#[derive(Debug, Default)]
pub(super) struct Human {
    script: Option<LoadedApp>,
    progress: Progress,
    /// The scripts that steps started, by run.
    called: BTreeMap<RunId, String>,
    /// The apps of the runs, where it serves for several.
    apps: BTreeMap<RunId, Arc<str>>,
    /// How many steps each of their lists has.
    totals: BTreeMap<(RunId, List), usize>,
}

impl Presenter for Human {
    fn diagnostics(&mut self, app: &LoadedApp) {
        let file = format!("{}/{}", app.app.cwd(), app.app.file);
        let grave = app
            .parsed
            .diagnostics
            .iter()
            .filter(|d| d.severity != Severity::Notice);
        for diagnostic in grave {
            complain!("{}", diagnostic.render(&app.source, &file));
        }
        if let Ok(script) = app.parsed.script() {
            let steps = script.all_steps();
            for (at, step) in steps.filter(|(_, step)| lacks(&step.method)) {
                let (number, method) = (at.counted(), step.method.name());
                complain!("{WARN}step {number} ({method}) cannot be run yet{WARN:#}");
            }
            say!("{STEP}{}{STEP:#}  {DIM}{file}{DIM:#}", app.app.name);
        }
        self.script = Some(app.clone());
    }

    fn listening(&mut self, address: SocketAddr, state_file: &Path) {
        let file = state_file.display();
        say!("API at http://{address}/python, its token in {file}");
    }

    fn accepted(&mut self, _run: &RunId) {}

    fn event(&mut self, event: &Event) {
        match event {
            Event::Detected(_) => say!("{DIM}{event}{DIM:#}"),
            Event::Run { run, app, what } => {
                if self.script.is_none() && matches!(what, RunEvent::Started) {
                    self.apps.insert(run.clone(), app.clone());
                }
                self.run(run, what);
            }
            Event::Process { process, what, .. } => daemon(process.as_str(), what),
            Event::Env {
                path,
                what: what @ EnvEvent::Clearing(_),
            } if self.script.is_none() => {
                say!("      {DIM}environment {path}: {what}{DIM:#}");
            }
            Event::Env {
                path,
                what: EnvEvent::Ended(how),
            } => {
                say!("      {DIM}environment {path}: {how}{DIM:#}");
            }
            Event::Journal(what) => journal(what),
            _ => {}
        }
    }

    fn missed(&mut self, events: u64) {
        complain!("{WARN}{events} events are not shown: the output was too slow{WARN:#}");
    }

    fn warning(&mut self, text: &str) {
        complain!("{WARN}{text}{WARN:#}");
    }

    fn interrupted(&mut self, again: bool) {
        let text = if again {
            "killing"
        } else {
            "stopping; Ctrl-C again kills"
        };
        say!("\n{WARN}{text}{WARN:#}");
    }

    fn ended(&mut self, failed: bool) {
        if !failed {
            say!("{GOOD}ended{GOOD:#}");
        }
    }
}

impl Human {
    fn run(&mut self, run: &RunId, event: &RunEvent) {
        match event {
            RunEvent::Called { script, .. } => {
                self.called.insert(run.clone(), script.clone());
            }
            RunEvent::Step(step) => self.step(run, step),
            RunEvent::Line { line, .. } => {
                output(self.name(run).trim_end(), line);
            }
            RunEvent::Ended(outcome) => {
                self.outcome(run, outcome);
                self.called.remove(run);
                self.apps.remove(run);
                self.totals.retain(|(of, _), _| of != run);
            }
            _ => {}
        }
    }

    /// What stands before the steps of a script that another one started, and of those of
    /// a server: whose they are.
    fn name(&self, run: &RunId) -> String {
        let app = self.apps.get(run).map(|app| format!("{} ", plain(app)));
        let script = self.called.get(run).map(|script| lines::called(script));
        app.into_iter().chain(script).collect()
    }

    /// What ends an app whose steps are done.
    fn end_of(&self, run: &RunId) -> String {
        match self.apps.get(run) {
            Some(app) => format!("`collodi stop {}` stops the app", plain(app)),
            None => "Ctrl-C stops the app".to_owned(),
        }
    }

    fn step(&mut self, run: &RunId, event: &Step) {
        let name = self.name(run);
        match event {
            Step::StepStarted {
                step,
                total,
                method,
            } => {
                self.totals.insert((run.clone(), step.list.clone()), *total);
                lines::step(&name, &self.place(run, step), Some(method));
            }
            Step::StepSkipped { step } => {
                lines::step(&name, &self.place(run, step), None);
            }
            Step::Command { line, .. } => say!("      {name}$ {}", plain(line)),
            Step::Log { text, .. } => say!("      {name}{}", plain(text)),
            Step::Note { text, .. } => say!("      {WARN}{name}note: {}{WARN:#}", plain(text)),
            Step::Show { method, params, .. } => {
                say!("      {DIM}{name}{method} {}{DIM:#}", plain(params));
            }
            Step::Asks(question) => {
                lines::question(&question.form.title, &question.form.description);
                if self.apps.contains_key(run) {
                    say!(
                        "      {WARN}answer with `collodi answer {}`{WARN:#}",
                        plain(run.as_str())
                    );
                }
            }
            Step::Transfer { what, .. } => {
                self.progress.begin();
                say!("      {name}{}", plain(what));
            }
            Step::Transferred { done, total, .. } => self.progress.tell(&name, *done, *total),
            Step::Downloaded { file, .. } => {
                let (path, size) = (file.path.to_string(), human(file.bytes));
                let how = if file.was_there { ", was there" } else { "" };
                say!("      {DIM}{name}{} ({size}{how}){DIM:#}", plain(&path));
            }
            Step::Serving => lines::serving(&name, &self.end_of(run)),
            _ => {}
        }
    }

    fn total(&self, run: &RunId, list: &List) -> usize {
        let known = self.totals.get(&(run.clone(), list.clone())).copied();
        let script = self.script.as_ref();
        let own = script.and_then(|script| Some(script.parsed.script().ok()?.list(list).len()));
        known.or(own).unwrap_or_default()
    }

    /// A step among those of its list.
    fn place(&self, run: &RunId, at: &StepAt) -> String {
        lines::place(at.list.name(), at.index, self.total(run, &at.list))
    }

    fn outcome(&self, run: &RunId, outcome: &Outcome) {
        let name = self.name(run);
        match &outcome.status {
            Status::Failed(failure) => self.failure(run, failure),
            Status::Cancelled => lines::cancelled(&name, !outcome.served),
            status if outcome.daemons.is_empty() => {
                say!(
                    "{GOOD}{name}{}{GOOD:#} after {}",
                    status.word(),
                    counted(outcome.steps_run, "step")
                );
            }
            _ => lines::serving(&name, &self.end_of(run)),
        }
    }

    /// The step, where it stands in the script, what went wrong, and what to do.
    fn failure(&self, run: &RunId, failure: &Failure) {
        complain!(
            "{ERROR}error:{ERROR:#} {}step {} of {} ({}): {}",
            self.name(run),
            failure.step.counted(),
            self.total(run, &failure.step.list),
            failure.method,
            plain(&failure.kind.to_string())
        );
        match (self.called.get(run), &self.script) {
            (Some(script), _) => complain!("  --> {} {}", plain(script), plain(&failure.pointer)),
            (None, Some(script)) => {
                let place = collodi_script::locate(&script.source, &failure.pointer);
                complain!("  --> {}/{}:{place}", script.app.cwd(), script.app.file);
            }
            (None, None) => {}
        }
        let tail = failure.kind.tail().unwrap_or_default();
        lines::tail_and_hint(tail.lines(), failure.kind.hint());
    }
}

fn journal(what: &JournalEvent) {
    match what {
        JournalEvent::Recovered {
            daemons: 0,
            trees: 0,
        } => {}
        JournalEvent::Recovered { .. } => say!("{GOOD}{what}{GOOD:#}"),
        _ => complain!("{WARN}{what}{WARN:#}"),
    }
}

fn daemon(id: &str, event: &ProcessEvent) {
    match event {
        ProcessEvent::Line(line) => output(id, line),
        ProcessEvent::Reachable(url) | ProcessEvent::StillReachable(url) => {
            lines::address(id, &url.to_connect());
        }
        ProcessEvent::Ended(ended) if ended.is_failure() => {
            complain!("{ERROR}{id}: {ended}{ERROR:#}");
        }
        ProcessEvent::Ended(ended) => say!("{id}: {ended}"),
        ProcessEvent::Lingers(_) | ProcessEvent::Waits(_) => say!("{WARN}{id}: {event}{WARN:#}"),
        ProcessEvent::Supervision(Supervision::Stopping) => say!("{DIM}{id}: stopping{DIM:#}"),
        _ => {}
    }
}

fn output(name: &str, line: &Line) {
    lines::output(name, line.source == Source::Note, &line.text);
}
