//! What a run makes of other scripts, as text. The host answers by a table.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_contain::{RelPath, Root};
use collodi_machine::{Machine, Output, trace::Traced};
use collodi_run::{
    Action, App, Completed, Input, Run, RunOptions, ScriptFault, ScriptQuestion, ScriptRequest,
};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use collodi_value::Value;
use insta::assert_snapshot;
use std::collections::VecDeque;

fn trace(script: &str) -> String {
    let parsed = parse(script, &Options::for_file("start.json"));
    let script = parsed.script().unwrap_or_else(|error| panic!("{error}"));
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut traced = Traced::new(Run::new(RunOptions::new(script.clone(), app)));
    let mut inputs = VecDeque::from([Input::Start]);
    while let Some(input) = inputs.pop_front() {
        for output in traced.input(Instant::ZERO, input) {
            if let Output::Action(id, Action::Script(request)) = output {
                let answer = Completed::Script(answer(&request));
                inputs.push_back(Input::Completed(id, answer));
            }
        }
    }
    assert!(matches!(traced.machine.poll_output(), Output::Done(_)));
    traced.text().to_owned()
}

fn answer(request: &ScriptRequest) -> Result<Value, ScriptFault> {
    let object = |text: &str| collodi_script::read_json(text).unwrap();
    match request {
        ScriptRequest::Start { uri, .. } if uri == "fails.json" => Err(ScriptFault::Failed {
            script: "/app/fails.json".into(),
            why: "step 1 (fs.read): no such file".into(),
        }),
        ScriptRequest::Start { uri, .. } if uri == "runs.json" => {
            Err(ScriptFault::AlreadyRuns("/app/runs.json".into()))
        }
        ScriptRequest::Start { uri, .. } if uri == "torch.js" => {
            Err(ScriptFault::NoSteps("/app/torch.js".into()))
        }
        ScriptRequest::Start { .. } => Ok(object(r#"{"url": "http://x", "n": 3}"#)),
        ScriptRequest::Ask(ScriptQuestion::Local, uri) if uri == "server.json" => {
            Ok(object(r#"{"url": "http://127.0.0.1:1"}"#))
        }
        ScriptRequest::Ask(ScriptQuestion::Running, uri) => {
            Ok(Value::from(uri.as_str() == "server.json"))
        }
        ScriptRequest::Ask(question, _) => Ok(question.of_nothing()),
        _ => Ok(Value::Null),
    }
}

#[test]
fn a_step_gives_what_the_other_script_gave() {
    assert_snapshot!(trace(
        r#"{"run": [
        {"method": "script.start", "params": {"uri": "a.json", "params": {"x": [1]}}},
        {"method": "log", "params": {"text": "{{input.url}}"}},
        {"method": "script.run", "params": {"uri": "https://h/o/r.git/a.json", "branch": "main",
            "pull": true}},
        {"method": "script.start", "params": {"uri": "runs.json"}},
        {"method": "script.start", "params": {"uri": "fails.json"}},
        {"method": "log", "params": {"text": "{{JSON.stringify(input)}}"}},
        {"method": "script.start", "params": {"uri": "torch.js"}},
        {"method": "log", "params": {"text": "not reached"}}]}"#
    ));
}

#[test]
fn a_script_that_fails_fails_its_caller_in_the_plugins_dialect() {
    assert_snapshot!(trace(
        r#"{"dialect": "vatn", "run": [
        {"method": "script.start", "params": {"uri": "fails.json"}}]}"#
    ));
}

#[test]
fn templates_ask_about_other_scripts() {
    assert_snapshot!(trace(
        r#"{"run": [
        {"when": "{{running('server.json')}}", "method": "log",
            "params": {"text": "{{script.local('server.json').url}} {{script.global('x').y || 'none'}}"}},
        {"when": "{{ready('other', 'x.json') || script.running('~/api/x.json')}}", "method": "log",
            "params": {"text": "not reached"}}]}"#
    ));
}

#[test]
fn the_way_on_may_ask_too() {
    assert_snapshot!(trace(
        r#"{"run": [
        {"method": "log", "params": {"text": "a"}, "next": "{{running('server.json') ? 'c' : 1}}"},
        {"method": "log", "params": {"text": "not reached"}},
        {"id": "c", "method": "log", "params": {"text": "c"}, "next": "{{running('x') ? 1 : null}}"},
        {"method": "log", "params": {"text": "not reached either"}}]}"#
    ));
}

#[test]
fn results_are_kept_where_returns_says() {
    assert_snapshot!(trace(
        r#"{"run": [
        {"method": "script.start", "params": {"uri": "a.json"}, "returns": "local.all", "notify": true},
        {"method": "script.start", "params": {"uri": "a.json"},
            "returns": {"local.url": "{{url}}", "global.sum": "{{n + local.all.n}}"},
            "notify": {"html": "it is {{input.url}}"}},
        {"method": "script.stop", "params": {"uri": "a.json"}, "returns": "local.nothing"},
        {"method": "script.start", "params": {"uri": "a.json"}, "returns": "elsewhere"},
        {"method": "log", "params": {"json": "{{local}}"}},
        {"method": "log", "params": {"json": "{{global}}"}}]}"#
    ));
}

#[test]
fn other_methods_ask_the_host() {
    assert_snapshot!(trace(
        r#"{"run": [
        {"method": "script.stop", "params": {"uri": ["a.json", "b.json"]}},
        {"method": "script.restart"},
        {"method": "script.download", "params": {"uri": "https://h/o/r.git"}},
        {"method": "script.ready", "params": "a.json"},
        {"method": "script.ready", "params": {"uri": "b.json"}},
        {"method": "local.import", "params": {"a": "server.json", "b.c": "other.json"}},
        {"method": "log", "params": {"json": "{{local}}"}},
        {"method": "script.stop", "params": {"uri": "{{[]}}"}}]}"#
    ));
}
