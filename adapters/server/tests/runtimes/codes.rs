//! What `collodi run` ends with, by itself and beside the server of its workspace.

use super::{
    INSTALLS,
    stage::{self, Running, Stage},
    takeover::until_noted,
};

on_each_runtime! {
    a_daemon_that_fails_at_once_always_fails_its_run
    a_run_that_is_ended_from_elsewhere_is_no_success
    an_app_that_serves_and_is_stopped_from_elsewhere_has_gone_well
    what_a_server_keeps_no_longer_has_ended_all_the_same
    the_end_of_its_server_is_the_end_of_what_a_run_watches
    what_an_earlier_server_left_of_other_apps_outlives_a_run
    a_run_that_nobody_reads_ends_and_leaves_what_it_found
    what_began_under_a_run_ends_with_it_after_a_reload_too
    who_watches_a_run_goes_on_at_the_next_life_of_its_server
}

/// It is up by what it says, and has failed before its run is told so.
const FAILS_AT_ONCE: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo up; exit 5", "daemon": true, "autoRestart": false,
    "on": [{"event": "/up/", "done": true}]}}]}"#;

/// A script that serves, which is cancelled when it is stopped.
const SERVES: &str = r#"{"daemon": true, "run": [{"method": "shell.run", "params": {
    "message": "echo up; exec sleep 1000", "on": [{"event": "/up/", "done": true}]}}]}"#;

/// As often as it takes to find one that is decided by luck.
fn a_daemon_that_fails_at_once_always_fails_its_run(stage: Stage) {
    stage.program("python3", "echo Python 3.12.0");
    stage.app("demo", FAILS_AT_ONCE);
    for _ in 0..10 {
        assert_eq!(alone(&stage).code(), Some(1));
    }
    let _serving = stage.serve_quietly();
    for _ in 0..3 {
        let ran = stage.output(&["run", "demo"]);
        assert_eq!(ran.code(), Some(1), "{}", ran.stdout());
    }
}

fn a_run_that_is_ended_from_elsewhere_is_no_success(stage: Stage) {
    stage.app("demo", INSTALLS);
    for path in ["/python/shutdown", "/python/apps/demo/stop"] {
        let mut alone = alone(&stage);
        alone.until("| installing");
        stage.post(path);
        alone.until("cancelled before all steps were done");
        assert_eq!(alone.code(), Some(1), "{path}");
    }
    let mut serving = stage.serve_quietly();
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("| installing");
    stage.call("stop demo");
    guest.until("cancelled before all steps were done");
    assert_eq!(guest.code(), Some(1));
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("| installing");
    serving.signal("-TERM");
    assert_eq!((guest.code(), serving.code()), (Some(1), Some(0)));
}

fn an_app_that_serves_and_is_stopped_from_elsewhere_has_gone_well(stage: Stage) {
    stage.app("demo", SERVES);
    for path in ["/python/shutdown", "/python/apps/demo/stop"] {
        let mut alone = alone(&stage);
        alone.until("all steps are done");
        stage.post(path);
        assert_eq!(alone.code(), Some(0), "{path}");
    }
    let _serving = stage.serve_quietly();
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("all steps are done");
    stage.call("stop demo");
    assert_eq!(guest.code(), Some(0));
}

/// More processes end than the server keeps, before all have.
fn what_a_server_keeps_no_longer_has_ended_all_the_same(stage: Stage) {
    let step = |command: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "{command}", "daemon": true}}}}"#
        )
    };
    let script = |first: &str| {
        let rest = [step("true"), ",".to_owned()].concat().repeat(102);
        let (first, last) = (step(first), step("sleep 1"));
        format!(r#"{{"dialect": "vatn", "run": [{first}, {rest} {last}]}}"#)
    };
    stage.app("well", &script("true"));
    stage.app("badly", &script("exit 5"));
    let _serving = stage.serve_quietly();
    for (app, code) in [("well", 0), ("badly", 1)] {
        let ran = stage.output(&["run", app]);
        assert_eq!(ran.code(), Some(code), "{}", ran.stderr());
    }
}

/// Also where the server is gone before it has told of it.
fn the_end_of_its_server_is_the_end_of_what_a_run_watches(stage: Stage) {
    stage.app("demo", SERVES);
    for _ in 0..3 {
        let mut serving = stage.serve_quietly();
        let mut guest = stage.guest(&["run", "demo"]);
        guest.until("all steps are done");
        serving.signal("-TERM");
        assert_eq!((guest.code(), serving.code()), (Some(0), Some(0)));
    }
}

/// Whose server that run is meanwhile. All ends when its server is told to, and ends well.
fn what_an_earlier_server_left_of_other_apps_outlives_a_run(stage: Stage) {
    stage.app("demo", SERVES);
    let pid = left(&stage);
    for signal in ["-INT", "-TERM"] {
        let mut alone = self::alone(&stage);
        alone.until("all steps are done");
        assert_eq!(stage.living_pid_of("other"), pid);
        alone.signal(signal);
        assert_eq!(alone.code(), Some(0));
        assert!(stage::is_alive(pid));
    }
    let mut alone = alone(&stage);
    alone.until("all steps are done");
    stage.post("/python/shutdown");
    assert_eq!(alone.code(), Some(0));
    assert!(!stage::is_alive(pid));
}

/// One that only SIGKILL ends would hold its workspace.
fn a_run_that_nobody_reads_ends_and_leaves_what_it_found(stage: Stage) {
    let flood = r#"{"daemon": true, "run": [{"method": "shell.run", "params": {
        "message": "echo up; exec yes", "on": [{"event": "/up/", "done": true}]}}]}"#;
    stage.app("demo", flood);
    let pid = left(&stage);
    let mut alone = alone(&stage);
    alone.until("| y");
    alone.insist("-INT");
    assert!(stage::is_alive(pid));
}

/// The same program goes on, so what it began is not what it found.
fn what_began_under_a_run_ends_with_it_after_a_reload_too(stage: Stage) {
    stage.app("other", SERVES);
    stage.app("demo", SERVES);
    let mut alone = alone(&stage);
    alone.until("all steps are done");
    assert_eq!(stage.post("/python/apps/other/run").status, 200);
    let pid = stage.living_pid_of("other");
    assert_eq!(stage.post("/python/server/handover").status, 200);
    alone.until("of an earlier server");
    assert_eq!(stage.living_pid_of("other"), pid);
    alone.signal("-INT");
    alone.code();
    assert!(!stage::is_alive(pid));
}

/// It serves when it has counted to one, and counts on.
const COUNTS: &str = r#"{"daemon": true, "run": [{"method": "shell.run", "params": {
    "message": "i=0; while :; do i=$((i+1)); echo up $i; sleep 0.02; done",
    "on": [{"event": "/up/", "done": true}]}}]}"#;

/// Each line is shown once, and an interrupt stops the app.
fn who_watches_a_run_goes_on_at_the_next_life_of_its_server(stage: Stage) {
    stage.app("demo", COUNTS);
    let mut serving = stage.serve_quietly();
    let mut guest = stage.guest(&["run", "demo"]);
    let mut said = guest.until("all steps are done") + "\n";
    let pid = stage.pid_of("demo");
    for signal in ["-HUP", "-HUP", "-KILL"] {
        serving.signal(signal);
        if signal == "-KILL" {
            serving.code();
            serving = stage.serve_quietly();
        }
        let seen = count(&said);
        said += &guest.until(&format!("| up {}", seen + 50));
        said += "\n";
    }
    assert_eq!(stage.pid_of("demo"), pid);
    guest.signal("-INT");
    said += &guest.rest();
    assert_eq!(guest.code(), Some(0));
    assert!(!stage::is_alive(pid));
    let said: Vec<_> = numbers(&said).collect();
    assert!(said.iter().copied().eq(1..=said.len()), "{said:?}");
}

fn count(said: &str) -> usize {
    numbers(said).last().unwrap_or_default()
}

fn numbers(said: &str) -> impl Iterator<Item = usize> {
    let numbers = said.lines().filter_map(|line| line.split_once("| up "));
    numbers.filter_map(|(_, number)| number.parse().ok())
}

/// The process of another app, which a server that was killed has left.
fn left(stage: &Stage) -> u64 {
    stage.app("other", SERVES);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/other/run");
    let pid = stage.living_pid_of("other");
    until_noted(stage);
    serving.signal("-KILL");
    serving.code();
    pid
}

fn alone(stage: &Stage) -> Running {
    stage.start(&["run", "demo", "--listen", "127.0.0.1:0"])
}
