//! JSON files and the `ENVIRONMENT` file: what steps make of a small world of files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_machine::{Machine, Output};
use collodi_run::{Action, App, Completed, Input, Run, RunOptions, supports};
use collodi_script::{Method, Options, parse};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::{collections::BTreeMap, fmt::Write};

/// Files by their path below the app's folder.
struct Files(BTreeMap<String, String>);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Self(files.iter().map(owned).collect())
    }

    fn answer(&mut self, op: &FileOp) -> Result<FileAnswer, FileError> {
        match op {
            FileOp::Read { path, limit } => {
                let failed = |kind| Err(FileError::new(kind, path.clone()));
                match self.0.get(path.rel().as_str()) {
                    None => failed(FileErrorKind::NotFound),
                    Some(text) if text.len() as u64 > *limit => failed(FileErrorKind::TooLarge),
                    Some(text) => Ok(FileAnswer::Bytes(text.clone().into_bytes())),
                }
            }
            FileOp::Write { path, bytes, .. } => {
                let text = String::from_utf8(bytes.clone()).unwrap();
                self.0.insert(path.rel().as_str().to_owned(), text);
                Ok(FileAnswer::Done)
            }
            other => panic!("no step here does {other}"),
        }
    }
}

/// Runs the steps in `start`, a folder below the app's, and writes down what was asked,
/// how the run ended, its variables, and the files.
fn play(steps: &str, files: &[(&str, &str)], limit: u64) -> String {
    let parsed = parse(
        &format!(r#"{{"dialect": "pinokio", "run": [{steps}]}}"#),
        &Options::for_file("start.json"),
    );
    let script = parsed.script().unwrap().clone();
    let dir = RelPath::parse("sub").unwrap();
    let app = App::new("demo", Root::new("/app"), dir, "start.json");
    let mut options = RunOptions::new(script, app);
    options.limits.file_bytes = limit;
    let (mut run, mut files, mut out) = (Run::new(options), Files::new(files), String::new());
    run.handle_input(Instant::ZERO, Input::Start).unwrap();
    let outcome = loop {
        match run.poll_output() {
            Output::Action(id, Action::World(World::File(op))) => {
                writeln!(out, "{op}").unwrap();
                let completion = Completion::File(files.answer(&op));
                let completed = Input::Completed(id, Completed::World(completion));
                run.handle_input(Instant::ZERO, completed).unwrap();
            }
            Output::Event(_) => {}
            Output::Done(outcome) => break outcome,
            other => panic!("{other:?}"),
        }
    };
    writeln!(out, "{outcome}").unwrap();
    if let collodi_run::Status::Failed(failure) = &outcome.status {
        writeln!(out, "at {}", failure.pointer).unwrap();
    }
    writeln!(out, "result {}", outcome.result.to_json()).unwrap();
    let variables =
        |object: &collodi_value::Object| collodi_value::Value::Object(object.clone()).to_json();
    writeln!(out, "local {}", variables(run.local())).unwrap();
    writeln!(out, "global {}", variables(run.global())).unwrap();
    for (name, text) in &files.0 {
        writeln!(out, "--- {name}\n{text}").unwrap();
    }
    out
}

const ENOUGH: u64 = 1000;

#[test]
fn files_are_changed_one_after_the_other() {
    let steps = r#"{"method": "json.set", "params": {
        "a.json": {"x.y": 1, "list.0": "first", "list.2": true},
        "../new/b.JSON": {"name": "{{args.name || 'none'}}"},
        "c.json": [1, {"two": 2}]}}"#;
    let files = [
        (
            "sub/a.json",
            r#"{"kept": null, "list": [0, 1], "x": "replaced"}"#,
        ),
        ("sub/c.json", "not JSON, and replaced as a whole"),
    ];
    assert_snapshot!(play(steps, &files, ENOUGH));
}

#[test]
fn names_are_removed() {
    let steps = r#"{"method": "self.rm", "params": {
        "a.json": ["x.y", "list.0", "nowhere.at.all"],
        "list.json": [1],
        "missing.json": ["x"]}}"#;
    let files = [
        ("sub/a.json", r#"{"x": {"y": 1, "z": 2}, "list": [0, 1]}"#),
        ("sub/list.json", "[0, 1, 2]"),
    ];
    assert_snapshot!(play(steps, &files, ENOUGH));
}

#[test]
fn files_become_variables_and_results() {
    let steps = r#"
        {"method": "json.get", "params": {"a": "a.json", "b": "missing.json"}},
        {"method": "load", "params": {"again": "../sub/a.json", "list": "list.json", "module": "a.js"}}"#;
    let files = [
        ("sub/a.json", r#"{"x": 1}"#),
        ("sub/list.json", "[1]"),
        ("sub/a.js", "module.exports = { x: 'y', };"),
    ];
    assert_snapshot!(play(steps, &files, ENOUGH));
}

#[test]
fn set_and_rm_do_it_all() {
    let steps = r#"
        {"method": "set", "params": {"local": {"a.b": 1, "c": 2}, "global": {"g": 3, "h": 4},
            "json": {"x.json": {"p": 1, "q": 2}}}},
        {"method": "rm", "params": {"local": ["c"], "global": ["g"],
            "self": {"x.json": ["p"]}}}"#;
    assert_snapshot!(play(steps, &[], ENOUGH));
}

#[test]
fn the_environment_file_is_edited() {
    let steps = r#"
        {"method": "env.set", "params": {"PORT": 7860, "NOTE": "two\nlines", "ON": true}},
        {"method": "env.switch", "params": {
            "PORT": ["7860", "7861"], "MODE": ["x", "y"], "OTHER": ["1", "2"]}}"#;
    let text = "# how the app starts\nPORT=80 # the port\nOTHER='kept'\n\nMODE=y\n";
    assert_snapshot!(play(steps, &[("ENVIRONMENT", text)], ENOUGH));
}

#[test]
fn the_environment_file_is_made() {
    let steps = r#"{"method": "env.switch", "params": {"MODE": ["x", "y"]}}"#;
    assert_snapshot!(play(steps, &[], ENOUGH), @r"
    read /app/ENVIRONMENT
    write /app/ENVIRONMENT (7 bytes)
    completed after 1 steps
    result null
    local {}
    global {}
    --- ENVIRONMENT
    MODE=x
    ");
}

/// How a run of one step ends, and at which parameter.
fn failure(step: &str, files: &[(&str, &str)], limit: u64) -> String {
    let text = play(step, files, limit);
    let lines = text
        .lines()
        .filter(|l| l.starts_with("at ") || l.contains("after"));
    lines.map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn failures_name_the_place() {
    let files = [
        ("sub/bad.json", "{\n  \"a\": 1,\n  oops\n}"),
        (
            "sub/big.json",
            "[\"0123456789012345678901234567890123456789\"]",
        ),
        ("sub/half.json", "[\"01234567890123456789\"]"),
        ("ENVIRONMENT", "A=1\n"),
    ];
    let steps = [
        r#""json.set", "params": {"bad.json": {"a": 1}}"#,
        r#""json.get", "params": {"a/b": "bad.json"}"#,
        r#""json.get", "params": {"a": "big.json"}"#,
        r#""load", "params": {"a": "half.json", "b": "half.json"}"#,
        r#""json.set", "params": {"new.json": {"a": "0123456789012345678901234567890123456789"}}"#,
        r#""json.set", "params": {"a.txt": {"a": 1}}"#,
        r#""json.set", "params": {"a.json": 1}"#,
        r#""json.set", "params": {"a.json": "{{3}}"}"#,
        r#""json.rm", "params": {"a.json": {"a": 1}}"#,
        r#""json.get", "params": {"a": "{{'../../a.json'}}"}"#,
        r#""load", "params": {"a": "missing.json"}"#,
        r#""load", "params": {"a": "a.txt"}"#,
        r#""load", "params": {"a": "{{'https://example.com/a.json'}}"}"#,
        r#""set", "params": {"local": {"a": 1}, "key": {"host": {"k": "v"}}}"#,
        r#""set", "params": {"local": {"a": 1}, "global": "{{3}}"}"#,
        r#""env.set", "params": {"A B": "1"}"#,
        r#""env.set", "params": {"A": ["1"]}"#,
        r#""env.set", "params": {"A": "\"'`"}"#,
        r#""env.set", "params": {"A": "01234567890123456789012345678901234567890123456789"}"#,
        r#""env.switch", "params": {"A": []}"#,
    ];
    let mut table = String::new();
    for step in steps {
        let failed = failure(&format!(r#"{{"method": {step}}}"#), &files, 40);
        writeln!(table, "{step}\n{failed}").unwrap();
    }
    assert_snapshot!(table);
}

#[test]
fn all_of_them_are_supported() {
    let names = [
        "set",
        "rm",
        "json.set",
        "json.rm",
        "json.get",
        "self.set",
        "self.rm",
        "load",
        "env.set",
        "env.switch",
    ];
    for name in names {
        assert!(supports(&Method::from_name(name)), "{name}");
    }
    assert!(!supports(&Method::from_name("import")));
}
