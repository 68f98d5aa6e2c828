//! What code scanning asks of a log in SARIF 2.1.0.

use crate::stage::Stage;
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::BTreeSet;

const FILE: &str = "{'run': [\n  {\"method\": \"shell.rum\", \"params\": {\"message\": \"é夢\"}},\n  \
                    {\"method\": \"log\", \"params\": {\"raw\": \"{{local.url}}\"}},\n]}";

fn log(stage: &Stage, line: &str) -> Value {
    let answer = stage.call(line);
    serde_json::from_str(&answer.stdout).unwrap_or_else(|_| panic!("{}", answer.shown()))
}

#[test]
fn every_rule_of_the_schema_that_counts() {
    let stage = Stage::new()
        .file("with blank/a.json", FILE)
        .file("b.json", FILE);
    let log = log(&stage, "check . --format sarif");
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules = rules(run);
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 6);
    for result in results {
        is_result(result, &rules);
    }
    assert!(results.iter().any(|result| result["fixes"][0].is_object()));
}

/// The ids of the rules, each of which says what it means.
fn rules(run: &Value) -> Vec<&str> {
    let driver = &run["tool"]["driver"];
    assert!(!text(&driver["name"]).is_empty() && !text(&driver["version"]).is_empty());
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for words in ["shortDescription", "fullDescription", "help"] {
            assert!(!text(&rule[words]["text"]).is_empty(), "{rule}");
        }
        assert!(
            text(&rule["help"]["markdown"]).contains(text(&rule["id"])),
            "{rule}"
        );
    }
    let ids: Vec<&str> = rules.iter().map(|rule| text(&rule["id"])).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len());
    ids
}

fn is_result(result: &Value, rules: &[&str]) {
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index], text(&result["ruleId"]), "{result}");
    assert!(
        ["error", "warning", "note"].contains(&text(&result["level"])),
        "{result}"
    );
    assert!(!text(&result["message"]["text"]).is_empty(), "{result}");
    let place = &result["locations"][0]["physicalLocation"];
    is_artifact(&place["artifactLocation"]);
    is_region(&place["region"]);
    for fix in result["fixes"].as_array().unwrap() {
        assert!(!text(&fix["description"]["text"]).is_empty(), "{fix}");
        let change = &fix["artifactChanges"][0];
        is_artifact(&change["artifactLocation"]);
        is_region(&change["replacements"][0]["deletedRegion"]);
        assert!(change["replacements"][0]["insertedContent"]["text"].is_string());
    }
}

fn is_artifact(artifact: &Value) {
    let uri = text(&artifact["uri"]);
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
    assert!(!uri.is_empty() && uri.chars().all(plain), "{uri}");
    assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
}

fn is_region(region: &Value) {
    let of = |key: &str| region[key].as_u64().unwrap();
    let start = (of("startLine"), of("startColumn"));
    let end = (of("endLine"), of("endColumn"));
    assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn one_result_in_full() {
    let stage = Stage::new().file("a.json", FILE);
    let log = log(&stage, "check a.json --format sarif");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let method = results
        .iter()
        .find(|r| r["ruleId"] == "unknown-method")
        .unwrap();
    assert_snapshot!(serde_json::to_string_pretty(method).unwrap());
}

#[test]
fn what_could_not_be_read() {
    let log = log(&Stage::new(), "check nothing.json --format sarif");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert!(!text(&notification["message"]["text"]).is_empty());
}
