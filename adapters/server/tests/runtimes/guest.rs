//! `collodi run` beside the server of its workspace.

use super::{
    SERVER,
    stage::{self, Stage},
};
use std::fs;

on_each_runtime! {
    a_run_goes_on_from_a_step_at_a_server_that_knows_no_earlier_one
    what_a_step_says_stands_below_it
    what_a_daemon_said_as_a_command_is_shown_once
    an_app_that_goes_on_says_where_it_answers
    who_stops_nothing_hears_what_may_be_meant
    what_is_said_over_a_script_and_answered_holds_at_a_server_too
    a_folder_beside_a_server_can_become_one_of_its_apps
    an_app_is_left_to_the_server_when_its_steps_are_done
}

const TWO_STEPS: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "echo first"}},
    {"method": "shell.run", "params": {"message": "echo second"}}]}"#;

/// The earlier one was run by a server that is gone.
fn a_run_goes_on_from_a_step_at_a_server_that_knows_no_earlier_one(stage: Stage) {
    stage.app("demo", TWO_STEPS);
    let mut first = stage.serve_quietly();
    assert_eq!(stage.post("/python/apps/demo/run").status, 200);
    first.signal("-USR1");
    assert_eq!(first.code(), Some(0));
    let _second = stage.serve_quietly();
    let ran = stage.output(&["run", "demo", "--from", "2"]);
    let (said, told) = (ran.stdout(), ran.stderr());
    assert!(said.contains("[1/2] left out\n"), "{said}");
    assert!(said.contains("| second\n"), "{said}");
    assert!(said.ends_with("\ncompleted after 1 step\n"), "{said}");
    assert!(told.contains("knows no earlier run of demo"), "{told}");
    assert_eq!(ran.code(), Some(0));
    let beyond = stage.output(&["run", "demo", "--from", "4"]);
    let told = beyond.stderr();
    assert!(told.contains("the script has 2 steps"), "{told}");
}

const ASKS: &str = r#"{"run": [
    {"method": "input", "params": {"title": "?", "form": [{"key": "name"}]}},
    {"method": "shell.run", "params": {"message": "echo $SIZE {{input.name}}", "env": {"SIZE": "small"}}}]}"#;

/// The same words of a command line mean the same with and without a server, and at a rerun.
fn what_is_said_over_a_script_and_answered_holds_at_a_server_too(stage: Stage) {
    stage.app("demo", ASKS);
    let run = |more: &[&str]| {
        let words = [&["run", "demo", "--unattended"], more].concat();
        let ran = stage.output(&words);
        (ran.code(), format!("{}{}", ran.stdout(), ran.stderr()))
    };
    let here = [
        "--listen",
        "127.0.0.1:0",
        "--env",
        "SIZE=large",
        "--answer",
        "name=Ada",
    ];
    assert!(run(&here).1.contains("| large Ada\n"));
    let _serving = stage.serve_quietly();
    let (code, said) = run(&["--env", "SIZE=large", "--answer", "name=Ada"]);
    assert!(code == Some(0) && said.contains("| large Ada\n"), "{said}");
    let (code, said) = run(&["--from", "1", "--answer", "name=Bob"]);
    assert!(code == Some(0) && said.contains("| large Bob\n"), "{said}");
    let (code, said) = run(&["--env", "LD_PRELOAD=x"]);
    assert!(
        said.contains("LD_PRELOAD (the step needs a grant"),
        "{said}"
    );
    assert_eq!(code, Some(1));
}

fn a_folder_beside_a_server_can_become_one_of_its_apps(stage: Stage) {
    fs::create_dir_all(stage.path("mine/demo")).unwrap();
    fs::write(stage.path("mine/demo/pinokio.json"), SERVER).unwrap();
    let _serving = stage.serve_quietly();
    let refused = stage.output(&["run", "mine/demo"]);
    let told = refused.stderr();
    assert!(told.contains("`collodi add mine/demo`"), "{told}");
    assert_eq!((refused.code(), refused.stdout()), (Some(1), String::new()));
}

const FAILS: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "exit 3"}}]}"#;

fn an_app_is_left_to_the_server_when_its_steps_are_done(stage: Stage) {
    stage.app("demo", SERVER);
    stage.app("broken", FAILS);
    let alone = stage.output(&["run", "demo", "--detach"]);
    assert!(
        alone.stderr().contains("`collodi serve`"),
        "{}",
        alone.stderr()
    );
    assert_eq!(alone.code(), Some(1));
    let _serving = stage.serve_quietly();
    let left = stage.output(&["run", "demo", "--detach"]);
    let said = left.stdout();
    assert!(said.contains("the server keeps it up"), "{said}");
    assert_eq!(left.code(), Some(0));
    assert!(stage::is_alive(stage.pid_of("demo")));
    let broken = stage.output(&["run", "broken", "--detach"]);
    assert_eq!(broken.code(), Some(1), "{}", broken.stderr());
}

const NOTED: &str = r#"{"dialect": "pinokio", "run": [
    {"method": "shell.run", "params": {"message": "echo one; exit 3"}},
    {"method": "log", "params": {"raw": "two"}},
    {"method": "shell.run", "params": {"message": "echo three; exit 4"}},
    {"method": "log", "params": {"raw": "four"}}]}"#;

/// Steps that are done before the server has told of them, and notes that come with the end.
fn what_a_step_says_stands_below_it(stage: Stage) {
    stage.app("demo", NOTED);
    let _serving = stage.serve_quietly();
    let said = stage.output(&["run", "demo"]).stdout();
    let mut steps = said.split("/4] ").skip(1);
    for expected in ["exit code 3", "two", "exit code 4", "four"] {
        let step = steps.next().unwrap_or_default();
        assert!(
            step.contains(expected),
            "{expected} is not where it belongs: {said}"
        );
    }
}

/// It says where it is, and stays until it is stopped.
const LISTENS: &str = r#"{"daemon": true, "run": [
    {"method": "shell.run", "params": {
        "message": "echo early; exec python3 -u -m http.server {{port}} --bind 127.0.0.1",
        "on": [{"event": "/http:\\S+[0-9]/", "done": true}]}},
    {"method": "local.set", "params": {"url": "{{input.event[0]}}"}}]}"#;

fn what_a_daemon_said_as_a_command_is_shown_once(stage: Stage) {
    stage.app("demo", LISTENS);
    let _serving = stage.serve_quietly();
    let mut guest = stage.guest(&["run", "demo"]);
    let up = guest.until("answers at");
    stage.call("stop demo");
    let said = up + &guest.rest();
    assert!(said.contains("[VATN] Process started"), "{said}");
    assert_eq!(said.matches("| early").count(), 1, "{said}");
    let log = stage.call("logs demo");
    let lines: Vec<_> = log.lines().collect();
    assert!(lines[0].starts_with("[VATN] Process started"), "{log}");
    assert_eq!(lines[1], "early");
}

fn an_app_that_goes_on_says_where_it_answers(stage: Stage) {
    stage.app("demo", LISTENS);
    let run = ["--json", "run", "demo", "--listen", "127.0.0.1:0"];
    let mut first = stage.start(&run);
    first.until("process-reachable");
    let left = stage.post("/python/server/handover?other=true");
    assert_eq!((left.status, first.code()), (200, Some(0)));
    let mut second = stage.start(&run);
    second.until("goes on");
    second.until("process-reachable");
    second.signal("-INT");
    assert_eq!(second.code(), Some(0));
}

fn who_stops_nothing_hears_what_may_be_meant(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    for command in [
        "stop dmeo",
        "logs dmeo",
        "start dmeo",
        "restart dmeo",
        "signal HUP dmeo",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        let refused = stage.output(&words);
        let told = refused.stderr();
        assert!(told.ends_with("hint: did you mean demo?\n"), "{told}");
        assert_eq!(refused.code(), Some(1));
    }
    let told = stage.output(&["stop", "unheard-of"]).stderr();
    assert!(
        told.ends_with("hint: `collodi ps` shows what runs\n"),
        "{told}"
    );
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
