//! Output that nobody reads, in a pipe that is full: the server goes on.

use super::stage::Stage;
use std::fs;

on_each_runtime! {
    who_does_not_read_what_is_shown_holds_up_nobody
    who_does_not_read_the_log_holds_up_nobody
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
