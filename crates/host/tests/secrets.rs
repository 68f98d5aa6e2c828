//! What people answer and nobody is to read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;

use collodi_action::{Action, Progress};
use collodi_command::Exit;
use collodi_host::{Command, Input};
use collodi_value::{Object, Value};
use play::{Play, ended, said};

const ASKS: &str = r#"{"dialect": "pinokio", "run": [
    {"method": "input", "params": {"form": [
        {"key": "user", "title": "user"}, {"key": "token", "title": "token", "type": "password"}]}},
    {"method": "shell.run", "params": {"message": "login {{input.user}} {{input.token}}",
        "on": [{"event": "/error/", "break": true}]}}]}"#;

fn answered(script: &str) -> Play {
    let mut play = Play::new();
    play.run(script);
    play.no_files();
    let run = play.traced.machine.runs().next().unwrap().id().clone();
    let values = [("user", "somebody"), ("token", "hushhush123")];
    let values = values.map(|(key, value)| (key, Value::from(value)));
    play.command(Command::Answer {
        run,
        step: None,
        question: None,
        values: values.into_iter().collect::<Object>(),
    });
    play
}

/// The events.
fn told(play: &Play) -> String {
    let is_told = |line: &&str| line.contains(" > event ");
    let lines = play.trace().lines().filter(is_told);
    lines.collect::<Vec<_>>().join("\n")
}

/// A password is a secret of its run from its answer on: in the lines of commands, in what
/// they say, in how they fail.
#[test]
fn a_password_is_in_nothing_that_is_told() {
    let mut play = answered(ASKS);
    let exec = play.asked("exec bash");
    let text = "somebody logs in with hushhush123\n";
    play.input(Input::Progress(exec, said(text)));
    play.input(Input::Progress(exec, Progress::Exited(Exit::Code(1))));
    play.input(Input::Completed(exec, ended(Exit::Code(1))));
    let told = told(&play);
    assert!(told.contains("login somebody ***"), "{told}");
    assert!(told.contains("somebody logs in with ***"), "{told}");
    assert!(!told.contains("hushhush123"), "{told}");
}

/// Whoever keeps a record of the command knows what to leave out.
#[test]
fn who_keeps_records_hears_of_the_password() {
    let play = answered(ASKS);
    let exec = play.asked.iter().find_map(|(_, action)| match action {
        Action::Exec(spec) => Some(spec),
        _ => None,
    });
    let secrets = &exec.unwrap().purpose.secrets;
    assert_eq!(**secrets, ["hushhush123".to_owned()]);
}

/// A daemon that was given a password says no more of it than its run.
#[test]
fn a_password_is_not_in_what_a_daemon_says() {
    let mut play = answered(&ASKS.replace("\"on\": [{", "\"daemon\": true, \"on\": [{"));
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.input(Input::Progress(exec, said("I was given hushhush123\n")));
    let told = told(&play);
    assert!(told.contains("I was given ***"), "{told}");
    assert!(!told.contains("hushhush123"), "{told}");
}
