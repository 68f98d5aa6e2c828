//! Scripts that start scripts, through the program, with real processes and git.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

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
    assert_eq!(
        said(&output),
        ["callee.json $ echo 20", "callee.json | 20", "got 22"]
    );
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

/// A workspace in which `thing` is fetched from a repository of two commits; the first.
fn fetched() -> (TempDir, String, String) {
    let dir = workspace(&[]);
    let first = repository(dir.path());
    let url = format!("file://{}/thing.git", dir.path().display());
    let output = fetch(dir.path(), &url, "");
    assert!(output.status.success(), "{output:?}");
    (dir, url, first)
}

/// Starts the script of the repository, in the state that these parameters name.
fn fetch(dir: &Path, url: &str, state: &str) -> Output {
    let script = format!(
        r#"{{"run": [
        {{"method": "script.start", "params": {{"uri": "{url}/hello.json"{state}}}}},
        {{"method": "log", "params": {{"text": "{{{{input.says}}}}"}}}}]}}"#
    );
    fs::create_dir_all(dir.join("demo")).unwrap();
    fs::write(dir.join("demo/pinokio.json"), script).unwrap();
    collodi(dir, &["--local-repositories", "demo"])
}

/// The commit of a script that says this, in the repository, on this branch.
fn published(dir: &Path, branch: &str, says: &str) {
    let source = dir.join("source");
    git(&source, &["checkout", "-q", "-B", branch]);
    let text = format!(
        r#"{{"run": [{{"method": "script.return", "params": {{"says": "{says} you"}}}}]}}"#
    );
    fs::write(source.join("hello.json"), text).unwrap();
    git(&source, &["commit", "-q", "-a", "-m", says]);
    git(&source, &["push", "-q", "../thing.git", branch]);
}

fn assert_says(output: &Output, text: &str) {
    assert!(output.status.success(), "{output:?}");
    let said = said(output);
    assert!(said.iter().any(|line| line.starts_with(text)), "{said:?}");
}

#[test]
fn a_short_hash_is_found_in_what_was_fetched_before() {
    let (dir, url, first) = fetched();
    let state = format!(r#", "hash": "{}""#, &first[..8]);
    assert_says(&fetch(dir.path(), &url, &state), "first");
    assert_says(&fetch(dir.path(), &url, &state), "first");
}

#[test]
fn the_newest_follows_an_older_commit() {
    let (dir, url, first) = fetched();
    let branch = git(&dir.path().join("source"), &["branch", "--show-current"]);
    for hash in [&first, &first[..8]] {
        let state = format!(r#", "hash": "{hash}""#);
        assert_says(&fetch(dir.path(), &url, &state), "first");
        published(dir.path(), &branch, &format!("after {hash}"));
        let output = fetch(dir.path(), &url, r#", "pull": true"#);
        assert_says(&output, &format!("after {hash}"));
    }
}

#[test]
fn branches_are_followed_and_own_commits_stay() {
    let (dir, url, _) = fetched();
    published(dir.path(), "dev", "third");
    let state = r#", "branch": "dev""#;
    assert_says(&fetch(dir.path(), &url, state), "third");
    published(dir.path(), "dev", "fourth");
    assert_says(&fetch(dir.path(), &url, state), "fourth");

    let app = dir.path().join(".vatn/python/apps/thing");
    fs::write(app.join("mine.txt"), "mine").unwrap();
    git(&app, &["add", "-A"]);
    git(&app, &["commit", "-q", "-m", "mine"]);
    let mine = git(&app, &["rev-parse", "HEAD"]);
    published(dir.path(), "dev", "fifth");
    let refused = fetch(dir.path(), &url, state);
    assert!(!refused.status.success(), "{refused:?}");
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("commits or changes of its own"), "{why}");
    assert_eq!(git(&app, &["rev-parse", "dev"]), mine);
}
