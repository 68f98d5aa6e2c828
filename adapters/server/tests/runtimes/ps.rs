//! What `collodi ps` says of daemons that do not run.

use super::stage::{self, Running, Stage};
use std::fs;

on_each_runtime! {
    a_daemon_says_what_it_waits_for
    those_that_are_kept_no_longer_are_counted
    what_does_not_run_for_another_says_why
    an_app_is_restarted_in_its_order
}

/// Serves with waits that no story outlasts.
pub(crate) fn serve_patiently(stage: &Stage) -> Running {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-format", "json"];
    let waits = ["--restart-delay", "1000s", "--grace-period", "1000s"];
    let mut serving = stage.logging(&[&serve[..], &waits].concat());
    serving.until("listening");
    serving
}

fn a_daemon_says_what_it_waits_for(stage: Stage) {
    for (app, command) in [
        ("well", "exit 0"),
        ("badly", "exit 7"),
        ("leaves", "trap '' TERM; setsid sleep 1000 & exit 3"),
    ] {
        let script = format!(
            r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{
                "message": "{command}", "daemon": true, "autoRestart": true}}}}]}}"#
        );
        stage.app(app, &script);
    }
    let mut serving = serve_patiently(&stage);
    for app in ["well", "badly", "leaves"] {
        stage.post(&format!("/python/apps/{app}/run"));
    }
    row(
        &stage,
        "well",
        "waiting",
        "again in 17 min, after exit code 0",
    );
    row(
        &stage,
        "badly",
        "crashed",
        "again in 17 min, after exit code 7",
    );
    row(&stage, "leaves", "crashed", ", after exit code 3");
    row(&stage, "leaves", "crashed", "still lives: sleep (pid ");
    let of_app = stage.get("/python/apps/leaves/processes").body;
    let left = &of_app["processes"][0]["stillAlive"][0]["pid"];
    stage::signal(left.as_u64().unwrap(), "-KILL");
    row(
        &stage,
        "leaves",
        "crashed",
        "again in 17 min, after exit code 3",
    );
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn those_that_are_kept_no_longer_are_counted(stage: Stage) {
    let ends = r#"{"method": "shell.run", "params": {"message": "true", "daemon": true}}"#;
    let script = [ends; 103].join(",");
    stage.app(
        "demo",
        &format!(r#"{{"dialect": "vatn", "run": [{script}]}}"#),
    );
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let last = "3 more have ended that the server keeps no longer: `collodi audit` shows how\n";
    while !stage.call("ps").ends_with(last) {}
    assert_eq!(stage.call("--json ps").lines().count(), 100);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn what_does_not_run_for_another_says_why(stage: Stage) {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "exit 3", "id": "db",
            "daemon": true, "restart": "never", "ready": {"pattern": "/ready/"}}},
        {"method": "shell.run", "params": {"message": "exec sleep 1000",
            "daemon": true, "dependsOn": ["db"]}}]}"#;
    stage.app("demo", script);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let why = "not started: db, which it depends on, has ended: failed (exit code 3 before it was up); `collodi logs demo-";
    row(&stage, "demo", "stopped", why);
    let script = r#"{"dialect": "vatn", "supervision": "one_for_all", "run": [
        {"method": "shell.run", "params": {"message": "exec sleep 1000", "daemon": true}},
        {"method": "shell.run", "params": {"message": "exit 3", "daemon": true, "id": "db",
            "restart": {"policy": "always", "delay": 10, "factor": 1, "giveUp": {"restarts": 2}}}}]}"#;
    stage.app("pair", script);
    stage.post("/python/apps/pair/run");
    row(&stage, "pair", "stopped", "ended with db, which gave up, ");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Waits until `ps` shows this of the daemon of the app.
pub(crate) fn row(stage: &Stage, app: &str, state: &str, detail: &str) {
    let is_shown = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next().is_some_and(|name| name.starts_with(app));
        name && words.next() == Some(state) && line.contains(detail)
    };
    while !stage.call("ps").lines().any(is_shown) {}
}

fn an_app_is_restarted_in_its_order(stage: Stage) {
    let one = |name: &str, needs: &str| {
        let command = format!(
            "trap 'echo {name} ends >> deeds; exit 0' TERM; echo {name} >> deeds; while :; do sleep 0.05; done"
        );
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "{command}", "daemon": true, "id": "{name}",
                "dependsOn": [{needs}], "ready": {{"command": "grep -q {name} deeds", "interval": 10}}}}}}"#
        )
    };
    let steps = [one("db", ""), one("api", r#""db""#), one("ui", r#""api""#)].join(",");
    stage.app(
        "demo",
        &format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#),
    );
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let deeds =
        || fs::read_to_string(stage.path(".vatn/python/apps/demo/deeds")).unwrap_or_default();
    while deeds().lines().count() < 3 {}
    let said = stage.call("restart demo");
    assert_eq!(said.matches(" is restarting\n").count(), 3, "{said}");
    let all = "db\napi\nui\nui ends\napi ends\ndb ends\ndb\napi\nui\n";
    while deeds().lines().count() < 9 {}
    assert_eq!(deeds(), all);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
