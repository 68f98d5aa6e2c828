//! `collodi check`

use crate::stage::Stage;
use insta::assert_snapshot;

const CLEAN: &str = r#"{"daemon": true, "run": [{"method": "log", "params": {"raw": "hello"}}]}"#;
const WARNED: &str = r#"{
  "run": [
    {"method": "log", "params": {"raw": "{{local.url}}"}}
  ]
}"#;
const WRONG: &str = "{
  \"title\": \"Träume 夢\",\t\"run\": [
\t{\"method\": \"shell.rum\", \"params\": {\"message\": \"ls\"}},
    {\"method\": \"fs.rm\", \"params\": {}}
  ]
}";

#[test]
fn a_clean_file() {
    let stage = Stage::new().file("a.json", CLEAN);
    assert_snapshot!(stage.call("check a.json").shown(), @r"
    $ collodi check a.json
    a.json:1:37: notice[dialect]: read in the Pinokio dialect: it uses methods that the VATN plugin does not have
    1 file checked: nothing is wrong
    (status 0)
    ");
}

/// The VATN dialect passes over it, as a run does.
#[test]
fn a_method_that_there_is_not() {
    let script = r#"{"dialect": "vatn", "run": [{"method": "shell.rum"}]}"#;
    let stage = Stage::new().file("app/pinokio.json", script);
    let checked = stage.call("check app");
    assert_eq!(checked.status, 0);
    let ran = stage.call("run app --listen 127.0.0.1:0");
    assert_eq!(ran.status, 0, "{}", ran.shown());
    for said in [&checked.stdout, &ran.stderr] {
        assert!(said.contains("there is no method `shell.rum`"), "{said}");
        assert!(said.contains("did you mean `shell.run`?"), "{said}");
    }
    assert!(!checked.stdout.contains("yet") && !ran.stderr.contains("yet"));
    let note = "note: there is no method shell.rum: nothing is done\n";
    assert!(ran.stdout.contains(note), "{}", ran.stdout);
}

#[test]
fn excerpts() {
    let stage = Stage::new().file("wrong.json", WRONG);
    assert_snapshot!(stage.call("check wrong.json").shown());
}

#[test]
fn long_lines_are_clipped() {
    let long = format!(
        r#"{{"title": "{}", "run": [{{"method": "lgo", "params": {{"raw": "{}"}}}}]}}"#,
        "x".repeat(300),
        "y".repeat(70_000)
    );
    let stage = Stage::new().file("long.json", long);
    let answer = stage.call("check long.json").shown();
    assert!(
        answer.lines().all(|line| line.chars().count() < 200),
        "{answer}"
    );
    assert_snapshot!(answer);
}

#[test]
fn folders() {
    let stage = Stage::new()
        .file("app/pinokio.json", r#"{"title": "An app"}"#)
        .file(
            "app/sub/up.json",
            r#"{"run": [{"method": "fs.rm", "params": {"path": "../models"}}]}"#,
        )
        .file(
            "app/out.json",
            r#"{"run": [{"method": "fs.rm", "params": {"path": "../models"}}]}"#,
        )
        .file("app/package.json", r#"{"name": "no script"}"#)
        .file("app/torn.json", r#"{"run": [{"method": "log""#)
        .file("app/node_modules/a/run.json", WRONG)
        .file("app/.git/run.json", WRONG)
        .file("app/mine/pyvenv.cfg", "")
        .file("app/mine/run.json", WRONG);
    assert_snapshot!(stage.call("check app").shown());
}

#[test]
fn standard_input() {
    let answer = Stage::new().call_with("check -", WARNED);
    assert_snapshot!(answer.shown());
}

#[test]
fn status() {
    let stage = Stage::new()
        .file("clean.json", CLEAN)
        .file("warned.json", WARNED)
        .file("wrong.json", WRONG);
    let table = [
        ("clean.json", 0),
        ("warned.json", 0),
        ("warned.json --deny warnings", 1),
        ("clean.json --deny warnings", 0),
        ("wrong.json", 1),
        ("wrong.json nothing.json", 2),
        (". nothing.json", 2),
        (".", 1),
        ("", 2),
        ("clean.json --format none", 2),
        ("--explain nothing", 2),
    ];
    for (arguments, status) in table {
        let answer = stage.call(&format!("check {arguments}"));
        assert_eq!(answer.status, status, "{}", answer.shown());
    }
    let unread = stage.call("check nothing.json");
    assert!(unread.stderr.contains("nothing.json"), "{}", unread.shown());
}

#[test]
fn lines_for_programs() {
    let stage = Stage::new().file("wrong.json", WRONG);
    let short = stage.call("--json check wrong.json");
    let long = stage.call("check wrong.json --format json");
    assert_eq!(short.stdout, long.stdout);
    assert_snapshot!(long.shown());
}

#[test]
fn a_code_is_explained() {
    assert_snapshot!(Stage::new().call("check --explain unset-variable").shown());
}

#[test]
fn the_schema_of_scripts() {
    let answer = Stage::new().call("check --schema");
    let schema: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(schema["title"], "Pinokio script");
}

/// A root that is named says where paths may lead.
#[test]
fn the_root_of_the_app() {
    let up = r#"{"run": [{"method": "fs.rm", "params": {"path": "../../models"}}]}"#;
    let stage = Stage::new().file("app/a/b/up.json", up);
    assert_eq!(stage.call("check app/a/b/up.json --root app").status, 0);
    assert_eq!(stage.call("check app/a/b/up.json --root app/a").status, 1);
    assert_eq!(stage.call("check app/a/b").status, 1);
    let marked = stage.file("app/a/pinokio.js", "");
    assert_eq!(marked.call("check app/a/b/up.json").status, 1);
}

#[test]
fn folders_without_a_script() {
    let stage = Stage::new()
        .file("docs/readme.txt", "nothing to run")
        .file("data/set.js", "var x = 1;");
    assert_snapshot!(stage.call("check docs data").shown());
    assert_snapshot!(stage.call("--json check docs").shown());
}
