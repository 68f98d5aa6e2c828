//! What `collodi logs` shows.

use super::stage::Stage;
use std::io::Read as _;

on_each_runtime! {
    what_is_no_line_yet_is_shown
    what_is_no_line_yet_is_shown_to_who_follows_on_a_terminal
    lines_that_are_asked_for_and_not_kept_are_told
    who_follows_a_log_knows_how_the_server_ended
    of_several_daemons_it_is_said_whose_log_is_shown
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

fn of_several_daemons_it_is_said_whose_log_is_shown(stage: Stage) {
    let one = |more: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "exec sleep 1000", "daemon": true{more}}}}}"#
        )
    };
    let web = one(r#", "id": "web", "dependsOn": ["db"]"#);
    let steps = [
        one(r#", "id": "db", "ready": {"command": "sleep 0.1"}"#),
        one(""),
        web,
    ]
    .join(",");
    stage.app(
        "demo",
        &format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#),
    );
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    while stage.call("ps").matches("  running").count() < 3 {}
    let known = stage.get("/python/processes").body;
    let mut all = known["processes"].as_array().unwrap().iter();
    let unnamed = all.find(|process| process["name"].is_null()).unwrap();
    let unnamed = unnamed["id"].as_str().unwrap();
    let told = stage.output(&["logs", "demo"]).stderr();
    assert!(
        told.starts_with("note: this is the log of demo/web, which started last; others: "),
        "{told}"
    );
    for other in ["demo/db", unnamed] {
        assert_eq!(
            told.matches(&format!("`collodi logs {other}`")).count(),
            1,
            "{told}"
        );
    }
    for line in ["logs demo/web", "--json logs demo"] {
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(stage.output(&words).stderr(), "", "{line}");
    }
    // Of what ran before there are no others that people look for.
    stage.call("stop demo");
    stage.app("demo", &super::SERVER.replace("; exec", "; sleep 0; exec"));
    stage.post("/python/apps/demo/run");
    assert_eq!(stage.output(&["logs", "demo"]).stderr(), "");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
