//! What a script says about a daemon, and cannot: said alike when the file is checked, where it stands there,
//! and when the step is run, where a template gave it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_contain::{RelPath, Root};
use collodi_machine::{Machine as _, Output};
use collodi_run::{App, Event, Input, Run, RunOptions, Status};
use collodi_script::{Options, Parsed, parse};
use collodi_time::Instant;
use std::fmt::Write as _;

/// A parameter and its value.
const ROWS: &[(&str, &str)] = &[
    ("ready", r#"{"port": 1, "timeout": -1}"#),
    ("ready", r#"{"port": 1, "timeout": 0}"#),
    ("ready", r#"{"port": 1, "timeout": "soon"}"#),
    ("ready", r#"{"port": 1, "interval": -1}"#),
    ("ready", r#"{"port": 1, "grace": -1}"#),
    ("ready", r#"{"port": 0}"#),
    ("ready", r#"{"port": 65536}"#),
    ("ready", r#"{"port": 80.5}"#),
    ("ready", r#"{"port": [80]}"#),
    ("ready", r#"{"pattern": "up"}"#),
    ("ready", r#"{"pattern": "/(up/"}"#),
    ("ready", r#"{"http": "localhost:80"}"#),
    ("ready", r#"{"timeout": 5000}"#),
    ("ready", r#"{"port": 1, "http": "http://localhost/"}"#),
    ("ready", "8000"),
    ("restart", r#""sometimes""#),
    ("restart", "5"),
    ("restart", r#"{"policy": "sometimes"}"#),
    ("restart", r#"{"delay": -1}"#),
    ("restart", r#"{"delay": {"ms": 1}}"#),
    ("restart", r#"{"factor": -1}"#),
    ("restart", r#"{"maxDelay": -1}"#),
    ("restart", r#"{"jitter": -1}"#),
    ("restart", r#"{"stableAfter": -1}"#),
    ("restart", r#"{"giveUp": -1}"#),
    ("restart", r#"{"giveUp": "never"}"#),
    ("restart", r#"{"giveUp": {}}"#),
    ("restart", r#"{"giveUp": {"restarts": -1}}"#),
    ("restart", r#"{"giveUp": 1.5}"#),
    ("restart", r#"{"giveUp": {"restarts": "2.5"}}"#),
    ("restart", r#"{"giveUp": {"restarts": 5, "within": -1}}"#),
    ("restart", r#"{"rules": {"SIGFOO": "leave"}}"#),
    ("restart", r#"{"rules": {"*": "leave"}}"#),
    ("restart", r#"{"rules": {"78-64": "leave"}}"#),
    ("restart", r#"{"rules": {"78": "stop"}}"#),
    ("restart", r#"{"rules": ["78"]}"#),
    ("dependsOn", "true"),
    ("dependsOn", r#"["db", {}]"#),
    ("id", r#""""#),
];

/// A script with a daemon, of which the parameter `key` has this value; `given` is done before.
fn script(given: &str, key: &str, value: &str) -> Parsed {
    let daemon = |more: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "x", "daemon": true, {more}}}}}"#
        )
    };
    let (db, this) = (
        daemon(r#""id": "db""#),
        daemon(&format!(r#""{key}": {value}"#)),
    );
    let source = format!(r#"{{"dialect": "vatn", "run": [{given}{this}, {db}]}}"#);
    parse(&source, &Options::for_file("start.json"))
}

/// The error of the file, with its place in the step.
fn checked(key: &str, value: &str) -> String {
    let parsed = script("", key, value);
    let errors: Vec<_> = parsed
        .errors()
        .filter(|e| e.code != "bad-dependency")
        .collect();
    let [error] = errors.as_slice() else {
        panic!("{key}: {value}: {errors:#?}");
    };
    let place = error.pointer.strip_prefix("/run/0").unwrap();
    format!("{place}: {}", error.message)
}

/// What is said of a script until it waits for the world, or has failed: notes, and the failure with its
/// place in its step.
fn run(parsed: &Parsed) -> Vec<String> {
    let script = parsed.script().unwrap().clone();
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut run = Run::new(RunOptions::new(script, app));
    run.handle_input(Instant::ZERO, Input::Start).unwrap();
    let mut said = Vec::new();
    loop {
        match run.poll_output() {
            Output::Event(Event::Note { text, .. }) => said.push(text),
            Output::Event(_) => {}
            Output::Done(outcome) => {
                if let Status::Failed(failure) = outcome.status {
                    let place = failure.pointer.strip_prefix("/run/1").unwrap();
                    said.push(format!("{place}: {}", failure.kind));
                }
                return said;
            }
            Output::Action(..) | Output::Wait(_) => return said,
        }
    }
}

/// The value comes from a template.
fn given(key: &str, value: &str) -> Parsed {
    let set = format!(r#"{{"method": "local.set", "params": {{"given": {value}, "other": 1}}}}, "#);
    script(&set, key, r#""{{local.given}}""#)
}

#[test]
fn what_cannot_be_used_is_said_alike_when_it_is_checked_and_when_it_is_run() {
    let mut said = String::new();
    for (key, value) in ROWS {
        let (checked, run) = (checked(key, value), run(&given(key, value)).join("\n"));
        let place = |text: &str| text.split(": ").next().unwrap().to_owned();
        assert_eq!(place(&checked), place(&run), "{key}: {value}");
        writeln!(said, "{key}: {value}\n  check  {checked}\n  run    {run}").unwrap();
    }
    insta::assert_snapshot!(said);
}

/// Who checks a file is told of what stands there, and who runs it of what a template gave.
#[test]
fn what_is_odd_is_told_once() {
    for (key, value, place) in [
        ("restart", r#"{"factor": 0}"#, "/params/restart/factor"),
        ("restart", r#"{"giveUp": 0}"#, "/params/restart/giveUp"),
        (
            "restart",
            r#"{"rules": {"256": "leave"}}"#,
            "/params/restart/rules/256",
        ),
        (
            "ready",
            r#"{"pattern": "/up/", "interval": 5}"#,
            "/params/ready/interval",
        ),
    ] {
        let literal = script("", key, value);
        let told = |parsed: &Parsed| {
            let odd = parsed.diagnostics.iter().filter(|d| d.code == "odd-value");
            odd.map(|d| d.pointer.clone()).collect::<Vec<_>>()
        };
        assert_eq!(told(&literal), [format!("/run/0{place}")]);
        assert_eq!(run(&literal), [""; 0]);
        assert_eq!(told(&given(key, value)), [""; 0]);
        let [note] = run(&given(key, value)).try_into().unwrap();
        assert!(note.starts_with(&format!("{place}: ")), "{note}");
    }
}
