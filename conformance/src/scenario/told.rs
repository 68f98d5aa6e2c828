//! What was told, in words that are the same in every world.

use collodi_host::{Event, ProcessEvent, ProcessId, RunEvent, RunId};
use collodi_logs::Source;
use collodi_restart::Event as Supervision;
use collodi_run::{Event as Step, Outcome, Status};
use std::{collections::BTreeSet, fmt::Write as _};

/// What was told so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The run, and those of scripts that it starts.
    runs: Vec<(RunId, Vec<String>)>,
    ended_runs: BTreeSet<RunId>,
    processes: Vec<(ProcessId, Vec<String>)>,
    ended: BTreeSet<ProcessId>,
    run_id: Option<RunId>,
    root: String,
}

impl Told {
    pub(super) fn new(root: String, run_id: RunId) -> Self {
        Self {
            root,
            run_id: Some(run_id),
            ..Self::default()
        }
    }

    /// Takes in an event. The line that it became, if it is worth one.
    pub(super) fn event(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::Run { run, what, .. } => {
                if matches!(what, RunEvent::Ended(_)) {
                    self.ended_runs.insert(run.clone());
                }
                let place = self.run_place(run);
                let line = self.plain(&run_line(what)?);
                if let Some((_, lines)) = self.runs.get_mut(place) {
                    lines.push(line.clone());
                }
                Some(line)
            }
            Event::Process { process, what, .. } => {
                if matches!(what, ProcessEvent::Ended(_)) {
                    self.ended.insert(process.clone());
                }
                let place = self.place(process);
                let line = self.plain(&process_line(what)?);
                if let Some((_, lines)) = self.processes.get_mut(place) {
                    lines.push(line.clone());
                }
                Some(line)
            }
            _ => None,
        }
    }

    /// Whether the run, those that it started and all daemons have ended.
    pub(super) fn is_over(&self) -> bool {
        self.run_ended()
            && self.ended_runs.len() == self.runs.len()
            && self.ended.len() == self.processes.len()
    }

    /// A daemon that has ended is started.
    pub(super) fn begins_again(&mut self, daemon: &ProcessId) {
        self.ended.remove(daemon);
    }

    /// Whether the run has ended.
    pub(super) fn run_ended(&self) -> bool {
        let ended = |run| self.ended_runs.contains(run);
        self.run_id.as_ref().is_some_and(ended)
    }

    /// The daemon that was heard of last.
    pub(super) fn last_process(&self) -> Option<ProcessId> {
        self.processes.last().map(|(id, _)| id.clone())
    }

    pub(super) fn trace(&self) -> String {
        let mut trace = String::new();
        for (number, (_, lines)) in self.runs.iter().enumerate() {
            if number > 0 {
                let _ = writeln!(trace, "\nscript {number}");
            }
            for line in lines {
                let _ = writeln!(trace, "{line}");
            }
        }
        for (number, (_, lines)) in self.processes.iter().enumerate() {
            let _ = writeln!(trace, "\ndaemon demo-{}", number + 1);
            for line in lines {
                let _ = writeln!(trace, "{line}");
            }
        }
        trace
    }

    fn run_place(&mut self, run: &RunId) -> usize {
        let known = self.runs.iter().position(|(id, _)| id == run);
        known.unwrap_or_else(|| {
            self.runs.push((run.clone(), Vec::new()));
            self.runs.len() - 1
        })
    }

    fn place(&mut self, process: &ProcessId) -> usize {
        let known = self.processes.iter().position(|(id, _)| id == process);
        known.unwrap_or_else(|| {
            self.processes.push((process.clone(), Vec::new()));
            self.processes.len() - 1
        })
    }

    /// The line with names and numbers that differ from world to world replaced.
    fn plain(&self, line: &str) -> String {
        let mut plain = line.replace(&self.root, "ROOT");
        for (number, (id, _)) in self.runs.iter().enumerate() {
            let name = match number {
                0 => "demo-run".to_owned(),
                number => format!("script {number}"),
            };
            plain = plain.replace(id.as_str(), &name);
        }
        for (number, (id, _)) in self.processes.iter().enumerate() {
            plain = plain.replace(id.as_str(), &format!("demo-{}", number + 1));
        }
        let plain = without_number(&plain, "(pid=", "PID");
        without_number(&plain, "Still waiting: auto-restarting in ", "REST")
    }
}

/// The number after this text is another one each time.
fn without_number(line: &str, text: &str, name: &str) -> String {
    match line.split_once(text) {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}{text}{name}{rest}")
        }
        None => line.to_owned(),
    }
}

fn run_line(event: &RunEvent) -> Option<String> {
    Some(match event {
        RunEvent::Started => "run started".to_owned(),
        // How often it is told how far a download is depends on the world.
        RunEvent::Step(Step::Ending | Step::StepDone { .. } | Step::Transferred { .. }) => {
            return None;
        }
        RunEvent::Step(Step::StepStarted {
            step,
            total,
            method,
        }) => {
            format!("[{}/{total}] {method}", step.counted())
        }
        RunEvent::Step(Step::StepSkipped { step }) => format!("[{}] left out", step.counted()),
        RunEvent::Step(Step::Command { line, .. }) => format!("  $ {line}"),
        RunEvent::Step(Step::Exited { exit, .. }) => format!("  {exit}"),
        RunEvent::Step(Step::Log { text, .. }) => format!("  log {text}"),
        RunEvent::Step(Step::Note { text, .. }) => format!("  note {text}"),
        RunEvent::Step(Step::Transfer { what, .. }) => format!("  asks {what}"),
        RunEvent::Step(Step::Downloaded { file, .. }) => format!("  {file}"),
        RunEvent::Step(other) => format!("  {other}"),
        RunEvent::Line { line, .. } => format!("  {} {}", mark(line.source), line.text),
        RunEvent::Ended(outcome) => outcome_line(outcome),
        RunEvent::Called { by, script } => format!("{script} is called by {by}"),
        _ => return None,
    })
}

fn outcome_line(outcome: &Outcome) -> String {
    let Outcome {
        status, steps_run, ..
    } = outcome;
    match status {
        Status::Failed(failure) => format!("run failed at {}: {failure}", failure.pointer),
        status => format!("run {} after {steps_run} steps", status.word()),
    }
}

fn process_line(event: &ProcessEvent) -> Option<String> {
    Some(match event {
        ProcessEvent::Line(line) => format!("{} {}", mark(line.source), line.text),
        ProcessEvent::Supervision(Supervision::Stopping) => "stopping".to_owned(),
        ProcessEvent::Reachable(url) => format!("answers at {url}"),
        ProcessEvent::Ended(ended) => ended.to_string(),
        ProcessEvent::Waits(names) => format!("waits for {}", names.join(", ")),
        _ => return None,
    })
}

const fn mark(source: Source) -> &'static str {
    match source {
        Source::Stderr => "!",
        Source::Note => "#",
        _ => "|",
    }
}
