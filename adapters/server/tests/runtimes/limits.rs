//! How many files a server may have open, and how many what it runs.

use super::stage::{Running, Stage};
use std::fs;

on_each_runtime! {
    a_server_may_open_more_than_what_it_runs
    so_may_a_run_without_a_server
}

const COUNTED: &str = r#"{"run": [{"method": "shell.run", "params": {
    "message": "ulimit -Sn > soft; ulimit -Hn > hard"}}]}"#;

/// Also after it was replaced by its next life, which begins with what the first had.
fn a_server_may_open_more_than_what_it_runs(stage: Stage) {
    stage.app("demo", COUNTED);
    let mut command = stage.command_of("/bin/sh");
    command.args(["-c", "ulimit -Sn 300; ulimit -Hn 900; exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_collodi"));
    let mut serving = Running::of(command.args(stage.serving()));
    for again in [false, true] {
        if again {
            serving.signal("-HUP");
        }
        serving.until("listening");
        assert_eq!(stage.post("/python/apps/demo/run").status, 200);
        let said = |name: &str| fs::read_to_string(stage.path(".vatn/python/apps/demo").join(name));
        assert_eq!(said("soft").unwrap(), "300\n");
        assert_eq!(said("hard").unwrap(), "900\n");
        let limits = fs::read_to_string(format!("/proc/{}/limits", serving.id())).unwrap();
        let files = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        let files: Vec<_> = files.unwrap().split_whitespace().collect();
        assert_eq!(files[3..5], ["900", "900"]);
        assert!(room(serving.id()) >= 900, "the table grows while it serves");
    }
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
}

fn so_may_a_run_without_a_server(stage: Stage) {
    const SERVING: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
        "message": "ulimit -Sn > soft; ulimit -Hn > hard; exec sleep 1000", "daemon": true}}]}"#;
    stage.app("demo", SERVING);
    let mut command = stage.command_of("/bin/sh");
    command.args(["-c", "ulimit -Sn 300; ulimit -Hn 900; exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_collodi"));
    let words = stage.serving().into_iter();
    let words = words.map(|word| if word == "serve" { "run" } else { word });
    let mut running = Running::of(command.args(words).arg("demo"));
    running.until("listening");
    let said = stage.path(".vatn/python/apps/demo/hard");
    while fs::read_to_string(&said).unwrap_or_default() != "900\n" {
        std::thread::yield_now();
    }
    let soft = fs::read_to_string(said.with_file_name("soft"));
    assert_eq!(soft.unwrap(), "300\n");
    assert!(room(running.id()) >= 900, "the table grows while it runs");
    running.signal("-INT");
    running.code();
}

/// For how many open files the system has made room in a process.
fn room(pid: u64) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("FDSize:"));
    size.unwrap().trim().parse().unwrap()
}
