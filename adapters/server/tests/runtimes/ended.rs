//! Daemons that have ended by themselves when another server goes on.

use super::{ps::row, stage::Stage};
use serde_json::Value;

on_each_runtime! {
    what_was_given_up_is_known_to_the_servers_that_follow
    of_an_app_that_was_removed_no_server_knows_anything
}

const FAILS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo cannot open model.bin >&2; exit 3", "daemon": true,
    "restart": {"policy": "always", "delay": 10, "factor": 1, "giveUp": {"restarts": 2}}}}]}"#;

/// What is known of the daemon of the app.
fn known(stage: &Stage) -> Value {
    let mut body = stage.get("/python/apps/demo/processes").body;
    body["processes"][0].take()
}

/// With when and why, and what it said: also when the server was killed, or ended in order. It runs
/// again when somebody says so.
fn what_was_given_up_is_known_to_the_servers_that_follow(stage: Stage) {
    let gave_up = "failed (gave up after 2 restarts in a row), ";
    stage.app("demo", FAILS);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    row(&stage, "demo", "failed", gave_up);
    row(&stage, "demo", "failed", ", exit code 3, ");
    let before = known(&stage);
    assert_eq!(before["ended"], "failed");
    assert!(before["endedAt"].is_string(), "{before}");
    let is_known = || {
        assert_eq!(known(&stage), before);
        let said = stage.call("logs demo");
        assert_eq!(said.matches("cannot open model.bin\n").count(), 3, "{said}");
        assert!(
            said.contains("Ended under an earlier server: failed"),
            "{said}"
        );
    };
    serving.signal("-HUP");
    serving.until("listening");
    is_known();
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    let mut serving = stage.serve_quietly();
    is_known();
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
    let mut serving = stage.serve_quietly();
    is_known();
    stage.call("start demo");
    while known(&stage)["endedAt"] == before["endedAt"] {}
    row(&stage, "demo", "failed", gave_up);
    let said = stage.call("logs demo");
    assert_eq!(said.matches("cannot open model.bin\n").count(), 6, "{said}");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Whether a server removes it or nobody but the command.
fn of_an_app_that_was_removed_no_server_knows_anything(stage: Stage) {
    for is_served in [true, false] {
        stage.app("demo", FAILS);
        let mut serving = stage.serve_quietly();
        stage.post("/python/apps/demo/run");
        row(&stage, "demo", "failed", "failed");
        if is_served {
            stage.call("remove demo --yes");
        }
        stage.post("/python/shutdown");
        assert_eq!(serving.code(), Some(0));
        if !is_served {
            stage.call("remove demo --yes");
        }
        let mut serving = stage.serve_quietly();
        let known = stage.get("/python/processes").body;
        assert_eq!(
            known["processes"].as_array().map(Vec::len),
            Some(0),
            "{known}"
        );
        while stage.path(".vatn/python/logs").read_dir().unwrap().count() > 0 {}
        stage.post("/python/shutdown");
        assert_eq!(serving.code(), Some(0));
    }
}
