//! Daemons that wait for their next start when another server goes on.

use super::{
    ps::{row, serve_patiently},
    stage::{self, Stage},
};
use serde_json::Value;
use std::time::Duration;

/// More rounds than anything takes.
const MANY: usize = 60;
const HALF_A_SECOND: Duration = Duration::from_millis(500);

on_each_runtime! {
    a_daemon_goes_on_waiting_under_the_next_server
    a_daemon_is_given_up_by_the_servers_that_follow_each_other
    a_daemon_whose_end_waits_for_what_it_left_has_ended_as_it_did
    a_daemon_that_is_being_started_again_is_by_the_next_server
    what_ends_only_with_its_server_goes_on_when_that_is_killed_meanwhile
    a_deaf_daemon_ends_though_its_servers_are_replaced_all_the_time
    a_daemon_that_is_never_ready_fails_though_its_server_is_reloaded_all_the_time
}

fn daemon(command: &str, restart: &str) -> String {
    format!(
        r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{
            "message": "{command}", "daemon": true, "restart": {restart}}}}}]}}"#
    )
}

/// What is known of the daemon of the app.
fn known(stage: &Stage) -> Value {
    let mut body = stage.get("/python/apps/demo/processes").body;
    body["processes"][0].take()
}

/// Whether those who look without a server say that this daemon waits.
fn named(stage: &Stage, daemon: &Value) -> [bool; 3] {
    let id = daemon["id"].as_str().unwrap();
    ["doctor --listen 127.0.0.1:0", "apps", "apps demo"].map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        let shown = stage.output(&words).stdout();
        let said = |line: &str| line.contains(id) && line.contains("waits without a server");
        shown.lines().any(said) && shown.contains("`collodi serve` starts it")
    })
}

/// As long, for the same reason, and with the same delays to come; also when the server was killed.
fn a_daemon_goes_on_waiting_under_the_next_server(stage: Stage) {
    stage.app("demo", &daemon("exit 7", r#""always""#));
    let mut serving = serve_patiently(&stage);
    stage.post("/python/apps/demo/run");
    row(
        &stage,
        "demo",
        "crashed",
        "again in 17 min, after exit code 7",
    );
    let before = known(&stage);
    assert!(before["nextStart"].is_string(), "{before}");
    serving.signal("-HUP");
    serving.until("listening");
    assert_eq!(known(&stage), before);
    assert_eq!(
        named(&stage, &before),
        [false; 3],
        "by no look at the files"
    );
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    assert_eq!(named(&stage, &before), [true; 3]);
    let mut serving = serve_patiently(&stage);
    assert_eq!(known(&stage), before);
    assert_eq!(stage.call("stop demo"), "demo has ended\n");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Each of them sees some of its deaths.
fn a_daemon_is_given_up_by_the_servers_that_follow_each_other(stage: Stage) {
    let restart = r#"{"policy": "always", "delay": 1000, "jitter": 0, "factor": 1,
        "giveUp": {"restarts": 5}}"#;
    stage.app("demo", &daemon("echo life >> lives; exit 1", restart));
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    for restarts in 1..3 {
        while known(&stage)["restartCount"].as_u64() < Some(restarts) {}
        serving.signal("-HUP");
        serving.until("listening");
    }
    let gave_up = "failed (gave up after 5 restarts in a row)";
    row(&stage, "demo", "failed", gave_up);
    assert_eq!(known(&stage)["restartCount"], 5);
    let lives = std::fs::read_to_string(stage.path(".vatn/python/apps/demo/lives"));
    assert_eq!(lives.unwrap().lines().count(), 6);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// The next server waits on, and knows how the first process ended: what ended well runs once.
fn a_daemon_whose_end_waits_for_what_it_left_has_ended_as_it_did(stage: Stage) {
    let command = "echo >> lives; echo up; trap '' TERM; setsid sleep 1000 & sleep 0.5; exit 0";
    let up = r#""on-failure", "ready": {"pattern": "/up/"}"#;
    stage.app("demo", &daemon(command, up));
    let mut serving = serve_patiently(&stage);
    stage.post("/python/apps/demo/run");
    let lingers = || row(&stage, "demo", "waiting", "still lives: sleep (pid ");
    lingers();
    serving.signal("-HUP");
    serving.until("listening");
    lingers();
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    let mut serving = serve_patiently(&stage);
    lingers();
    let left = known(&stage)["stillAlive"][0]["pid"].as_u64().unwrap();
    stage::signal(left, "-KILL");
    row(&stage, "demo", "stopped", "exited (exit code 0)");
    let lives = std::fs::read_to_string(stage.path(".vatn/python/apps/demo/lives")).unwrap();
    assert_eq!(lives, "\n");
    let said = stage.call("logs demo");
    assert!(said.contains("Process exited (code=0)"), "{said}");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// It is deaf to SIGTERM, and its servers are patient.
fn a_daemon_that_is_being_started_again_is_by_the_next_server(stage: Stage) {
    let command = "echo >> lives; trap '' TERM; exec sleep 1000";
    stage.app("demo", &daemon(command, r#""never""#));
    let mut serving = serve_patiently(&stage);
    stage.post("/python/apps/demo/run");
    row(&stage, "demo", "running", "-");
    let (id, first) = (known(&stage)["id"].clone(), known(&stage)["pid"].clone());
    stage.call("restart demo");
    row(&stage, "demo", "stopping", "");
    serving.signal("-HUP");
    serving.until("listening");
    row(&stage, "demo", "stopping", "still lives: sleep (pid ");
    stage::signal(first.as_u64().unwrap(), "-KILL");
    row(&stage, "demo", "running", "-");
    let lives = std::fs::read_to_string(stage.path(".vatn/python/apps/demo/lives")).unwrap();
    assert_eq!(lives, "\n\n");
    let second = known(&stage);
    assert_eq!(second["id"], id);
    assert_ne!(second["pid"], first);
    serving.signal("-INT");
    row(&stage, "demo", "stopping", "");
    stage::signal(second["pid"].as_u64().unwrap(), "-KILL");
    assert_eq!(serving.code(), Some(0));
}

/// As by a service manager that waits no longer.
fn what_ends_only_with_its_server_goes_on_when_that_is_killed_meanwhile(stage: Stage) {
    stage.app(
        "demo",
        &daemon("trap '' TERM; exec sleep 1000", r#""always""#),
    );
    let mut serving = serve_patiently(&stage);
    stage.post("/python/apps/demo/run");
    row(&stage, "demo", "running", "-");
    let pid = known(&stage)["pid"].as_u64().unwrap();
    stage.post("/python/shutdown");
    // Longer than until a stop that lasts is written down.
    std::thread::sleep(Duration::from_millis(300));
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    let mut serving = serve_patiently(&stage);
    row(&stage, "demo", "running", "-");
    assert_eq!(known(&stage)["pid"], pid);
    stage::signal(pid, "-KILL");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// More often than a grace period lasts: each server goes on with that of the last.
fn a_deaf_daemon_ends_though_its_servers_are_replaced_all_the_time(stage: Stage) {
    let command = "echo >> lives; trap '' TERM; exec sleep 1000";
    stage.app("demo", &daemon(command, r#""never""#));
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    row(&stage, "demo", "running", "-");
    stage.call("restart demo");
    let lives = || std::fs::read_to_string(stage.path(".vatn/python/apps/demo/lives")).unwrap();
    for round in 0..MANY {
        if lives() == "\n\n" {
            break;
        }
        std::thread::sleep(HALF_A_SECOND);
        if round % 2 == 0 {
            serving.signal("-HUP");
            serving.until("listening");
        } else {
            serving.signal("-KILL");
            assert_eq!(serving.code(), None);
            serving = stage.serve_quietly();
        }
    }
    assert_eq!(lives(), "\n\n");
    row(&stage, "demo", "running", "-");
    let second = known(&stage)["pid"].as_u64().unwrap();
    stage.post("/python/shutdown");
    stage::signal(second, "-KILL");
    assert_eq!(serving.code(), Some(0));
}

fn a_daemon_that_is_never_ready_fails_though_its_server_is_reloaded_all_the_time(stage: Stage) {
    let never = r#""never", "ready": {"pattern": "/nobody says this/", "timeout": 3000}"#;
    stage.app("demo", &daemon("exec sleep 1000", never));
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let has_failed = (0..MANY).any(|_| {
        std::thread::sleep(HALF_A_SECOND);
        serving.signal("-HUP");
        serving.until("listening");
        stage.call("ps").contains("failed (not ready in time)")
    });
    assert!(has_failed, "{}", stage.call("ps"));
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
