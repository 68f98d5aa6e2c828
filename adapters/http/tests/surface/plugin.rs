//! What clients of the VATN Python plugin ask, as its documentation has it, with the token added.

use crate::stage::{Stage, process_said, request};
use collodi_time::WallTime;
use serde_json::Value;

on_each_runtime! {
    every_documented_request_is_answered_with_its_fields
}

/// A request, the status it is answered with, and the fields that are documented of the answer. A
/// field is called by its kind, or by its text where there is but one.
type Documented = (&'static str, u16, &'static str);

const PROCESS: &str = r#"{"id": "string", "appId": "demo", "status": "string", "pid": "number",
    "restartCount": "number", "lastExitCode": "number", "startedAt": "string", "autoRestart": "bool"}"#;

/// In the order in which somebody would ask. `ID` is the process that the run has started.
const DOCUMENTED: &[Documented] = &[
    (
        "curl http://localhost:8300/python/status",
        200,
        r#"{"python": "string", "version": "string", "healthy": "bool", "uv": "string",
            "conda": "string", "appleSilicon": "bool", "mlx": "string", "envCount": "number",
            "processCount": "number"}"#,
    ),
    (
        "curl -X POST http://localhost:8300/python/envs/tools",
        201,
        r#"{"name": "tools", "path": "string", "status": "created"}"#,
    ),
    (
        "curl http://localhost:8300/python/envs",
        200,
        r#"{"envs": [{"name": "tools", "path": "string"}], "count": "number"}"#,
    ),
    (
        "curl -X POST http://localhost:8300/python/apps/demo/run",
        200,
        r#"{"status": "completed", "stepsRun": "number", "daemonProcessIds": ["string"]}"#,
    ),
    (
        "curl http://localhost:8300/python/apps",
        200,
        r#"{"apps": [{"name": "demo", "path": "string", "hasScript": "bool",
            "runningProcesses": "number"}], "count": "number"}"#,
    ),
    (
        "curl http://localhost:8300/python/apps/demo/processes",
        200,
        r#"{"appId": "demo", "processes": [PROCESS]}"#,
    ),
    (
        "curl http://localhost:8300/python/processes",
        200,
        r#"{"processes": [PROCESS], "count": "number"}"#,
    ),
    (
        "curl http://localhost:8300/python/processes/ID/status",
        200,
        r#"{"id": "string", "appId": "demo", "status": "running", "pid": "number",
            "restartCount": "number", "logs": ["string"]}"#,
    ),
    (
        "curl -X POST http://localhost:8300/python/processes/ID/stop",
        200,
        r#"{"status": "stopping", "id": "string"}"#,
    ),
    (
        "curl -X DELETE http://localhost:8300/python/envs/tools",
        200,
        r#"{"status": "deleted", "name": "tools"}"#,
    ),
    (
        "curl http://localhost:8300/python/config",
        200,
        r#"{"envsDir": "string", "appsDir": "string", "disk": "any", "tomlPath": "string",
            "note": "string"}"#,
    ),
    (
        "curl http://localhost:8300/api/guard/sandbox-audit",
        200,
        r#"{"entries": [{"sessionId": "string", "command": "string", "exitCode": "number or null",
            "durationMs": "number or null", "timestamp": "time"}]}"#,
    ),
    // The first command of the app, which has ended.
    (
        "curl http://localhost:8300/api/guard/sandbox-audit?app=demo&since=0&limit=1",
        200,
        r#"{"entries": [{"sessionId": "life", "command": "bash -c 'echo installed'",
            "exitCode": "number", "durationMs": "number", "timestamp": "time"}]}"#,
    ),
    ("curl http://localhost:8300/python/ui", 200, r#""string""#),
    (
        "curl -X POST http://localhost:8300/python/apps/nobody/run",
        404,
        r#"{"error": "string"}"#,
    ),
    (
        "curl http://localhost:8300/python/processes/demo-00000000/status",
        404,
        r#"{"error": "string"}"#,
    ),
];

async fn every_documented_request_is_answered_with_its_fields(stage: Stage) {
    stage.app(
        "demo",
        r#"{"run": [
            {"method": "shell.run", "params": {"message": "echo installed"}},
            {"method": "shell.run", "params": {
                "message": "echo up; exec sleep 1000", "daemon": true, "autoRestart": true}}]}"#,
    );
    let mut events = stage.events().await;
    let mut id = String::new();
    for (line, status, fields) in DOCUMENTED {
        let line = line.replace("ID", &id);
        let answer = stage.ask(asked(&line), "").await.expect(*status);
        let fields: Value = serde_json::from_str(&fields.replace("PROCESS", PROCESS)).unwrap();
        if let Some(missing) = missing(&fields, &answer.body) {
            panic!("{line}: {missing} is not in {:#}", answer.body);
        }
        if let Some(started) = answer.body["daemonProcessIds"][0].as_str() {
            id = started.to_owned();
            crate::stage::heard(&mut events, process_said("up")).await;
        }
    }
    stage.end().await;
}

/// The request of a line of curl, whose token is added.
fn asked(line: &str) -> axum::http::request::Builder {
    let words: Vec<_> = line.split(' ').collect();
    let (method, url) = match words[..] {
        ["curl", "-X", method, url] => (method, url),
        ["curl", url] => ("GET", url),
        _ => panic!("{line}"),
    };
    let path = url.strip_prefix("http://localhost:8300").unwrap();
    request(method.parse().unwrap(), path)
}

/// The first of the fields that an answer does not have as they are described.
fn missing(fields: &Value, answer: &Value) -> Option<String> {
    match fields {
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, field)| match answer.get(name) {
                Some(value) => missing(field, value).map(|inner| format!("{name}.{inner}")),
                None => Some(name.clone()),
            }),
        Value::Array(fields) => match answer.as_array() {
            Some(items) if !items.is_empty() => {
                items.iter().find_map(|item| missing(&fields[0], item))
            }
            _ => Some("an item".to_owned()),
        },
        Value::String(kind) => (!is_of_kind(kind, answer)).then(|| kind.clone()),
        _ => panic!("{fields}"),
    }
}

fn is_of_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "any" => true,
        "string" => value.is_string(),
        "number" => value.is_u64(),
        "number or null" => value.is_u64() || value.is_null(),
        "time" => value
            .as_str()
            .is_some_and(|text| text.parse::<WallTime>().is_ok()),
        "bool" => value.is_boolean(),
        text => value == text,
    }
}
