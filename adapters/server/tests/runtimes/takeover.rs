//! Another program goes on for the server that is there.

use super::{INSTALLS, SERVER, ps::row, stage, stage::Stage};
use std::collections::BTreeSet;

on_each_runtime! {
    a_server_comes_back_where_no_file_can_be_made
    a_server_that_cannot_say_where_it_is_leaves_daemons_alone
    a_second_program_takes_the_daemons_over
    what_is_said_while_a_server_is_taken_over_is_heard
    a_server_leaves_its_daemons_when_it_is_told_so
    an_app_that_runs_by_itself_is_left_when_that_is_asked
    a_step_that_would_be_lost_goes_on
    what_would_be_lost_is_not_taken_over
    an_app_that_runs_by_itself_is_taken_over
    what_a_server_keeps_nothing_of_is_said
}

const MANY: usize = 20;

/// Each counts for ever.
fn counters(stage: &Stage) {
    let step = r#"{"method": "shell.run", "params": {"daemon": true,
        "message": "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"}}"#;
    let steps = [step; MANY].join(",");
    stage.app("demo", &format!(r#"{{"run": [{steps}]}}"#));
}

/// The processes, when each of them is known by its id.
fn pids(stage: &Stage) -> BTreeSet<u64> {
    loop {
        let body = stage.get("/python/processes").body;
        let all = body["processes"].as_array().unwrap();
        let pids: Option<_> = all.iter().map(|p| p["pid"].as_u64()).collect();
        if let Some(pids) = pids {
            return pids;
        }
    }
}

/// Waits until it is written down how to find the daemon again: a server that is killed before ends
/// what it has begun.
pub(super) fn until_noted(stage: &Stage) {
    let is_found = |entry: std::fs::DirEntry| {
        // Beside it is what is being written.
        let is_there = entry.path().extension().is_some_and(|end| end == "json");
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        is_there && text.contains("\"identity\": \"")
    };
    loop {
        let mut files = std::fs::read_dir(stage.path(".vatn/python/state")).unwrap();
        if files.any(|entry| is_found(entry.unwrap())) {
            return;
        }
    }
}

/// The lines of each log are the numbers from 1 on.
fn count_on(stage: &Stage) {
    let body = stage.get("/python/processes").body;
    for process in body["processes"].as_array().unwrap() {
        let path = format!(
            "/python/processes/{}/logs?limit=1000",
            process["id"].as_str().unwrap()
        );
        let page = stage.get(&path).body;
        let lines = page["lines"].as_array().unwrap();
        let said: Vec<_> = lines
            .iter()
            .map(|line| line["text"].as_str().unwrap())
            .collect();
        let numbers = said.iter().filter_map(|text| text.parse::<usize>().ok());
        let numbers: Vec<_> = numbers.collect();
        let expected: Vec<_> = (1..=numbers.len()).collect();
        assert!(!numbers.is_empty() && numbers == expected, "{said:?}");
    }
}

fn takeover(stage: &Stage) -> Vec<&'static str> {
    let words = stage.serving();
    let end = words.iter().position(|word| *word == "--listen").unwrap();
    [&words[..end], &["--quiet", "--takeover"]].concat()
}

/// It may be at another path, and another version.
fn a_second_program_takes_the_daemons_over(stage: Stage) {
    counters(&stage);
    let mut first = stage.serve_quietly();
    assert_eq!(stage.post("/python/apps/demo/run").status, 200);
    let (before, token, address) = (pids(&stage), stage.state("token"), stage.state("address"));
    assert_eq!(before.len(), MANY);
    let program = stage.path("another-collodi");
    std::fs::copy(env!("CARGO_BIN_EXE_collodi"), &program).unwrap();
    let mut second = stage::Running::of(stage.command_of(&program).args(takeover(&stage)));
    second.until("listening");
    assert_eq!(first.code(), Some(0));
    assert_eq!(
        (stage.state("token"), stage.state("address")),
        (token, address)
    );
    assert_eq!(pids(&stage), before);
    count_on(&stage);
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(second.code(), Some(0));
    assert!(!before.into_iter().any(stage::is_alive));
}

/// By a daemon that ends as soon as the first server has, and by one that reads an input.
fn what_is_said_while_a_server_is_taken_over_is_heard(stage: Stage) {
    let mut first = stage.serve();
    let ends = format!(
        "echo begun; while test -e /proc/{}/exe; do :; done; echo last words; exit 7",
        first.id()
    );
    for (app, command) in [
        ("brief", &*ends),
        ("reader", "echo begun; read x; echo heard"),
    ] {
        let script = format!(
            r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{
                "message": "{command}", "daemon": true, "input": true, "restart": "never"}}}}]}}"#
        );
        stage.app(app, &script);
        stage.post(&format!("/python/apps/{app}/run"));
        first.until("\"text\":\"begun\"");
    }
    let mut second = stage::Running::of(
        stage
            .command_of(env!("CARGO_BIN_EXE_collodi"))
            .args(takeover(&stage)),
    );
    second.until("listening");
    assert_eq!(first.code(), Some(0));
    row(&stage, "brief", "failed", "exited (exit code 7)");
    let said = stage.call("logs brief");
    assert_eq!(said.matches("last words\n").count(), 1, "{said}");
    row(&stage, "reader", "running", "-");
    let heard = stage.call("logs reader");
    assert!(!heard.contains("heard"), "{heard}");
    assert!(!stage.path(".vatn/python/children.sock").exists());
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(second.code(), Some(0));
}

/// As a service manager does that starts a service anew.
fn a_server_leaves_its_daemons_when_it_is_told_so(stage: Stage) {
    counters(&stage);
    let mut first = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let before = pids(&stage);
    first.signal("-USR1");
    assert_eq!(first.code(), Some(0));
    let mut second = stage.serve_quietly();
    assert_eq!(pids(&stage), before);
    count_on(&stage);
    stage.post("/python/shutdown");
    assert_eq!(second.code(), Some(0));
}

/// So does the server of `collodi run`, once nothing would be lost by it.
fn an_app_that_runs_by_itself_is_left_when_that_is_asked(stage: Stage) {
    stage.app("demo", SERVER);
    let run = ["--json", "run", "demo"];
    let mut first = stage.start(&[&run[..], &["--listen", "127.0.0.1:0"]].concat());
    first.until("\"text\":\"up\"");
    while !stage.get("/python/runs").body["runs"][0]["outcome"].is_object() {}
    let pid = stage.pid_of("demo");
    first.signal("-USR1");
    let said = first.rest();
    assert!(said.contains("the next server finds it"), "{said}");
    assert!(!said.contains("\"ended\""), "{said}");
    assert_eq!(first.code(), Some(0));
    let mut second = stage.serve_quietly();
    assert_eq!(stage.pid_of("demo"), pid);
    // Beside a server an app is left to that.
    stage.call("stop demo");
    let mut guest = stage.guest(&run);
    guest.until("\"text\":\"up\"");
    let living = || -> u64 {
        let body = stage.get("/python/processes").body;
        let all = body["processes"].as_array().unwrap();
        all.iter()
            .find_map(|process| process["pid"].as_u64())
            .unwrap()
    };
    let pid = living();
    guest.signal("-USR1");
    assert!(guest.rest().contains("left to the server"));
    assert_eq!(guest.code(), Some(0));
    assert_eq!(living(), pid);
    stage.post("/python/shutdown");
    assert_eq!(second.code(), Some(0));
    assert!(!stage::is_alive(pid));
}

fn a_step_that_would_be_lost_goes_on(stage: Stage) {
    stage.app("demo", INSTALLS);
    let mut run = stage.start(&["--json", "run", "demo", "--listen", "127.0.0.1:0"]);
    run.until("\"text\":\"installing\"");
    run.signal("-USR1");
    run.until("is under way, and would be lost");
    assert_eq!(stage.get("/python/status").status, 200);
    run.signal("-INT");
    assert_eq!(run.code(), Some(130));
}

fn what_would_be_lost_is_not_taken_over(stage: Stage) {
    stage.app("demo", INSTALLS);
    let mut first = stage.serve();
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("installing");
    let refused = stage
        .command_of(env!("CARGO_BIN_EXE_collodi"))
        .args(takeover(&stage))
        .output();
    let refused = refused.unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("is not taken over: demo-"), "{said}");
    assert!(said.contains("is under way, and would be lost"), "{said}");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(stage.get("/python/status").status, 200);
    stage.post("/python/shutdown");
    assert_eq!(first.code(), Some(0));
}

fn an_app_that_runs_by_itself_is_taken_over(stage: Stage) {
    stage.app("demo", SERVER);
    let mut first = stage.start(&["--json", "run", "demo", "--listen", "127.0.0.1:0"]);
    first.until("\"text\":\"up\"");
    let pid = stage.pid_of("demo");
    let mut second = stage.guest(&takeover(&stage));
    second.until("listening");
    assert_eq!(first.code(), Some(0));
    assert_eq!(stage.pid_of("demo"), pid);
    stage.post("/python/shutdown");
    assert_eq!(second.code(), Some(0));
    assert!(!stage::is_alive(pid));
}

/// Of before its start a server knows only what lived on.
fn what_a_server_keeps_nothing_of_is_said(stage: Stage) {
    stage.app("demo", INSTALLS);
    let mut server = stage.serve_quietly();
    for (line, told) in [
        ("logs demo", "keeps nothing of demo"),
        ("start demo", "keeps nothing of demo"),
        ("restart demo", "keeps nothing of demo"),
        ("stop demo", "keeps nothing of demo"),
        ("signal TERM demo", "keeps nothing of demo"),
        ("restart demo/db", "keeps nothing of demo"),
        ("logs other", "no process, run or app \"other\""),
        ("stop other", "nothing called \"other\" runs"),
    ] {
        let mut asked = stage.command_of(env!("CARGO_BIN_EXE_collodi"));
        let answer = asked.args(line.split(' ')).output().unwrap();
        let said = String::from_utf8_lossy(&answer.stderr);
        assert!(said.contains(told), "{line}: {said}");
        assert!(said.contains("hint: "), "{said}");
        assert_eq!(answer.status.code(), Some(1));
    }
    stage.post("/python/shutdown");
    assert_eq!(server.code(), Some(0));
}

/// As on a full disk.
fn a_server_that_cannot_say_where_it_is_leaves_daemons_alone(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    until_noted(&stage);
    let pid = stage.pid_of("demo");
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    let file = stage.path(".vatn/python/server.json");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let mut failing = stage.logging(&["serve", "--listen", "127.0.0.1:0"]);
    failing.until("server.json");
    assert_eq!(failing.code(), Some(1));
    assert!(stage::is_alive(pid));
    std::fs::remove_dir(&file).unwrap();
    let mut serving = stage.serve();
    assert_eq!(stage.pid_of("demo"), pid);
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
}

/// As on a full disk: what the server before has written has its room.
fn a_server_comes_back_where_no_file_can_be_made(stage: Stage) {
    let mut serving = stage.serve();
    let before = stage.state("token");
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    std::fs::create_dir(stage.path(".vatn/python/server.json.new")).unwrap();
    let mut serving = stage.serve();
    assert_ne!(stage.state("token"), before);
    assert_eq!(stage.get("/python/status").status, 200);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}
