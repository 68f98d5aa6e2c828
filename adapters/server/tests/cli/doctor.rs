//! `collodi doctor`, on a machine that has what the folder `bin` has.

use crate::stage::Stage;
use serde_json::Value;
use std::{collections::BTreeMap, fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

/// The findings by what they are about, and the status.
fn doctor(stage: &Stage, words: &str) -> (BTreeMap<String, Value>, i32) {
    let answer = stage.call(&format!("doctor --json {words}"));
    let findings = answer.stdout.lines().map(|line| {
        let finding: Value = serde_json::from_str(line).unwrap();
        (finding["about"].as_str().unwrap().to_owned(), finding)
    });
    (findings.collect(), answer.status)
}

fn program(stage: Stage, name: &str, text: &str) -> Stage {
    let path = format!("bin/{name}");
    let stage = stage.file(&path, format!("#!/bin/sh\n{text}\n"));
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(stage.root().join(path), mode).unwrap();
    stage
}

fn fit() -> Stage {
    let stage = program(Stage::new(), "python3", "echo Python 3.12.1");
    let stage = program(stage, "bash", "echo GNU bash, version 5.2.15");
    program(stage, "git", "echo git version 2.39.2; echo more")
}

#[test]
fn what_is_there_is_told_as_it_says_itself() {
    let (found, status) = doctor(&fit(), "--listen 127.0.0.1:0");
    for (about, state, seen) in [
        ("python", "ok", "Python 3.12.1 (python3)"),
        ("venv", "ok", "the interpreter can make environments"),
        ("git", "ok", "git version 2.39.2"),
        ("bash", "ok", "GNU bash, version 5.2.15"),
        (
            "uv",
            "warning",
            "not found: venv and pip are used, which take longer",
        ),
        ("port", "ok", "127.0.0.1:0 is free"),
        ("settings", "ok", "nothing is wrong with them"),
        ("folders", "ok", "all can be written, by their owner alone"),
    ] {
        assert_eq!(
            (&found[about]["state"], &found[about]["seen"]),
            (&state.into(), &seen.into())
        );
    }
    assert_eq!(status, 0, "{found:#?}");
}

#[test]
fn every_problem_is_one_with_something_to_do() {
    let stage = program(Stage::new(), "python3", "echo no >&2; exit 3");
    let stage = stage
        .file(".vatn/vatn.toml", "[sandbox]\nlevle = 'full'\n")
        .file(".vatn/python/server.json", "{}");
    let root = stage.root();
    let set = |path: &str, mode| {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    set(".vatn/python", 0o777);
    set(".vatn/python/server.json", 0o644);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (found, status) = doctor(&stage, &format!("--listen {address}"));
    assert_eq!(status, 1);
    for about in ["python", "bash", "settings", "folders", "token"] {
        assert_eq!(found[about]["state"], "problem", "{about}");
        assert!(found[about]["hint"].is_string(), "{about}");
    }
    assert!(
        found["settings"]["seen"]
            .as_str()
            .unwrap()
            .contains("vatn.toml:2:1: sandbox.levle")
    );
    assert_eq!(found["port"]["state"], "warning");
    assert!(!found.contains_key("venv"));
    let text = stage.call("doctor").stdout;
    assert!(
        text.contains("problem  bash            not found\n         hint: install bash"),
        "{text}"
    );
}

/// A look changes nothing.
#[test]
fn nothing_is_made() {
    let stage = fit();
    assert_eq!(stage.call("doctor --listen 127.0.0.1:0").status, 0);
    assert!(!stage.root().join(".vatn").exists());
}

/// Who asks for the tenth time is told as soon as the first time, and nothing piles up.
#[test]
fn programs_that_hang_hold_nothing_up_and_are_ended() {
    let hangs = "echo $$ >> hung; exec /bin/sleep 1000";
    let stage = program(program(fit(), "nvidia-smi", hangs), "conda", hangs);
    let (found, _) = doctor(&stage, "--listen 127.0.0.1:0");
    let conda = found["conda"]["seen"].as_str().unwrap();
    assert!(conda.starts_with("not found"), "{conda}");
    assert!(found.contains_key("gpu"), "{found:#?}");
    let hung = fs::read_to_string(stage.root().join("hung")).unwrap();
    assert!(hung.lines().count() >= 2, "{hung}");
    for pid in hung.lines() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
        assert!(stat.is_err() || stat.unwrap().contains(") Z "), "{pid}");
    }
}

#[test]
fn a_state_file_that_was_set_aside_is_named() {
    let file = ".vatn/python/state/aside/web-1d2f8a30.json";
    let stage = fit().file(file, "{");
    let (found, status) = doctor(&stage, "--listen 127.0.0.1:0");
    let seen = found["daemons"]["seen"].as_str().unwrap();
    assert!(seen.contains(file), "{seen}");
    assert_eq!(status, 0);
}
