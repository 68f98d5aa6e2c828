//! What `collodi logs` shows.

use super::stage::Stage;
use std::io::Read as _;

on_each_runtime! {
    what_is_no_line_yet_is_shown
    what_is_no_line_yet_is_shown_to_who_follows_on_a_terminal
    lines_that_are_asked_for_and_not_kept_are_told
    who_follows_a_log_knows_how_the_server_ended
}

/// It asks, and waits.
const ASKS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo hello; printf 'Your name: '; exec sleep 1000", "daemon": true}}]}"#;

const COUNTS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "seq 3000; exec sleep 1000", "daemon": true}}]}"#;

fn what_is_no_line_yet_is_shown(stage: Stage) {
    stage.app("demo", ASKS);
    let _serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    while !stage.call("logs demo").ends_with("\nhello\nYour name: \n") {}
    assert_eq!(stage.call("logs -n 2 demo"), "hello\nYour name: \n");
    let told = stage.call("--json logs -n 1 demo");
    assert_eq!(
        told,
        "{\"stream\":\"stdout\",\"text\":\"Your name: \",\"unfinished\":true}\n"
    );
    stage.call("stop demo");
    let log = stage.call("logs demo");
    assert_eq!(log.matches("Your name: ").count(), 1, "{log}");
}

fn what_is_no_line_yet_is_shown_to_who_follows_on_a_terminal(stage: Stage) {
    stage.app("demo", ASKS);
    let _serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let (mut following, mut terminal) = stage.on_terminal(&["logs", "-f", "demo"]);
    let mut shown = Vec::new();
    while !String::from_utf8_lossy(&shown).ends_with("hello\r\n\r\u{1b}[KYour name: ") {
        let mut bytes = [0; 4096];
        let read = terminal.read(&mut bytes).unwrap();
        shown.extend(&bytes[..read]);
    }
    following.kill().unwrap();
    following.wait().unwrap();
}

fn lines_that_are_asked_for_and_not_kept_are_told(stage: Stage) {
    stage.settings("[python]\nmax_log_lines = 1500\n");
    stage.app("demo", COUNTS);
    let _serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    while !stage.call("logs demo").ends_with("\n3000\n") {}
    // More than one answer of the server has.
    let kept = stage.output(&["logs", "-n", "1400", "demo"]);
    let lines: Vec<_> = kept.stdout().lines().map(str::to_owned).collect();
    assert_eq!((lines.len(), &*lines[0]), (1400, "1601"));
    assert_eq!(kept.stderr(), "");
    let more = stage.output(&["logs", "-n", "2000", "demo"]);
    assert_eq!(more.stdout().lines().count(), 1500);
    let told = more.stderr();
    assert!(
        told.starts_with("500 lines before this are no longer kept"),
        "{told}"
    );
}

fn who_follows_a_log_knows_how_the_server_ended(stage: Stage) {
    stage.app("demo", ASKS);
    for (signal, code) in [("-TERM", 0), ("-KILL", 1)] {
        let mut serving = stage.serve_quietly();
        stage.post("/python/apps/demo/run");
        let mut following = stage.guest(&["logs", "-f", "demo"]);
        following.until("hello");
        serving.signal(signal);
        serving.code();
        assert_eq!(following.code(), Some(code), "{signal}");
    }
}
