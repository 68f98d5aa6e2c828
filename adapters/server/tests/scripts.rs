//! Scripts that start scripts, through the program, with real processes and git.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

/// A workspace with the app `demo`, which has these files.
fn workspace(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join("demo").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn collodi(workspace: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
    command.current_dir(workspace).arg("run").args(args);
    command.output().unwrap()
}

/// What it logged and was told, without the colours and the rest.
fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let indented = text.lines().filter_map(|line| line.strip_prefix("      "));
    indented.map(|line| line.trim().to_owned()).collect()
}

fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A bare repository with two commits of a script; the first commit.
fn repository(dir: &Path) -> String {
    let source = dir.join("source");
    fs::create_dir(&source).unwrap();
    git(&source, &["init", "-q"]);
    let commit = |says: &str| {
        let text = format!(
            r#"{{"run": [{{"method": "script.return", "params": {{"says": "{says} {{{{args.to}}}}"}}}}]}}"#
        );
        fs::write(source.join("hello.json"), text).unwrap();
        git(&source, &["add", "-A"]);
        git(&source, &["commit", "-q", "-m", says]);
        git(&source, &["rev-parse", "HEAD"])
    };
    let first = commit("first");
    commit("second");
    git(dir, &["clone", "-q", "--bare", "source", "thing.git"]);
    first
}

#[test]
fn a_script_in_a_folder_of_the_app_starts_one_beside_the_folder() {
    let start = r#"{"run": [
        {"method": "script.start", "params": {"uri": "../callee.json", "params": {"n": 20}}},
        {"method": "log", "params": {"text": "got {{input.n}}"}}]}"#;
    let callee = r#"{"run": [{"method": "shell.run", "params": {"message": "echo {{args.n}}"}},
        {"method": "script.return", "params": {"n": "{{args.n + input.stdout.trim().length}}"}}]}"#;
    let dir = workspace(&[
        ("pinokio.js", "module.exports = {}"),
        ("scripts/start.json", start),
        ("callee.json", callee),
    ]);
    let output = collodi(dir.path(), &["demo/scripts/start.json"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(said(&output), ["$ echo 20", "| 20", "got 22"]);
}

#[test]
fn an_app_is_fetched_from_a_repository() {
    let dir = workspace(&[]);
    let first = repository(dir.path());
    let url = format!("file://{}/thing.git", dir.path().display());
    let script = format!(
        r#"{{"run": [
        {{"method": "script.download", "params": {{"uri": "{url}"}}}},
        {{"method": "script.start", "params": {{"uri": "{url}/hello.json", "params": {{"to": "you"}}}}}},
        {{"method": "log", "params": {{"text": "{{{{input.says}}}}"}}}},
        {{"method": "script.start", "params": {{"uri": "{url}/hello.json", "hash": "{first}"}}}},
        {{"method": "log", "params": {{"text": "{{{{input.says}}}}"}}}}]}}"#
    );
    fs::create_dir(dir.path().join("demo")).unwrap();
    fs::write(dir.path().join("demo/pinokio.json"), script).unwrap();

    let refused = collodi(dir.path(), &["demo"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && why.contains("over https only"),
        "{why}"
    );

    let output = collodi(dir.path(), &["--local-repositories", "demo"]);
    assert!(output.status.success(), "{output:?}");
    let said = said(&output);
    assert!(said.contains(&"second you".to_owned()), "{said:?}");
    assert!(said.contains(&"first {{args.to}}".to_owned()), "{said:?}");
    let clones = said.iter().filter(|line| line.starts_with("$ git clone"));
    assert_eq!(clones.count(), 1);
    let apps = dir.path().join(".vatn/python/apps");
    let apps = fs::read_dir(apps)
        .unwrap()
        .map(|app| app.unwrap().file_name());
    assert_eq!(apps.collect::<Vec<_>>(), ["thing"]);
}
