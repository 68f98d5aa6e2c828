//! Scripts that ask, and what people answer, as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_machine::{Output, trace::Traced};
use collodi_run::{Action, App, Completed, Input, PreparedAnswers, Run, RunOptions};
use collodi_script::{Options, parse, read_json};
use collodi_time::Instant;
use collodi_value::{Object, Value};
use insta::assert_snapshot;

/// Every kind of field, and what comes of it.
const FORM: &str = r#"{"run": [
    {"method": "input", "id": "setup", "params": {"title": "Settings", "form": [
        {"key": "prompt", "title": "Prompt", "required": true},
        {"key": "steps", "type": "int", "default": 16},
        {"key": "token", "type": "password"},
        {"key": "size", "type": "select", "items": ["small", {"value": "l", "text": "large"}],
            "default": "small"},
        {"key": "share", "type": "checkbox"}]}},
    {"method": "log", "params": {"json": "{{input}}"}}]}"#;

fn object(json: &str) -> Object {
    match read_json(json).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// The trace of a run with prepared answers, and then these answers to its questions.
fn play(script: &str, prepared: PreparedAnswers, answers: &[&str]) -> String {
    let parsed = parse(script, &Options::for_file("start.json"));
    let script = parsed.script().unwrap_or_else(|error| panic!("{error}"));
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut options = RunOptions::new(script.clone(), app);
    options.answers = prepared;
    let mut run = Traced::new(Run::new(options));
    let mut outputs = run.input(Instant::ZERO, Input::Start);
    let mut answers = answers.iter();
    while !matches!(outputs.last(), Some(Output::Done(_))) {
        let Some(answer) = answers.next() else { break };
        let (number, values) = answer.split_once(' ').unwrap();
        let answer = Input::Answer(number.parse().unwrap(), object(values));
        outputs = run.input(Instant::ZERO, answer);
    }
    run.text().to_owned()
}

fn prepared(json: &str) -> PreparedAnswers {
    PreparedAnswers::of(&object(json), false)
}

fn unattended(json: &str) -> PreparedAnswers {
    PreparedAnswers::of(&object(json), true)
}

#[test]
fn somebody_answers() {
    let answers = [
        r#"7 {"prompt": "not this question"}"#,
        r#"1 {}"#,
        r#"1 {"prompt": "", "size": "huge", "share": "perhaps", "token": [1]}"#,
        r#"1 {"prompt": "a cat", "steps": "007", "size": "large", "share": "yes", "other": 1}"#,
    ];
    assert_snapshot!(play(FORM, PreparedAnswers::default(), &answers));
}

#[test]
fn the_answers_come_with_the_run() {
    let all = r#"{"prompt": "a cat", "token": "t", "setup": {"size": "l"}}"#;
    assert_snapshot!("prepared", play(FORM, prepared(all), &[]));
    // What is missing is asked, with what is there as defaults.
    let some = r#"{"prompt": "a cat", "0": {"size": "huge"}}"#;
    let rest = [r#"1 {"token": "t"}"#];
    assert_snapshot!("partly_prepared", play(FORM, prepared(some), &rest));
}

#[test]
fn nobody_is_there() {
    let defaults = r#"{"run": [{"method": "input", "params": {"form": [
        {"key": "seed", "default": 7}, {"key": "share", "type": "checkbox"}]}},
        {"method": "log", "params": {"json": "{{input}}"}}]}"#;
    assert_snapshot!("defaults", play(defaults, unattended("{}"), &[]));
    assert_snapshot!("required", play(FORM, unattended(r#"{"steps": "3"}"#), &[]));
    let wrong = r#"{"prompt": "x", "token": "", "size": "huge"}"#;
    assert_snapshot!("wrong", play(FORM, unattended(wrong), &[]));
}

#[test]
fn a_loop_is_not_answered_twice() {
    let script = r#"{"run": [
        {"method": "input", "params": {"form": [{"key": "more"}]}},
        {"when": "{{input.more === 'yes'}}", "method": "goto", "params": {"index": 0}}]}"#;
    let yes = r#"{"more": "yes"}"#;
    assert_snapshot!(
        "loop_asks",
        play(script, prepared(yes), &[r#"1 {"more": "no"}"#])
    );
    assert_snapshot!("loop_fails", play(script, unattended(yes), &[]));
}

#[test]
fn files_are_picked_in_the_apps_folder() {
    let script = r#"{"run": [
        {"method": "filepicker.open", "params": {"path": "models", "multiple": true}},
        {"method": "log", "params": {"json": "{{input}}"}}]}"#;
    assert_snapshot!("nothing_is_picked", play(script, unattended("{}"), &[]));
    let picks = [
        r#"1 {"paths": ["a.bin", "../../../etc/passwd"]}"#,
        r#"1 {"paths": ["a.bin", "/app/b.bin"]}"#,
    ];
    assert_snapshot!(
        "paths_are_contained",
        play(script, PreparedAnswers::default(), &picks)
    );
}

#[test]
fn what_has_no_fields_is_only_shown() {
    let script = r#"{"run": [
        {"method": "input", "params": {"title": "Installed"}},
        {"method": "modal", "params": {"title": "Start Ollama first", "menu": []}},
        {"method": "clipboard.copy", "params": {"text": "x"}},
        {"method": "clipboard.paste"},
        {"method": "log", "params": {"json": "{{input}}"}}]}"#;
    assert_snapshot!(play(script, unattended("{}"), &[]));
}

#[test]
fn forms_that_are_none() {
    for form in [
        r#""x""#,
        r#"[{"title": "no key"}]"#,
        r#"[{"key": "a", "type": "select"}]"#,
    ] {
        let script = format!(r#"{{"run": [{{"method": "input", "params": {{"form": {form}}}}}]}}"#);
        let trace = play(&script, PreparedAnswers::default(), &[]);
        assert!(trace.contains("failed"), "{trace}");
    }
}

#[test]
fn a_run_that_asks_can_be_cancelled() {
    let parsed = parse(FORM, &Options::for_file("start.json"));
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let options = RunOptions::new(parsed.script().unwrap().clone(), app);
    let mut run = Traced::new(Run::new(options));
    run.input(Instant::ZERO, Input::Start);
    run.input(Instant::ZERO, Input::Cancel);
    let late = Input::Answer(1, object(r#"{"prompt": "x"}"#));
    let outputs = run.input(Instant::ZERO, late);
    assert!(
        matches!(outputs.as_slice(), [Output::Done(_)]),
        "{}",
        run.text()
    );
}

#[test]
fn an_answer_to_an_earlier_question_of_the_step_is_not_taken() {
    let script = r#"{
        "run": [
            {"method": "input", "params": {"form": [{"key": "NAME"}]}},
            {"method": "jump", "params": {"index": 0}}
        ]
    }"#;
    let first = r#"1 {"NAME": "first"}"#;
    let second = r#"2 {"NAME": "second"}"#;
    let trace = play(
        script,
        PreparedAnswers::default(),
        &[first, first, second, second],
    );
    assert_eq!(trace.matches("is answered").count(), 2, "{trace}");
}

#[test]
fn answers_that_nobody_asked_for_are_named() {
    let script = r#"{"run": [
        {"method": "input", "params": {"form": [{"key": "color", "default": "red"}]}}
    ]}"#;
    let trace = play(script, unattended(r#"{"colour": "blue"}"#), &[]);
    assert!(trace.contains("not asked for here: colour"), "{trace}");
    let other = [r#"1 {"colour": "blue"}"#];
    let trace = play(script, PreparedAnswers::default(), &other);
    assert!(
        trace.contains("colour: nothing of this name is asked"),
        "{trace}"
    );
    assert!(!trace.contains("done"), "{trace}");
}

/// The trace of a login with what the file of the token holds.
fn login(method: &str, token: Option<&str>, answers: PreparedAnswers) -> String {
    let script = format!(
        r#"{{"run": [{{"method": "{method}"}}, {{"method": "log", "params": {{"json": "{{{{input}}}}"}}}}]}}"#
    );
    let parsed = parse(&script, &Options::for_file("start.json"));
    let script = parsed.script().unwrap_or_else(|error| panic!("{error}"));
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut options = RunOptions::new(script.clone(), app);
    options.answers = answers;
    let mut run = Traced::new(Run::new(options));
    let mut outputs = run.input(Instant::ZERO, Input::Start);
    for _ in 0..9 {
        let asked = outputs.iter().find_map(|output| match output {
            Output::Action(id, Action::World(World::File(op))) => Some((*id, op.clone())),
            _ => None,
        });
        let Some((id, op)) = asked else { break };
        let answer = match (&op, token) {
            (FileOp::Read { .. }, Some(token)) => Ok(FileAnswer::Bytes(token.into())),
            (FileOp::Read { path, .. }, None) => {
                Err(FileError::new(FileErrorKind::NotFound, path.clone()))
            }
            _ => Ok(FileAnswer::Done),
        };
        let completed = Completed::World(Completion::File(answer));
        outputs = run.input(Instant::ZERO, Input::Completed(id, completed));
    }
    run.text().to_owned()
}

#[test]
fn a_login_takes_the_token_that_is_there() {
    assert_snapshot!(login("hf.login", Some("hf_secret\n"), unattended("{}")));
}

#[test]
fn a_login_asks_for_a_token_and_keeps_it_to_itself() {
    let told = login("hf.login", None, unattended(r#"{"token": " hf_secret "}"#));
    assert!(!told.contains("hf_secret"), "{told}");
    assert_snapshot!("kept", told);
    assert_snapshot!("open", login("hf.login", None, PreparedAnswers::default()));
    assert_snapshot!("nobody", login("hf.login", None, unattended("{}")));
}

#[test]
fn a_logout_forgets_the_token() {
    assert_snapshot!(login("hf.logout", Some("hf_secret"), unattended("{}")));
}
