//! `collodi plan`

use crate::stage::Stage;
use insta::assert_snapshot;
use serde_json::Value;

const SCRIPT: &str = r#"{
  "dialect": "vatn",
  "run": [
    {"method": "shell.run", "params": {"message": "uv pip install -r requirements.txt", "venv": "web"}},
    {"method": "fs.write", "params": {"path": "config.json", "data": {"port": 80}}},
    {"when": "{{args.again}}", "method": "shell.run", "params": {"message": "echo old"}},
    {"method": "shell.run", "params": {"message": "serve", "daemon": true, "env": {"API_KEY": "not-to-be-seen"}}}
  ]
}"#;

fn stage(script: &str) -> Stage {
    let tools = Stage::new().file("bin/python3", "").file("bin/uv", "");
    tools.file("app/pinokio.json", script)
}

#[test]
fn for_people() {
    let answer = stage(SCRIPT).call("plan app");
    assert!(!answer.stdout.contains("to-be-seen") && !answer.stdout.contains("to_be_seen"));
    assert_snapshot!(answer.shown());
}

#[test]
fn with_every_variable() {
    let answer = stage(SCRIPT).call("plan app --env");
    assert!(!answer.stdout.contains("to-be-seen") && !answer.stdout.contains("to_be_seen"));
    assert!(
        answer.stdout.contains("without HF_TOKEN"),
        "{}",
        answer.shown()
    );
}

#[test]
fn for_programs() {
    let answer = stage(SCRIPT).call("--json plan app");
    let plan: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(plan["ending"]["status"], "completed");
    assert_eq!(plan["steps"][1]["effects"][0]["what"], "write");
    assert_eq!(plan["steps"][3]["effects"][0]["daemon"], true);
}

/// A plan for another machine.
#[test]
fn with_facts() {
    let script = r#"{"run": [
  {"when": "{{gpu === 'nvidia' && platform === 'win32'}}", "method": "log", "params": {"raw": "{{gpu_target}} {{vram}} {{os.platform()}}/{{arch}} {{gpus[0].model}}"}},
  {"when": "{{gpu === 'amd'}}", "method": "log", "params": {"raw": "amd"}}
]}"#;
    let stage = stage(script);
    let facts = "--fact vram=24 --fact gpu=nvidia --fact gpu_target=sm_89 --fact platform=win32 --fact arch=arm64";
    assert_snapshot!(stage.call(&format!("plan app {facts}")).shown());
    for (facts, expected) in [
        (
            "--fact gpu=none --fact vram=4",
            "vram is about a card, and there is none",
        ),
        ("--fact mem=4", "mem cannot be supposed"),
        (
            "--fact platform=windows",
            "it is one of linux, darwin, win32",
        ),
        ("--fact gpu", "write it as KEY=VALUE"),
    ] {
        let answer = stage.call(&format!("plan app {facts}"));
        assert_ne!(answer.status, 0);
        assert!(answer.stderr.contains(expected), "{}", answer.shown());
    }
}

/// The steps of the scripts that it starts stand below the steps that start them.
#[test]
fn with_the_scripts_that_it_starts() {
    let script = r#"{"run": [
  {"method": "script.start", "params": {"uri": "torch.json", "params": {"path": "lib"}}},
  {"method": "script.start", "params": {"uri": "https://example.org/a/tool.git/install.json"}}
]}"#;
    let torch = r#"{"run": [
  {"method": "fs.write", "params": {"path": "{{args.path}}/a.txt", "text": "a"}},
  {"when": "{{platform === 'win32'}}", "method": "shell.run", "params": {"message": "dir"}}
]}"#;
    let stage = stage(script).file("app/torch.json", torch);
    assert_snapshot!(stage.call("plan app").shown());
    let answer = stage.call("--json plan app");
    let plan: Value = serde_json::from_str(&answer.stdout).unwrap();
    let called = &plan["steps"][0]["effects"][0];
    assert_eq!(called["kind"], "script");
    assert_eq!(called["steps"][1]["line"], 3);
    assert_eq!(called["ending"]["status"], "completed");
}

#[test]
fn a_run_that_would_fail() {
    let script =
        "{\"run\": [\n  {\"method\": \"fs.read\", \"params\": {\"path\": \"nothing\"}}\n]}";
    assert_snapshot!(stage(script).call("plan app").shown());
}

#[test]
fn a_script_with_errors() {
    let answer = stage(r#"{"run": [{"method": "lgo"}]}"#).call("plan app");
    assert_eq!(answer.status, 1);
    assert!(
        answer.stderr.contains("unknown-method"),
        "{}",
        answer.shown()
    );
}

/// Nothing is made: no environment, no file, no workspace.
#[test]
fn nothing_is_touched() {
    let stage = stage(SCRIPT);
    let names = || {
        [stage.root(), stage.root().join("app")].map(|dir| {
            let entries = std::fs::read_dir(dir).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        })
    };
    let before = names();
    assert_eq!(stage.call("plan app").status, 0);
    assert_eq!(names(), before);
}

/// A card of a maker that no script asks for would be none, and nobody would know.
#[test]
fn makers_of_cards_are_known() {
    let script = r#"{"run": [{"when": "{{gpu === 'nvidia'}}", "method": "log", "params": {"raw": "it is"}}]}"#;
    let stage = stage(script);
    let answer = stage.call("plan app --fact gpu=NVIDIA");
    assert!(answer.stdout.contains("it is"), "{}", answer.shown());
    assert_snapshot!(stage.call("plan app --fact gpu=nvidai").shown());
}

/// What cannot be run fails the plan.
#[test]
fn what_would_fail_ends_with_1() {
    let script =
        r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "venv": "web"}}]}"#;
    let answer = Stage::new()
        .file("app/pinokio.json", script)
        .call("plan app");
    assert_snapshot!(answer.shown());
}
