//! For people.

use super::Presenter;
use crate::failure::{ERROR, HINT};
use anstream::{eprintln, println};
use anstyle::{AnsiColor, Effects, Style};
use collodi_driver::LoadedApp;
use collodi_host::{EnvEvent, Event, ProcessEvent, RunEvent, RunId};
use collodi_logs::{Source, plain};
use collodi_restart::Event as Supervision;
use collodi_run::{Event as Step, Failure, FailureKind, Outcome, Status};
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
            eprintln!("{}", diagnostic.render(&app.source, &file));
        }
        if let Ok(script) = app.parsed.script() {
            for step in script
                .steps
                .iter()
                .filter(|step| !collodi_run::supports(&step.method))
            {
                let (number, method) = (step.index + 1, step.method.name());
                eprintln!("{WARN}step {number} ({method}) cannot be run yet{WARN:#}");
            }
            println!("{STEP}{}{STEP:#}  {DIM}{file}{DIM:#}", app.app.name);
        }
        self.script = Some(app.clone());
    }

    fn listening(&mut self, address: SocketAddr, state_file: &Path) {
        let file = state_file.display();
        println!("API at http://{address}/python, its token in {file}");
    }

    fn accepted(&mut self, _run: &RunId) {}

    fn event(&mut self, event: &Event) {
        match event {
            Event::Detected(_) => println!("{DIM}{event}{DIM:#}"),
            Event::Run { what, .. } => self.run(what),
            Event::Process { process, what, .. } => daemon(process.as_str(), what),
            Event::Env {
                path,
                what: EnvEvent::Ended(how),
            } => {
                println!("      {DIM}environment {path}: {how}{DIM:#}");
            }
            _ => {}
        }
    }

    fn missed(&mut self, events: u64) {
        eprintln!("{WARN}{events} events were too fast to be shown; the logs have them{WARN:#}");
    }

    fn interrupted(&mut self, again: bool) {
        let text = if again {
            "killing"
        } else {
            "stopping; Ctrl-C again kills"
        };
        println!("\n{WARN}{text}{WARN:#}");
    }

    fn ended(&mut self, failed: bool) {
        if !failed {
            println!("{GOOD}ended{GOOD:#}");
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
                println!("{STEP}[{}/{total}]{STEP:#} {method}", step + 1);
            }
            Step::StepSkipped { step } => {
                println!(
                    "{STEP}[{}/{}]{STEP:#} {DIM}left out{DIM:#}",
                    step + 1,
                    self.total
                );
            }
            Step::Command { line, .. } => println!("      $ {}", plain(line)),
            Step::Log { text, .. } => println!("      {}", plain(text)),
            Step::Note { text, .. } => println!("      {WARN}note: {}{WARN:#}", plain(text)),
            Step::Show { method, params, .. } => {
                println!("      {DIM}{method} {}{DIM:#}", plain(params));
            }
            Step::Serving => println!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}"),
            _ => {}
        }
    }

    fn outcome(&self, outcome: &Outcome) {
        match &outcome.status {
            Status::Failed(failure) => self.failure(failure),
            status if outcome.daemons.is_empty() => {
                println!(
                    "{GOOD}{}{GOOD:#} after {} steps",
                    status.word(),
                    outcome.steps_run
                );
            }
            _ => println!("{GOOD}all steps are done; Ctrl-C stops the app{GOOD:#}"),
        }
    }

    /// The step, where it stands in the script, what went wrong, and what to do.
    fn failure(&self, failure: &Failure) {
        let (step, total) = (failure.step + 1, self.total);
        eprintln!(
            "{ERROR}error:{ERROR:#} step {step} of {total} ({}): {}",
            failure.method, failure.kind
        );
        if let Some(script) = &self.script {
            let place = collodi_script::locate(&script.source, &failure.pointer);
            eprintln!("  --> {}/{}:{place}", script.app.root, script.app.file);
        }
        if let FailureKind::Command { tail, .. } = &failure.kind
            && !tail.is_empty()
        {
            eprintln!("  its last lines:");
            tail.lines().for_each(|line| eprintln!("    | {line}"));
        }
        if let Some(hint) = failure.kind.hint() {
            eprintln!("{HINT}hint:{HINT:#} {hint}");
        }
    }
}

fn daemon(id: &str, event: &ProcessEvent) {
    match event {
        ProcessEvent::Line(line) => output(id, line.source, &line.text),
        ProcessEvent::Reachable(url) => {
            println!("{GOOD}{id} answers at {}{GOOD:#}", url.to_connect());
        }
        ProcessEvent::Ended(ended) if ended.is_failure() => {
            eprintln!("{ERROR}{id}: {ended}{ERROR:#}");
        }
        ProcessEvent::Ended(ended) => println!("{id}: {ended}"),
        ProcessEvent::Supervision(Supervision::Stopping) => println!("{DIM}{id}: stopping{DIM:#}"),
        _ => {}
    }
}

/// A line of output. What it holds of terminal commands stays out.
fn output(id: &str, source: Source, text: &str) {
    let text = plain(text);
    let gap = if id.is_empty() { "" } else { " " };
    match source {
        Source::Note => println!("      {DIM}{id}{gap}{text}{DIM:#}"),
        _ => println!("      {DIM}{id}{gap}|{DIM:#} {text}"),
    }
}
