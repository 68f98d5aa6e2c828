//! For people.

use super::Presenter;
use crate::failure::{ERROR, HINT};
use anstyle::{AnsiColor, Effects, Style};
use collodi_driver::LoadedApp;
use collodi_host::{EnvEvent, Event, ProcessEvent, RunEvent, RunId};
use collodi_logs::{Source, plain};
use collodi_restart::Event as Supervision;
use collodi_run::{Event as Step, Failure, Outcome, Status};
use collodi_script::Severity;
use std::{net::SocketAddr, path::Path};

const STEP: Style = AnsiColor::Blue.on_default().effects(Effects::BOLD);
const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
const WARN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().effects(Effects::DIMMED);

/// Writes for people, on standard output; what is wrong on standard error.
#[derive(Debug, Default)]
pub(super) struct Human {
    script: Option<LoadedApp>,
    total: usize,
}

impl Presenter for Human {
    fn diagnostics(&mut self, app: &LoadedApp) {
        let root = app.app.root.as_str();
        let file = format!("{root}/{}", app.app.file);
        let grave = app
            .parsed
            .diagnostics
            .iter()
            .filter(|d| d.severity != Severity::Notice);
        for diagnostic in grave {
            complain!("{}", diagnostic.render(&app.source, &file));
        }
        if let Ok(script) = app.parsed.script() {
            self.total = script.steps.len();
            for step in script
                .steps
                .iter()
                .filter(|step| !collodi_run::supports(&step.method))
            {
                let (number, method) = (step.index + 1, step.method.name());
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
            Event::Run { what, .. } => self.run(what),
            Event::Process { process, what, .. } => daemon(process.as_str(), what),
            Event::Env {
                path,
                what: EnvEvent::Ended(how),
            } => {
                say!("      {DIM}environment {path}: {how}{DIM:#}");
            }
            _ => {}
        }
    }

    fn missed(&mut self, events: u64) {
        complain!("{WARN}{events} events were too fast to be shown; the logs have them{WARN:#}");
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
    fn run(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Step(step) => self.step(step),
            RunEvent::Line { line, .. } => output("", line.source, &line.text),
            RunEvent::Ended(outcome) => self.outcome(outcome),
            _ => {}
        }
    }

    fn step(&mut self, event: &Step) {
        match event {
            Step::StepStarted {
                step,
                total,
                method,
            } => {
                self.total = *total;
                say!("{STEP}[{}/{total}]{STEP:#} {method}", step + 1);
            }
            Step::StepSkipped { step } => {
                say!(
                    "{STEP}[{}/{}]{STEP:#} {DIM}left out{DIM:#}",
                    step + 1,
                    self.total
                );
            }
            Step::Command { line, .. } => say!("      $ {}", plain(line)),
            Step::Log { text, .. } => say!("      {}", plain(text)),
            Step::Note { text, .. } => say!("      {WARN}note: {}{WARN:#}", plain(text)),
            Step::Show { method, params, .. } => {
                say!("      {DIM}{method} {}{DIM:#}", plain(params));
            }
            Step::Serving => say!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}"),
            _ => {}
        }
    }

    fn outcome(&self, outcome: &Outcome) {
        match &outcome.status {
            Status::Failed(failure) => self.failure(failure),
            Status::Cancelled => say!("{WARN}cancelled{WARN:#}"),
            status if outcome.daemons.is_empty() => {
                say!(
                    "{GOOD}{}{GOOD:#} after {} steps",
                    status.word(),
                    outcome.steps_run
                );
            }
            _ => say!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}"),
        }
    }

    /// The step, where it stands in the script, what went wrong, and what to do.
    fn failure(&self, failure: &Failure) {
        let (step, total) = (failure.step + 1, self.total);
        complain!(
            "{ERROR}error:{ERROR:#} step {step} of {total} ({}): {}",
            failure.method,
            plain(&failure.kind.to_string())
        );
        if let Some(script) = &self.script {
            let place = collodi_script::locate(&script.source, &failure.pointer);
            complain!("  --> {}/{}:{place}", script.app.root, script.app.file);
        }
        if let Some(tail) = failure.kind.tail()
            && !tail.is_empty()
        {
            complain!("  its last lines:");
            tail.lines()
                .for_each(|line| complain!("    | {}", plain(line)));
        }
        if let Some(hint) = failure.kind.hint() {
            complain!("{HINT}hint:{HINT:#} {hint}");
        }
    }
}

fn daemon(id: &str, event: &ProcessEvent) {
    match event {
        ProcessEvent::Line(line) => output(id, line.source, &line.text),
        ProcessEvent::Reachable(url) => {
            say!("{GOOD}{id} answers at {}{GOOD:#}", url.to_connect());
        }
        ProcessEvent::Ended(ended) if ended.is_failure() => {
            complain!("{ERROR}{id}: {ended}{ERROR:#}");
        }
        ProcessEvent::Ended(ended) => say!("{id}: {ended}"),
        ProcessEvent::Supervision(Supervision::Stopping) => say!("{DIM}{id}: stopping{DIM:#}"),
        _ => {}
    }
}

/// A line of output. What it holds of terminal commands stays out.
fn output(id: &str, source: Source, text: &str) {
    let text = plain(text);
    let gap = if id.is_empty() { "" } else { " " };
    match source {
        Source::Note => say!("      {DIM}{id}{gap}{text}{DIM:#}"),
        _ => say!("      {DIM}{id}{gap}|{DIM:#} {text}"),
    }
}
