//! Processes by the names that their scripts have for them.

use super::{ps::row, stage::Stage};
use serde_json::Value;

on_each_runtime! {
    a_process_is_meant_by_what_its_script_calls_it
    of_processes_that_are_called_the_same_the_one_that_lives_is_meant
    where_scripts_call_nothing_no_names_are_shown
}

const PAIR: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "echo I am db; exec sleep 1000", "daemon": true, "id": "db"}},
    {"method": "shell.run", "params": {"message": "echo I am web; exec sleep 1000", "daemon": true}}]}"#;

/// All processes that are called so.
fn called(stage: &Stage, name: &str) -> Vec<Value> {
    let known = stage.get("/python/processes").body;
    let all = known["processes"].as_array().unwrap().iter();
    all.filter(|process| process["name"] == name)
        .cloned()
        .collect()
}

fn a_process_is_meant_by_what_its_script_calls_it(stage: Stage) {
    stage.app("demo", PAIR);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let db = called(&stage, "db")[0].clone();
    let id = db["id"].as_str().unwrap();
    let is_headed = |line: &str| line.ends_with("  CALLED  DETAIL");
    assert!(stage.call("ps").lines().next().is_some_and(is_headed));
    row(&stage, id, "running", "  db      -");
    while !stage.call("logs demo/db").ends_with("I am db\n") {}
    let mut shell = stage.command_of(env!("CARGO_BIN_EXE_collodi"));
    shell.args(["--", "collodi", "restart", "demo/"]);
    let asks = [("COLLODI_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "2")];
    let names = shell.envs(asks).output().unwrap();
    assert_eq!(String::from_utf8(names.stdout).unwrap(), "demo/db");
    assert_eq!(
        stage.call("restart demo/db"),
        format!("{id} is restarting\n")
    );
    while called(&stage, "db")[0]["pid"]
        .as_i64()
        .is_none_or(|pid| pid < 0 || pid == db["pid"])
    {}
    assert_eq!(stage.call("stop demo/db"), "demo/db has ended\n");
    row(&stage, id, "stopped", "-");
    assert_eq!(stage.call("ps").matches("  running").count(), 1);
    assert_eq!(stage.call("start demo/db"), format!("{id} is starting\n"));
    row(&stage, id, "running", "-");
    let sent = stage.call("signal KILL demo/db");
    assert_eq!(sent, format!("KILL was sent to {id}\n"));
    row(&stage, id, "failed", "SIGKILL");
    for command in [
        "stop demo/bd",
        "logs demo/bd",
        "start demo/bd",
        "restart demo/bd",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        let refused = stage.output(&words);
        let told = refused.stderr();
        assert!(told.ends_with("hint: did you mean demo/db?\n"), "{told}");
        assert_eq!(refused.code(), Some(1));
    }
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn of_processes_that_are_called_the_same_the_one_that_lives_is_meant(stage: Stage) {
    stage.app("demo", PAIR);
    let mut serving = stage.serve_quietly();
    let mut ids = Vec::new();
    for _ in 0..2 {
        stage.post("/python/apps/demo/run");
        let all = called(&stage, "db");
        let lives = |process: &&Value| process["ended"].is_null();
        let living = all.iter().find(lives).unwrap()["id"].as_str().unwrap();
        ids.push(living.to_owned());
        stage.call("stop demo/db");
        stage.call("stop demo");
    }
    let started = |id: &str| format!("{id} is starting\n");
    assert_eq!(stage.call("start demo/db"), started(&ids[1]), "the latest");
    stage.call("stop demo/db");
    stage.call(&format!("start {}", ids[0]));
    assert_eq!(
        stage.call("restart demo/db"),
        format!("{} is restarting\n", ids[0])
    );
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn where_scripts_call_nothing_no_names_are_shown(stage: Stage) {
    stage.app("demo", super::SERVER);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let shown = stage.call("ps");
    assert!(!shown.contains("CALLED"), "{shown}");
    let told = stage.get("/python/processes").body;
    assert_eq!(told["processes"][0].get("name"), None);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
