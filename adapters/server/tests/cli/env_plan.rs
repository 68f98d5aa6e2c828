//! `collodi env-plan`

use crate::stage::Stage;
use insta::assert_snapshot;
use serde_json::Value;

const POLICY: &str = r#"[sandbox.shell_env]
inherit = "all"
exclude = [
  "CORP_*", # ours
]
set = { CI = "true", DB_PASSWORD = "of-the-operator" }
grant = ["HF_TOKEN"]
"#;
const HOST: &str = r#"{
  "PATH": "/bin", "CORP_ID": "7", "AWS_PROFILE": "prod", "hf_home": "/hf", "LD_PRELOAD": "/h.so",
  "OPENAI_API_KEY": "sk-of-the-host", "HTTPS_PROXY": "http://me:hunter22@proxy:1/"
}"#;
const STEP: &str = r#"{
  "PIP_NO_CACHE_DIR": "1", "HF_TOKEN": "hf_of_the_step", "NOTE": "uses hf_of_the_step",
  "OPENAI_API_KEY": "sk-of-the-step", "LD_PRELOAD": "/s.so", "CI": "false", "CORP_ID": null
}"#;

fn stage(policy: &str) -> Stage {
    let stage = Stage::new().file("policy.toml", policy);
    stage.file("host.json", HOST).file("step.json", STEP)
}

const CALL: &str =
    "env-plan --root . --policy policy.toml --host-env host.json --step-env step.json";

#[test]
fn for_people() {
    let answer = stage(POLICY).call(CALL);
    assert_snapshot!(answer.shown());
}

#[test]
fn for_programs() {
    let answer = stage(POLICY).call(&format!("{CALL} --json"));
    for secret in [
        "of-the-host",
        "of_the_step",
        "of-the-step",
        "of-the-operator",
        "hunter22",
    ] {
        assert!(!answer.stdout.contains(secret), "{secret}");
    }
    assert_snapshot!(answer.shown());
}

/// A policy that is another program's section would hold nothing.
#[test]
fn a_named_policy_has_no_foreign_sections() {
    let answer = stage("[sandbox.shell_env]\n[shell-environment]\n").call(CALL);
    assert!(
        answer
            .stderr
            .contains("policy.toml:2:2: shell-environment: unknown key")
    );
}

/// What never ends is not waited for.
#[test]
fn a_policy_is_a_regular_file() {
    let answer = stage(POLICY).call("env-plan --root . --policy /dev/zero");
    assert!(
        answer.stderr.contains("not a regular file"),
        "{}",
        answer.stderr
    );
    let answer = stage(POLICY).call("env-plan --root . --host-env /dev/zero");
    assert!(
        answer.stderr.contains("not a regular file"),
        "{}",
        answer.stderr
    );
}

#[test]
fn grants_are_two_kinds() {
    let plan = |more: &str| -> Value {
        let answer = stage(POLICY).call(&format!("{CALL} --json {more}"));
        serde_json::from_str(&answer.stdout).unwrap()
    };
    let rule = |plan: &Value, name: &str| {
        let variables = plan["variables"].as_array().unwrap();
        let found = variables.iter().find(|v| v["name"] == name).unwrap();
        format!(
            "{} {}",
            found["rule"].as_str().unwrap(),
            found["verdict"].as_str().unwrap()
        )
    };
    let name = "OPENAI_API_KEY";
    assert_eq!(rule(&plan(""), name), "default-exclude dropped");
    assert_eq!(rule(&plan("--grant OPENAI_API_KEY"), name), "granted set");
    assert_eq!(
        rule(&plan("--grant-from-host OPENAI_API_KEY"), name),
        "granted kept"
    );
    let pinokio = plan("--dialect pinokio");
    assert_eq!(pinokio["environment"]["PYTORCH_ENABLE_MPS_FALLBACK"], "1");
}

#[test]
fn a_policy_that_is_wrong_is_refused_with_its_place() {
    let wrong = stage("[sandbox.shell_env]\ninherit = \"al\"\nexclude = \"A\"\n");
    assert_snapshot!(wrong.call(&format!("{CALL} --json")).shown());
    assert_eq!(stage(POLICY).call("env-plan --policy none.toml").status, 2);
    let odd = stage(POLICY).file("odd.json", r#"{"A": 1}"#);
    assert_eq!(odd.call("env-plan --host-env odd.json").status, 2);
}

/// Without a file the policy is that of the workspace, or the default.
#[test]
fn the_policy_of_the_workspace() {
    let call = "env-plan --host-env host.json --json";
    let passed = |stage: Stage| -> Value {
        serde_json::from_str::<Value>(&stage.call(call).stdout).unwrap()["environment"].clone()
    };
    assert!(passed(stage("")).get("hf_home").is_none());
    let all = stage("").file(".vatn/vatn.toml", "[sandbox.shell_env]\ninherit = 'all'\n");
    assert_eq!(passed(all)["hf_home"], "/hf");
}
