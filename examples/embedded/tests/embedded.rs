//! The example, run as its users would.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "echo hello"}}]}"#;

#[test]
fn an_app_has_its_own_routes_beside_those_of_the_surface() {
    let dir = tempfile::tempdir().unwrap();
    let app = dir.path().join(".vatn/python/apps/demo");
    fs::create_dir_all(&app).unwrap();
    fs::write(app.join("pinokio.json"), SCRIPT).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_collodi-embedded"))
        .arg(dir.path().canonicalize().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut said).unwrap();
    let (url, token) = said.trim().split_once(' ').unwrap();

    let mine = ureq::get(url).call().unwrap().body_mut().read_to_string();
    assert_eq!(mine.unwrap(), "mine\n");
    let bearer = format!("Bearer {token}");
    let ran = ureq::post(format!("{url}/python/apps/demo/run"))
        .header("authorization", &bearer)
        .send_empty();
    let ran = ran.unwrap().body_mut().read_to_string().unwrap();
    let ran: Value = serde_json::from_str(&ran).unwrap();
    assert_eq!(
        (&ran["status"], &ran["stepsRun"]),
        (&"completed".into(), &1.into())
    );
    let refused = ureq::get(format!("{url}/python/apps")).call();
    assert!(matches!(refused, Err(ureq::Error::StatusCode(401))));

    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().success());
}
