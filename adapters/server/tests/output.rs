//! What `collodi run` writes when there is much of it, and how it is interrupted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

fn workspace(message: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    let script =
        format!(r#"{{"run": [{{"method": "shell.run", "params": {{"message": "{message}"}}}}]}}"#);
    fs::create_dir(dir.path().join("demo")).unwrap();
    fs::write(dir.path().join("demo/pinokio.json"), script).unwrap();
    dir
}

fn start(workspace: &TempDir, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_collodi"))
        .current_dir(workspace)
        .args(words)
        .args(["run", "demo", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn interrupt(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn not_a_line_is_lost_however_fast_they_come() {
    let workspace = workspace("seq 1 60000");
    for (words, line) in [(&[][..], "| 60000"), (&["--json"][..], "\"60000\"")] {
        let output = start(&workspace, words).wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let count = text.lines().count();
        assert!(count > 60000, "{count} lines");
        assert!(text.contains(line), "the last line");
        assert!(output.status.success());
    }
}

#[test]
fn an_interrupt_is_heard_while_nobody_reads_the_output() {
    let workspace = workspace("seq 1 100000; sleep 1000");
    let mut child = start(&workspace, &[]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("| 1") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0);
    }
    interrupt(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(out);
}

#[test]
fn what_sigterm_ended_says_so() {
    let workspace = workspace("echo here; sleep 1000");
    let mut child = start(&workspace, &[]);
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    out.find(|line| line.as_ref().unwrap().contains("| here"))
        .unwrap()
        .unwrap();
    interrupt(&child, "-TERM");
    assert!(out.count() > 0);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
