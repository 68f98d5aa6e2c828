//! What is known to go wrong with paths and names, through the program, one test a defect.
//! The names are those of the list in `SECURITY.md`; those of the environment policy (E1 to E10)
//! are in `crates/config/tests/plugin_defects.rs`, those of names in addresses (P3, P4, S1) in
//! `adapters/http/tests/surface/names.rs`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::Value;
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// An app beside a folder that nobody may touch.
struct World {
    dir: TempDir,
    outside: PathBuf,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let outside = dir.path().join("outside");
        fs::create_dir_all(dir.path().join("app/sub")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "secret").unwrap();
        for (name, target) in [
            ("leaf", "../outside/file"),
            ("middle", "../outside"),
            ("new", "../outside/new"),
            ("inside", "sub"),
        ] {
            symlink(target, dir.path().join("app").join(name)).unwrap();
        }
        symlink("/dev/zero", dir.path().join("app/zero")).unwrap();
        symlink("/proc/self/root", dir.path().join("app/magic")).unwrap();
        Self { dir, outside }
    }

    fn call(&self, dir: &str, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
        command.current_dir(self.dir.path().join(dir)).args(words);
        command.output().unwrap()
    }

    /// The answer of `collodi fs`: `ok`, or the reason why not.
    fn fs(&self, words: &str) -> String {
        let mut all = vec!["fs"];
        all.extend(words.split(' '));
        let output = self.call("", &all);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["ok"].as_bool().unwrap(), output.status.success());
        match answer["reason"].as_str() {
            Some(reason) => reason.to_owned(),
            None => "ok".to_owned(),
        }
    }

    /// What a run of these steps says when it fails.
    fn run(&self, steps: &str) -> Result<String, String> {
        let script = format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#);
        fs::write(self.dir.path().join("app/pinokio.json"), script).unwrap();
        let output = self.call("", &["run", "app"]);
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        match output.status.success() {
            true => Ok(told),
            false => Err(told),
        }
    }

    fn assert_outside_untouched(&self) {
        let names: Vec<_> = fs::read_dir(&self.outside)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["file"]);
        assert_eq!(
            fs::read_to_string(self.outside.join("file")).unwrap(),
            "secret"
        );
    }
}

#[test]
fn p1_s4_files_are_opened_beneath_the_root_and_not_by_their_text() {
    let world = World::new();
    for path in [
        "leaf",
        "middle/file",
        "../outside/file",
        "/etc/passwd",
        "magic/etc/passwd",
    ] {
        assert_eq!(
            world.fs(&format!("read --root app {path}")),
            "escapes",
            "{path}"
        );
    }
    let data = world.dir.path().join("data");
    fs::write(&data, "x").unwrap();
    for path in [
        "leaf",
        "middle/file",
        "middle/made/new",
        "new",
        "../outside/new",
    ] {
        let words = format!("write --root app {path} --data-file {}", data.display());
        assert_eq!(world.fs(&words), "escapes", "{path}");
    }
    for path in ["middle/file", "../outside"] {
        assert_eq!(
            world.fs(&format!("remove --root app {path}")),
            "escapes",
            "{path}"
        );
    }
    let inside = format!(
        "write --root app inside/made/file --data-file {}",
        data.display()
    );
    assert_eq!(world.fs(&inside), "ok");
    world.assert_outside_untouched();
}

#[test]
fn p2_s5_working_directories_are_contained_as_files_are() {
    let world = World::new();
    for path in ["..", "../..", "/tmp", "middle", "magic"] {
        assert_eq!(
            world.fs(&format!("cwd --root app {path}")),
            "escapes",
            "{path}"
        );
        let step = format!(
            r#"{{"method": "shell.run", "params": {{"message": "pwd", "path": "{path}"}}}}"#
        );
        assert!(world.run(&step).is_err(), "{path}");
    }
    assert_eq!(world.fs("cwd --root app inside"), "ok");
    world.assert_outside_untouched();
}

#[test]
fn p5_pipes_devices_and_sizes_have_an_end() {
    let world = World::new();
    let fifo = world.dir.path().join("app/fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    fs::write(world.dir.path().join("app/long"), "0123456789").unwrap();
    fs::write(world.dir.path().join("data"), "x").unwrap();
    assert_eq!(world.fs("read --root app fifo"), "special");
    assert_eq!(
        world.fs("write --root app fifo --data-file data"),
        "special"
    );
    assert_eq!(world.fs("read --root app zero"), "escapes");
    assert_eq!(world.fs("read --root /dev zero"), "special");
    assert_eq!(world.fs("read --root app --limit 9 long"), "too-large");
    assert_eq!(world.fs("read --root app --limit 10 long"), "ok");
    let deep = "d/".repeat(200);
    assert_eq!(world.fs(&format!("read --root app {deep}x")), "too-long");
    let long = "x".repeat(5000);
    assert_eq!(world.fs(&format!("read --root app {long}")), "too-long");
}

#[test]
fn p6_s7_what_a_template_inserts_is_not_expanded_again() {
    let world = World::new();
    fs::write(world.dir.path().join("app/evil"), "{{secret}} $(id) ; id").unwrap();
    let steps = r#"
        {"method": "local.set", "params": {"key": "secret", "value": "hidden"}},
        {"method": "fs.read", "id": "text", "params": {"path": "evil"}},
        {"method": "local.set", "params": {"key": "again", "value": "{{text}}"}},
        {"method": "fs.write", "params": {"path": "out", "data": "{{again}}"}}"#;
    world.run(steps).unwrap();
    let out = fs::read_to_string(world.dir.path().join("app/out")).unwrap();
    assert_eq!(out, "{{secret}} $(id) ; id");
}

#[test]
fn p7_a_root_may_be_written_in_any_way() {
    let world = World::new();
    fs::write(world.dir.path().join("app/file"), "x").unwrap();
    for root in [".", "./app/..", "app/sub/../..", "app/inside/../.."] {
        assert_eq!(
            world.fs(&format!("read --root {root} app/file")),
            "ok",
            "{root}"
        );
    }
    let script =
        r#"{"dialect": "vatn", "run": [{"method": "fs.read", "params": {"path": "file"}}]}"#;
    fs::write(world.dir.path().join("app/pinokio.json"), script).unwrap();
    let output = world.call("app/sub", &["--workspace", "..", "run", "./.."]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn s2_an_environments_name_in_a_script_is_no_way_out() {
    let world = World::new();
    let absolute = world.outside.join("env");
    for venv in ["../../outside/env", "..", absolute.to_str().unwrap()] {
        let step = format!(
            r#"{{"method": "shell.run", "params": {{"message": "true", "venv": "{venv}"}}}}"#
        );
        assert!(world.run(&step).is_err(), "{venv}");
        world.assert_outside_untouched();
    }
}

#[test]
fn s3_a_deletion_does_not_follow_links() {
    let world = World::new();
    fs::write(world.dir.path().join("app/plain"), "").unwrap();
    for (path, expected) in [
        ("plain/", "not-a-directory"),
        ("middle/", "not-a-directory"),
        ("gone/", "ok"),
        ("plain", "ok"),
    ] {
        let said = world.fs(&format!("remove --root app {path}"));
        assert_eq!(said, expected, "{path}");
    }
    assert_eq!(world.fs("remove --root . app"), "ok");
    assert!(!world.dir.path().join("app").exists());
    world.assert_outside_untouched();
}

/// Where the app's folder is the workspace, the policy lies in it.
#[test]
fn e11_a_script_cannot_rewrite_the_policy() {
    let world = World::new();
    let vatn = world.dir.path().join("app/.vatn");
    fs::create_dir(&vatn).unwrap();
    let policy = "[sandbox.shell_env]\ninherit = 'none'\n";
    fs::write(vatn.join("vatn.toml"), policy).unwrap();
    symlink(".vatn", world.dir.path().join("app/link")).unwrap();
    symlink(Path::new("."), world.dir.path().join("app/here")).unwrap();
    for path in [
        ".vatn/vatn.toml",
        "link/vatn.toml",
        "here/.vatn/vatn.toml",
        "sub/../.vatn/vatn.toml",
    ] {
        let step =
            format!(r#"{{"method": "fs.write", "params": {{"path": "{path}", "data": "x"}}}}"#);
        let script = format!(r#"{{"dialect": "vatn", "run": [{step}]}}"#);
        fs::write(world.dir.path().join("app/pinokio.json"), script).unwrap();
        let output = world.call("app", &["run", "."]);
        assert!(!output.status.success(), "{path}: {output:?}");
        assert_eq!(
            fs::read_to_string(vatn.join("vatn.toml")).unwrap(),
            policy,
            "{path}"
        );
    }
}
