//! `collodi methods`

use crate::stage::Stage;
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn one_method() {
    assert_snapshot!(Stage::new().call("methods fs.copy").shown());
}

#[test]
fn one_code() {
    assert_snapshot!(Stage::new().call("methods bad-pattern").shown());
}

#[test]
fn a_name_that_is_none() {
    let answer = Stage::new().call("methods fs.kopy");
    assert_eq!(answer.status, 1);
    assert!(answer.stderr.contains("fs.kopy"), "{}", answer.shown());
}

#[test]
fn all_of_them() {
    let answer = Stage::new().call("methods");
    for part in [
        "### `shell.run`",
        "## `unknown-method`",
        "| `message` |",
        "The object `restart.giveUp`:",
    ] {
        assert!(answer.stdout.contains(part), "{part}");
    }
}

#[test]
fn lines_for_programs() {
    let answer = Stage::new().call("--json methods");
    let lines: Vec<Value> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let run = lines
        .iter()
        .find(|line| line["name"] == "shell.run")
        .unwrap();
    assert_eq!(run["supported"], true);
    assert_eq!(run["params"][0]["name"], "message");
    let params = run["params"].as_array().unwrap();
    let restart = params
        .iter()
        .find(|param| param["name"] == "restart")
        .unwrap();
    assert_eq!(restart["members"][0]["name"], "policy");
}
