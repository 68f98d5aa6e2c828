//! The search for tools as text.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_action::{Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Stream, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_machine::{ActionId, Machine, Output};
use collodi_python::{Detect, DetectOptions, Input, Toolchain};
use collodi_time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// What a machine answers to `PROGRAM --version`.
#[derive(Clone, Copy)]
enum Answer {
    Says(&'static str),
    Fails(i32),
    Silent,
}

fn detect(chosen: Option<&str>, machine: &[(&str, Answer)]) -> Toolchain {
    let mut detect = Detect::new(DetectOptions {
        python_binary: chosen.map(Into::into),
        vars: BTreeMap::new(),
        cwd: Root::new("/w").at(RelPath::root()),
        tree: TreeId::new("t"),
    });
    let mut now = Instant::ZERO;
    detect.handle_input(now, Input::Timeout).unwrap();
    let mut hanging = BTreeSet::new();
    loop {
        match detect.poll_output() {
            Output::Action(id, collodi_action::Action::Exec(spec)) => {
                match machine.iter().find(|(program, _)| *program == spec.program) {
                    Some((_, Answer::Silent)) => drop(hanging.insert(id)),
                    known => answer(&mut detect, now, id, known.map(|(_, a)| *a)),
                }
            }
            Output::Action(id, _) => {
                detect
                    .handle_input(now, Input::Completed(id, Completion::Signalled(Ok(()))))
                    .unwrap();
                let id = hanging.pop_first().unwrap();
                answer(&mut detect, now, id, Some(Answer::Fails(137)));
            }
            Output::Wait(Some(deadline)) => {
                now = deadline.at;
                detect.handle_input(now, Input::Timeout).unwrap();
            }
            Output::Wait(None) => unreachable!("a probe is in flight or killed"),
            Output::Done(tools) => return tools,
        }
    }
}

fn answer(detect: &mut Detect, now: Instant, id: ActionId, answer: Option<Answer>) {
    let ended = |code| {
        Completion::Exec(Ok(Ended {
            exit: Exit::Code(code),
            leaked: false,
        }))
    };
    let completion = match answer {
        None => Completion::Exec(Err(Error::new(ErrorKind::ProgramNotFound, "start", "it"))),
        Some(Answer::Fails(code)) => ended(code),
        Some(Answer::Silent) => return,
        Some(Answer::Says(text)) => {
            let bytes = text.as_bytes().into();
            let output = Progress::Output {
                stream: Stream::Stdout,
                bytes,
            };
            detect
                .handle_input(now, Input::Progress(id, output))
                .unwrap();
            ended(0)
        }
    };
    detect
        .handle_input(now, Input::Completed(id, completion))
        .unwrap();
}

#[test]
fn the_first_that_answers_is_taken() {
    use Answer::{Fails, Says, Silent};
    let tools = detect(
        None,
        &[
            ("python3", Fails(127)),
            ("python", Says("Python 2.7.18\n")),
            ("python3.13", Silent),
            ("python3.12", Says("Python 3.12.1\nmore\n")),
            ("uv", Says("uv 0.9.1\n")),
            ("mamba", Says("2.1.0\n")),
        ],
    );
    insta::assert_debug_snapshot!(tools);
}

#[test]
fn a_chosen_one_is_the_only_one_tried() {
    let tools = detect(
        Some("/opt/py"),
        &[("python3", Answer::Says("Python 3.12.1"))],
    );
    assert_eq!(tools.python, None);
    assert_eq!(
        tools.refused,
        [("/opt/py".to_string(), "program not found".to_string())]
    );
}

#[test]
fn a_tool_of_the_same_name_is_not_uv() {
    assert_eq!(
        detect(None, &[("uv", Answer::Says("ultraviolet 3"))]).uv,
        None
    );
}
