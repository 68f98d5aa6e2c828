//! `collodi env`, where no server runs.

use crate::stage::Stage;
use insta::assert_snapshot;
use std::fs;

const ENVS: &str = ".vatn/python/envs";
const LONG: &str = "an-environment-with-a-name-that-is-rather-long-for-a-table-of-80";

fn env(stage: Stage, name: &str) -> Stage {
    let file = |path: &str| format!("{ENVS}/{name}/{path}");
    stage
        .file(&file("bin/python"), "")
        .file(&file("pyvenv.cfg"), "version = 3.12.1\n")
}

fn stage() -> Stage {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "ls", "venv": "web"}}]}"#;
    let stage = ["web", "tools", LONG].into_iter().fold(Stage::new(), env);
    env(stage, "half")
        .file(&format!("{ENVS}/.half.creating"), "")
        .file(".vatn/python/.collodi-99999999-1", "cut")
        .file(".vatn/python/apps/demo/pinokio.json", script)
}

/// Without what differs between disks and days: sizes, dates, and the room between columns.
fn told(stage: &Stage, line: &str) -> String {
    let text = stage.call(line).shown();
    let lines = text.lines().map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let mut told = String::new();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied().unwrap_or_default();
            let is_number = word.parse::<f64>().is_ok();
            match *word {
                _ if is_number && next.trim_end_matches([',', ';']).len() <= 2 => {}
                "B" | "KB" | "MB" => told += "SIZE ",
                "B," | "KB," | "MB," => told += "SIZE, ",
                "B;" | "KB;" | "MB;" => told += "SIZE; ",
                _ if word.len() == 10 && word.starts_with("20") => told += "DATE ",
                _ => told += &format!("{word} "),
            }
        }
        told.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn environments_are_shown_within_eighty_columns() {
    let stage = stage();
    assert_snapshot!(told(&stage, "env ls"));
    let answer = stage.call("env ls");
    let widest = answer.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest.unwrap() <= 80, "{}", answer.stdout);
    let json = stage.call("env ls --json").stdout;
    let names = json.lines().map(|line| {
        let env: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(env["size"]["bytes"].as_u64() >= env["size"]["freedBytes"].as_u64());
        env["name"].as_str().unwrap().to_owned()
    });
    assert_eq!(names.collect::<Vec<_>>(), [LONG, "tools", "web"]);
    assert_eq!(
        Stage::new().call("env ls").stdout,
        "there are no environments\n"
    );
}

#[test]
fn what_may_go_is_shown_before_it_goes() {
    let stage = stage();
    let is_there = |path: &str| stage.root().join(path).exists();
    assert_snapshot!("gc_preview", told(&stage, "env gc"));
    assert!(is_there(&format!("{ENVS}/tools")) && is_there(&format!("{ENVS}/half")));
    assert_snapshot!("gc_yes", told(&stage, "env gc --yes"));
    let left: Vec<_> = fs::read_dir(stage.root().join(ENVS)).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(is_there(&format!("{ENVS}/web")) && !is_there(".vatn/python/.collodi-99999999-1"));
    assert_snapshot!("gc_nothing", told(&stage, "env gc"));
}

#[test]
fn nothing_is_deleted_without_a_yes() {
    let stage = stage();
    assert_snapshot!("rm_unasked", told(&stage, "env rm web tools"));
    assert_snapshot!("rm_unknown", told(&stage, "env rm tools nope --yes"));
    assert_snapshot!("rm_no_name", told(&stage, "env rm ../web --yes"));
    assert!(stage.root().join(ENVS).join("tools").exists());
    assert_snapshot!("rm_yes", told(&stage, "env rm tools half --yes"));
    assert!(!stage.root().join(ENVS).join("tools").exists());
    assert!(!stage.root().join(ENVS).join("half").exists());
}

/// What a link in an environment points at is not the environment's.
#[test]
fn a_link_out_is_removed_and_not_followed() {
    let stage = stage().file("models/big", "precious");
    let link = stage.root().join(ENVS).join("tools/models");
    std::os::unix::fs::symlink(stage.root().join("models"), link).unwrap();
    assert_eq!(stage.call("env rm tools --yes").status, 0);
    assert_eq!(
        fs::read(stage.root().join("models/big")).unwrap(),
        b"precious"
    );
}
