//! What apps keep in the workspace's drive, through the program, with real links.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

const DRIVE: &str = ".vatn/python/drive";

fn run(workspace: &Path, steps: &str) -> Output {
    fs::create_dir_all(workspace.join("demo")).unwrap();
    let script = format!(r#"{{"run": [{steps}]}}"#);
    fs::write(workspace.join("demo/pinokio.json"), script).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
    command.current_dir(workspace).args(["run", "demo"]);
    command.output().unwrap()
}

#[test]
fn a_link_that_an_app_ships_does_not_lead_into_what_another_keeps() {
    let dir = TempDir::new().unwrap();
    let other = dir.path().join(DRIVE).join("apps/other");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("secret"), "secret").unwrap();
    fs::create_dir(dir.path().join("demo")).unwrap();
    symlink(&other, dir.path().join("demo/peek")).unwrap();
    symlink(dir.path().join(DRIVE), dir.path().join("demo/all")).unwrap();
    for step in [
        r#"{"method": "fs.read", "params": {"path": "peek/secret"}}"#,
        r#"{"method": "fs.write", "params": {"path": "peek/secret", "text": "x"}}"#,
        r#"{"method": "fs.read", "params": {"path": "all/apps/other/secret"}}"#,
    ] {
        let output = run(dir.path(), step);
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{step}: {output:?}");
        assert!(why.contains("leads out of its folder"), "{step}: {why}");
    }
    assert_eq!(fs::read_to_string(other.join("secret")).unwrap(), "secret");
}

#[test]
fn what_an_app_keeps_and_shares_is_its_own() {
    let dir = TempDir::new().unwrap();
    for (peers, place) in [("", "apps/demo"), (r#", "peers": ["x"]"#, "shared")] {
        let key = place.replace('/', "-");
        let steps = format!(
            r#"{{"method": "fs.link", "params": {{"drive": {{"{key}": "{key}"}}{peers}}}}},
            {{"method": "fs.write", "params": {{"path": "{key}/file", "text": "kept"}}}}"#
        );
        let output = run(dir.path(), &steps);
        assert!(output.status.success(), "{output:?}");
        let kept = dir.path().join(DRIVE).join(place).join(&key).join("file");
        assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    }
}
