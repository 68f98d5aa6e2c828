//! What `collodi stop` waits for, and what it says then.

use super::{
    ps::{row, serve_patiently},
    stage::{self, Ended, Stage},
    takeover::until_noted,
};
use std::thread::{self, ScopedJoinHandle};

on_each_runtime! {
    a_stop_that_a_server_was_killed_in_is_waited_for_at_the_next
    a_server_that_is_killed_has_stopped_nothing
    a_server_that_is_killed_has_not_ended_what_it_ran
    what_is_started_again_while_others_end_has_ended
}

/// It ends when it is killed.
const DEAF: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "trap '' TERM; echo up; while :; do sleep 0.05; done", "daemon": true,
    "ready": {"pattern": "/up/"}}}]}"#;

/// Serves an app that is deaf, and has said that it is up.
fn serve_deaf(stage: &Stage) -> (stage::Running, u64) {
    stage.app("demo", DEAF);
    let serving = serve_patiently(stage);
    stage.post("/python/apps/demo/run");
    row(stage, "demo", "running", "-");
    until_noted(stage);
    (serving, stage.pid_of("demo"))
}

/// What the program says with these words, while other things happen.
fn meanwhile<'s>(
    scope: &'s thread::Scope<'s, '_>,
    stage: &'s Stage,
    words: &'static [&'static str],
) -> ScopedJoinHandle<'s, Ended> {
    scope.spawn(move || stage.output(words))
}

fn a_stop_that_a_server_was_killed_in_is_waited_for_at_the_next(stage: Stage) {
    let (mut serving, pid) = serve_deaf(&stage);
    let stopped = thread::scope(|scope| {
        let stopping = meanwhile(scope, &stage, &["stop", "demo"]);
        row(&stage, "demo", "stopping", "-");
        serving.signal("-KILL");
        assert_eq!(serving.code(), None);
        serving = serve_patiently(&stage);
        row(&stage, "demo", "stopping", "-");
        assert!(!stopping.is_finished());
        stage::signal(pid, "-KILL");
        stopping.join().unwrap()
    });
    assert_eq!(stopped.stdout(), "demo has ended\n", "{}", stopped.stderr());
    assert_eq!(stopped.code(), Some(0));
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn a_server_that_is_killed_has_stopped_nothing(stage: Stage) {
    let (serving, pid) = serve_deaf(&stage);
    let stopped = thread::scope(|scope| {
        let stopping = meanwhile(scope, &stage, &["stop", "demo"]);
        row(&stage, "demo", "stopping", "-");
        serving.signal("-KILL");
        stopping.join().unwrap()
    });
    assert!(stage::is_alive(pid));
    assert_eq!((stopped.code(), &*stopped.stdout()), (Some(1), ""));
    let told = stopped.stderr();
    assert!(told.contains("no server runs in "), "{told}");
    assert!(
        told.ends_with("may live on: `collodi serve` finds them again\n"),
        "{told}"
    );
    stage::signal(pid, "-KILL");
}

fn a_server_that_is_killed_has_not_ended_what_it_ran(stage: Stage) {
    let (serving, pid) = serve_deaf(&stage);
    let stopped = thread::scope(|scope| {
        let stopping = meanwhile(scope, &stage, &["stop"]);
        row(&stage, "demo", "stopping", "-");
        serving.signal("-KILL");
        stopping.join().unwrap()
    });
    assert!(stage::is_alive(pid));
    assert_eq!((stopped.code(), &*stopped.stdout()), (Some(1), ""));
    let told = stopped.stderr();
    assert!(
        told.starts_with("error: the server was killed before all that it ran had ended\nhint: "),
        "{told}"
    );
    stage::signal(pid, "-KILL");
}

/// The other one is deaf, and keeps the stop waiting.
fn what_is_started_again_while_others_end_has_ended(stage: Stage) {
    let quick =
        r#"{"method": "shell.run", "params": {"message": "exec sleep 1000", "daemon": true}}"#;
    let script = DEAF.replace("}}]}", &format!("}}}}, {quick}]}}"));
    stage.app("demo", &script);
    let mut serving = serve_patiently(&stage);
    stage.post("/python/apps/demo/run");
    while stage.call("ps").matches("  running").count() < 2 {}
    let stopped = thread::scope(|scope| {
        let stopping = meanwhile(scope, &stage, &["stop", "demo"]);
        row(&stage, "demo", "stopped", "-");
        let known = stage.get("/python/processes").body;
        let all = known["processes"].as_array().unwrap();
        let of = |status: &str| {
            all.iter()
                .find(|process| process["status"] == status)
                .unwrap()
        };
        let quick = of("stopped")["id"].as_str().unwrap();
        stage.call(&format!("start {quick}"));
        stage::signal(of("stopping")["pid"].as_u64().unwrap(), "-KILL");
        (stopping.join().unwrap(), quick.to_owned())
    });
    let (stopped, quick) = stopped;
    let told = stopped.stderr();
    assert_eq!(
        (stopped.code(), &*stopped.stdout()),
        (Some(0), "demo has ended\n"),
        "{told}"
    );
    let again = format!("warning: {quick} has ended, and was started again since: ");
    assert!(told.starts_with(&again), "{told}");
    row(&stage, &quick, "running", "-");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
