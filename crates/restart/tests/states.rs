//! Every state and input, as a table and as the diagram in the README.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use collodi_command::Exit;
use collodi_machine::{Machine, OutputOf, trace::Traced, trace::describe};
use collodi_restart::{Action, Input, Phase, Policy, Startup, StopSequence, Supervisor};
use collodi_time::{Duration, Instant};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Each phase, reached by the shortest history.
fn states() -> Vec<(&'static str, Vec<Step>)> {
    use Step::{Empty, Exit, Send, Spawned};
    let warming = [Send(Input::Start), Spawned];
    let running = [Send(Input::Start), Spawned, Step::Ready];
    let with = |more: &[Step]| running.iter().chain(more).copied().collect();
    vec![
        ("new", vec![]),
        ("starting", vec![Send(Input::Start)]),
        (
            "starting, stop asked",
            vec![Send(Input::Start), Send(Input::Stop)],
        ),
        ("warming", warming.to_vec()),
        ("running", with(&[])),
        ("clearing", with(&[Exit])),
        (
            "clearing, signalled",
            with(&[Exit, Step::Later, Send(Input::Timeout)]),
        ),
        ("crashed", with(&[Exit, Empty])),
        ("stopping", with(&[Send(Input::Stop)])),
        ("stopping to hold", with(&[Send(Input::Hold)])),
        ("held", with(&[Send(Input::Hold), Exit, Empty])),
        ("stopping to restart", with(&[Send(Input::Restart)])),
        ("ended", with(&[Send(Input::Stop), Exit, Empty])),
    ]
}

/// Something to do to the life at hand.
#[derive(Clone, Copy)]
enum Step {
    Send(Input),
    Spawned,
    Ready,
    SpawnFailed,
    Exit,
    Empty,
    Later,
}

const STEPS: [(&str, Step); 11] = [
    ("start", Step::Send(Input::Start)),
    ("hold", Step::Send(Input::Hold)),
    ("stop", Step::Send(Input::Stop)),
    ("restart", Step::Send(Input::Restart)),
    ("kill", Step::Send(Input::Kill)),
    ("spawned", Step::Spawned),
    ("ready", Step::Ready),
    ("spawn failed", Step::SpawnFailed),
    ("exited", Step::Exit),
    ("emptied", Step::Empty),
    ("timeout", Step::Later),
];

/// A supervisor, the time, and the spawn in flight.
struct Life {
    traced: Traced<Supervisor>,
    now: Instant,
    spawn: Option<collodi_machine::ActionId>,
}

impl Life {
    fn new() -> Self {
        let policy = Policy {
            startup: Startup {
                ready_within: Some(Duration::from_secs(30)),
                ..Startup::default()
            },
            ..Policy::fixed(Duration::from_secs(3))
        };
        let supervisor = Supervisor::new(policy, StopSequence::default(), 7);
        Self {
            traced: Traced::new(supervisor),
            now: Instant::ZERO,
            spawn: None,
        }
    }

    fn after(steps: &[Step]) -> Self {
        let mut life = Self::new();
        for step in steps {
            life.step(*step);
        }
        life
    }

    /// Does the step; the outputs, or none when there is no spawn to speak of.
    fn step(&mut self, step: Step) -> Option<Vec<OutputOf<Supervisor>>> {
        let input = match step {
            Step::Send(input) => input,
            Step::Spawned => Input::Spawned(self.spawn?, Some(100)),
            Step::Ready => Input::Ready(self.spawn?),
            Step::SpawnFailed => Input::SpawnFailed(self.spawn?),
            Step::Exit => Input::Exited(self.spawn?, Exit::Code(1)),
            Step::Empty => Input::Emptied(self.spawn?),
            Step::Later => {
                self.now = self.now + Duration::from_secs(60);
                Input::Timeout
            }
        };
        let outputs = self.traced.input(self.now, input);
        for output in &outputs {
            if let collodi_machine::Output::Action(id, Action::Spawn) = output {
                self.spawn = Some(*id);
            }
        }
        Some(outputs)
    }

    fn phase(&self) -> String {
        match self.traced.machine.status().phase {
            Phase::Ended(_) => "ended".into(),
            phase => phase.to_string(),
        }
    }
}

#[test]
fn table_of_states_and_inputs() {
    let mut table = String::new();
    for (name, history) in states() {
        writeln!(table, "{name}").unwrap();
        for (label, step) in STEPS {
            let mut life = Life::after(&history);
            let Some(outputs) = life.step(step) else {
                continue;
            };
            let said: Vec<_> = outputs.iter().map(describe).collect();
            writeln!(
                table,
                "    {label:<13} -> {:<9} {}",
                life.phase(),
                said.join("; ")
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn readme_diagram_is_drawn_from_the_machine() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- states:begin -->\n", "<!-- states:end -->");
    let (before, rest) = readme.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let drawn = format!("{before}{begin}{}{end}{after}", diagram());
    if std::env::var_os("COLLODI_BLESS").is_some() {
        std::fs::write(path, drawn).unwrap();
    } else {
        assert!(
            readme == drawn,
            "the diagram has changed: run the test with COLLODI_BLESS=1"
        );
    }
}

fn diagram() -> String {
    let mut edges = BTreeSet::new();
    for (_, history) in states() {
        for (label, step) in STEPS {
            let mut life = Life::after(&history);
            let from = life.phase();
            if life.step(step).is_some() && life.phase() != from {
                edges.insert((from, life.phase(), label));
            }
        }
    }
    let line =
        |(from, to, label): (String, String, &str)| format!("    {from} --> {to}: {label}\n");
    let edges: String = edges.into_iter().map(line).collect();
    format!("```mermaid\nstateDiagram-v2\n    [*] --> new\n{edges}    ended --> [*]\n```\n")
}

#[test]
fn stop_ends_every_state() {
    for (name, history) in states() {
        let mut life = Life::after(&history);
        life.step(Step::Send(Input::Stop));
        life.step(Step::Spawned);
        life.step(Step::Exit);
        life.step(Step::Empty);
        assert_eq!(life.phase(), "ended", "from {name}");
    }
}

#[test]
fn poll_repeats_itself() {
    let mut life = Life::after(&[Step::Send(Input::Start), Step::Spawned]);
    let first = life.traced.machine.poll_output();
    assert_eq!(first, life.traced.machine.poll_output());
}
