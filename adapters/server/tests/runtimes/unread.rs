//! Output that nobody reads, or slowly, in a pipe that is full: a server goes on, a run waits.

use super::stage::Stage;
use std::fs;

on_each_runtime! {
    who_does_not_read_what_is_shown_holds_up_nobody
    who_does_not_read_the_log_holds_up_nobody
    a_run_waits_for_who_reads_it_slowly
}

/// Far more than a pipe takes, and than waits to be shown.
const FLOOD: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "seq 1 50000"}},
    {"method": "shell.run", "params": {"message": "echo through > through"}}]}"#;

fn who_does_not_read_what_is_shown_holds_up_nobody(stage: Stage) {
    stage.app("flood", FLOOD);
    let mut serving = stage.serve();
    assert_eq!(stage.post("/python/apps/flood/run").status, 200);
    let made = stage.path(".vatn/python/apps/flood/through");
    assert_eq!(fs::read_to_string(made).unwrap(), "through\n");
    assert_eq!(stage.post("/python/shutdown").status, 202);
    let rest = serving.rest();
    assert!(
        rest.contains(r#"{"event":"missed","events":"#),
        "what is not shown is counted"
    );
    assert_eq!(serving.code(), Some(0));
}

fn who_does_not_read_the_log_holds_up_nobody(stage: Stage) {
    stage.app("flood", FLOOD);
    let words = ["serve", "--listen", "127.0.0.1:0", "--log-format", "json"];
    let mut serving = stage.logging(&[&words[..], &["--log-level", "trace"]].concat());
    serving.until("listening");
    assert_eq!(stage.post("/python/apps/flood/run").status, 200);
    assert_eq!(stage.get("/python/status").status, 200);
    assert_eq!(stage.post("/python/shutdown").status, 202);
    let rest = serving.rest();
    assert!(
        rest.contains("are not logged") || rest.contains("are not shown"),
        "{rest}"
    );
    assert_eq!(serving.code(), Some(0));
}

/// Nothing is left out: what is not read holds the run up, and its end is told.
fn a_run_waits_for_who_reads_it_slowly(stage: Stage) {
    stage.app("flood", FLOOD);
    let mut run = stage.start(&["run", "flood", "--listen", "127.0.0.1:0"]);
    run.until("| 100");
    let through = stage.path(".vatn/python/apps/flood/through");
    assert!(!through.exists(), "there is no room for all of it");
    assert_eq!(stage.get("/python/status").status, 200);
    let shown = run.lines().map(|line| line.trim_start().to_owned());
    let shown: Vec<_> = shown
        .take_while(|line| !line.starts_with("[2/2]"))
        .collect();
    let expected: Vec<_> = (101..=50_000).map(|line| format!("| {line}")).collect();
    assert!(
        shown == expected,
        "{:?}",
        shown.iter().zip(&expected).find(|(a, b)| a != b)
    );
    let rest = run.rest();
    assert!(rest.ends_with("completed after 2 steps\nended"), "{rest}");
    assert_eq!(run.code(), Some(0));
}
