//! What a script means: steps, jumps, other lists, what it wants and leaves.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

use collodi_contain::RelPath;
use collodi_script::{
    Dialect, Document, Method, Next, Options, Parsed, Script, ScriptError, Step, StepAt, parse,
};
use collodi_value::Value;

fn script(source: &str) -> Script {
    let parsed = parse(source, &Options::default());
    parsed
        .script()
        .unwrap_or_else(|_| panic!("{}", parsed.lines()))
        .clone()
}

fn codes(parsed: &Parsed) -> Vec<&str> {
    parsed.diagnostics.iter().map(|d| d.code).collect()
}

fn next_of(next: &str) -> Next {
    let log = r#"{"method": "log", "params": {"raw": "x"}, "id": "end"}"#;
    let first = format!(r#"{{"method": "log", "params": {{"raw": "x"}}, "next": {next}}}"#);
    script(&format!(r#"{{"run": [{first}, {log}, {log}]}}"#)).steps[0]
        .next
        .clone()
}

#[test]
fn next_leads_to_steps() {
    assert_eq!(next_of("2"), Next::Step(2));
    assert_eq!(next_of("null"), Next::End);
    assert_eq!(next_of("\"end\""), Next::Step(1));
    assert_eq!(next_of("\"2\""), Next::Step(2));
    assert_eq!(next_of("\"nowhere\""), Next::Unknown("nowhere".into()));
    assert_eq!(next_of("9"), Next::Unknown("9".into()));
    assert!(matches!(next_of("\"{{input.to}}\""), Next::Template(_)));
}

#[test]
fn a_step_has_its_place() {
    let source =
        r#"{"run": [{"method": "log"}, {"method": "local.set", "params": {"a": 1}, "id": "b"}]}"#;
    let script = script(source);
    let step = &script.steps[1];
    assert_eq!((step.index, step.id.as_deref()), (1, Some("b")));
    assert!(source[step.span.clone()].starts_with(r#"{"method": "local.set""#));
    assert_eq!(step.method, Method::LocalSet);
    assert_eq!(step.next, Next::Following);
    assert_eq!(
        script.value().pointer("/run/1/id").and_then(|v| v.as_str()),
        Some("b")
    );
}

#[test]
fn a_pointer_leads_to_each_step() {
    let script = script(
        r#"{
          "run": [{"method": "log"}, {"method": "fs.rm", "params": {"path": "a"}}],
          "~a/b": [{"method": "log"}, {"method": "fs.make", "params": {"path": "a"}}],
          "on": {"stop": {"method": "fs.cat", "params": {"path": "a"}}}
        }"#,
    );
    let file = script.value();
    let named = |(at, step): (StepAt, &Step)| {
        let method = file.pointer(&format!("{}/method", at.pointer()));
        assert_eq!(method.and_then(Value::as_str), Some(step.method.name()));
    };
    assert_eq!(script.all_steps().map(named).count(), 5);
}

#[test]
fn everything_beside_the_steps() {
    let script = script(
        r#"{
          "title": "An app", "daemon": true, "notes": [1, 2],
          "pre": [{"env": "TOKEN", "title": "Token", "default": 5}, {"title": "no name"}],
          "env": [{"key": "IGNORED"}],
          "on": {"stop": {"method": "script.start", "params": {"uri": "clean.json"}}},
          "run": [{"method": "log"}],
          "install": [{"method": "log"}, {"method": "fs.make", "params": {"path": "a"}}]
        }"#,
    );
    assert_eq!(script.title.as_deref(), Some("An app"));
    assert!(script.daemon);
    assert_eq!(script.actions.keys().collect::<Vec<_>>(), ["install"]);
    assert_eq!(script.on_stop.unwrap().method, Method::ScriptStart);
    assert_eq!(script.prerequisites.len(), 1);
    assert_eq!(script.prerequisites[0].name, "TOKEN");
    assert_eq!(script.prerequisites[0].default.as_deref(), Some("5"));
}

#[test]
fn the_caller_decides_the_dialect() {
    let source = r#"{"dialect": "vatn", "run": [{"method": "log"}]}"#;
    let dialect = |dialect, default_dialect| {
        let options = Options {
            dialect,
            default_dialect,
            ..Options::default()
        };
        parse(source, &options).script().unwrap().dialect
    };
    assert_eq!(dialect(None, Dialect::Pinokio), Dialect::Vatn);
    assert_eq!(
        dialect(Some(Dialect::Pinokio), Dialect::Vatn),
        Dialect::Pinokio
    );
    let plain = r#"{"run": [{"method": "shell.run", "params": {"message": "ls", "venv": "a"}}]}"#;
    let options = Options {
        default_dialect: Dialect::Vatn,
        ..Options::default()
    };
    assert_eq!(
        parse(plain, &options).script().unwrap().dialect,
        Dialect::Vatn
    );
}

#[test]
fn paths_start_at_the_folder_of_the_script() {
    let source = r#"{"run": [{"method": "fs.rm", "params": {"path": "../models"}}]}"#;
    let in_folder = |base: &str| {
        let options = Options {
            base: RelPath::parse(base).unwrap(),
            ..Options::default()
        };
        parse(source, &options).has_errors()
    };
    assert!(in_folder(""));
    assert!(!in_folder("install"));
}

#[test]
fn what_is_not_run() {
    let run = |source: &str| parse(source, &Options::default()).script().cloned();
    assert_eq!(run(r#"{"title": "x"}"#), Err(ScriptError::NotAScript));
    let error = run(r#"{"run": [{"method": "lgo"}, {}]}"#).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"pinokio.json:1:21: error[unknown-method]: there is no method `lgo` (and 1 more)"
    );
    let lenient = Options {
        lenient_methods: true,
        ..Options::default()
    };
    let parsed = parse(r#"{"run": [{"method": "lgo"}]}"#, &lenient);
    assert_eq!(
        parsed.script().unwrap().steps[0].method,
        Method::Unknown("lgo".into())
    );
}

#[test]
fn errors_leave_the_rest_readable() {
    let parsed = parse(
        r#"{"run": [{"method": "log" "id": "a"}, 5]"#,
        &Options::default(),
    );
    assert_eq!(
        codes(&parsed)
            .iter()
            .filter(|c| **c == "missing-comma")
            .count(),
        1
    );
    let Document::Script(script) = parsed.document else {
        panic!()
    };
    assert_eq!(script.steps[0].id.as_deref(), Some("a"));
    assert_eq!(script.steps.len(), 2);
}
