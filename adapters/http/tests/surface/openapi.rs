//! The description against what it describes.

use crate::stage::Stage;
use axum::http::{Method, StatusCode};
use collodi_http::{ROUTES, Route, Scope};
use serde_json::Value;

on_each_runtime! {
    the_description_is_that_of_the_routes
    what_is_answered_is_what_is_described
}

/// No route answers with a status that its description does not have.
#[track_caller]
pub(crate) fn check(description: &Value, method: &Method, path: &str, status: StatusCode) {
    let is_at = |route: &&Route| {
        let (of, asked) = (route.path.split('/'), path.split('/'));
        of.clone().count() == asked.clone().count()
            && of
                .zip(asked)
                .all(|(of, asked)| of.starts_with('{') || of == asked)
    };
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut at_path = ROUTES.iter().filter(is_at);
    let Some(route) = at_path.find(|route| route.method == *method) else {
        return;
    };
    let operation = &description["paths"][route.path][method.as_str().to_lowercase()];
    let described = &operation["responses"][status.as_str()];
    assert!(
        described.is_object(),
        "{route:?} answers {status}, which is not described"
    );
}

async fn the_description_is_that_of_the_routes(stage: Stage) {
    let told = stage.get("/openapi.json").await.expect(200).body;
    assert_eq!(told["openapi"], "3.1.0");
    let paths = told["paths"].as_object().unwrap();
    let count: usize = paths
        .values()
        .map(|path| path.as_object().unwrap().len())
        .sum();
    assert_eq!(count, ROUTES.len());
    for route in ROUTES {
        let operation = &told["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_ne!(operation["summary"], "", "{route:?}");
        let needed = operation
            .pointer("/security/0/token/0")
            .and_then(Value::as_str);
        assert_eq!(needed, route.scope.map(Scope::as_str), "{route:?}");
        let names = route.path.matches('{').count();
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path = parameters.iter().filter(|one| one["in"] == "path");
        assert_eq!(in_path.count(), names, "{route:?}");
    }
    // What is not described cannot be read: `query.rs`.
    for (path, name) in [
        ("/api/guard/sandbox-audit", "after"),
        ("/python/apps", "wait"),
    ] {
        let parameters = told["paths"][path]["get"]["parameters"].as_array().unwrap();
        assert!(
            parameters.iter().any(|one| one["name"] == name),
            "{path}?{name}"
        );
    }
    every_reference_leads_somewhere(&told, &told);
    stage.end().await;
}

fn every_reference_leads_somewhere(part: &Value, whole: &Value) {
    if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(whole.pointer(pointer).is_some(), "{reference}");
    }
    match part {
        Value::Object(entries) => {
            let parts = entries.values();
            parts.for_each(|part| every_reference_leads_somewhere(part, whole));
        }
        Value::Array(items) => {
            items
                .iter()
                .for_each(|part| every_reference_leads_somewhere(part, whole));
        }
        _ => {}
    }
}

/// Every field of an answer is in the schema of its route, and every required one is there.
async fn what_is_answered_is_what_is_described(stage: Stage) {
    let script = r#"{"run": [{"method": "shell.run", "params": {
        "message": "echo up; exec sleep 1000", "daemon": true}}]}"#;
    stage.app("demo", script);
    let told = stage.get("/openapi.json").await.body;
    let ran = stage.post("/python/apps/demo/run").await.expect(200);
    let run = ran.text("runId").to_owned();
    let process = ran.body["daemonProcessIds"][0].as_str().unwrap().to_owned();
    for (path, id) in [
        ("/livez", ""),
        ("/python/status", ""),
        ("/python/config", ""),
        ("/python/envs", ""),
        ("/python/apps", ""),
        ("/python/apps/{name}", "demo"),
        ("/python/templates", ""),
        ("/python/apps/{name}/plan", "demo"),
        ("/python/apps/{name}/diagnostics", "demo"),
        ("/python/apps/{name}/processes", "demo"),
        ("/python/runs", ""),
        ("/python/runs/{id}", &run),
        ("/python/runs/{id}/logs", &run),
        ("/python/processes", ""),
        ("/python/processes/{id}/status", &process),
        ("/python/processes/{id}/logs", &process),
    ] {
        let answer = stage
            .get(&path.replace("{id}", id).replace("{name}", id))
            .await;
        let described = &told["paths"][path]["get"]["responses"]["200"];
        let schema = &described["content"]["application/json"]["schema"];
        fits(&answer.expect(200).body, schema, &told, path);
    }
    stage.end().await;
}

fn fits(value: &Value, schema: &Value, whole: &Value, what: &str) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let schema = whole.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        return fits(value, schema, whole, &format!("{what} {reference}"));
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object())
    else {
        if let (Some(items), Some(of)) = (value.as_array(), schema.get("items")) {
            items.iter().for_each(|item| fits(item, of, whole, what));
        }
        return;
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(
            fields.contains_key(name.as_str().unwrap()),
            "{what}: no {name}"
        );
    }
    for (name, field) in fields {
        let of = properties.get(name);
        fits(
            field,
            of.unwrap_or_else(|| panic!("{what}: {name}")),
            whole,
            what,
        );
    }
}
