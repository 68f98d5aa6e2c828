//! Scripts that are read and replaced, and logs that are searched and kept.

use crate::stage::{Answer, Stage, request};
use axum::http::{Method, header};
use serde_json::json;

on_each_runtime! {
    a_script_is_replaced_by_who_knows_it
    a_text_is_checked_and_planned_before_it_is_the_script
    logs_are_searched_and_kept
}

const BEFORE: &str = r#"{"run": [{"method": "log", "params": {"raw": "before"}}]}"#;
const AFTER: &str = r#"{"run": [{"method": "log", "params": {"raw": "after"}}]}"#;

async fn put(stage: &Stage, known: Option<&str>, text: &str) -> Answer {
    let asked = request(Method::PUT, "/python/apps/demo/script");
    let asked = asked.header(header::CONTENT_TYPE, "application/json");
    let asked = match known {
        Some(tag) => asked.header(header::IF_MATCH, tag),
        None => asked,
    };
    stage.ask(asked, text).await
}

async fn a_script_is_replaced_by_who_knows_it(stage: Stage) {
    stage.app("demo", BEFORE);
    let read = stage.get("/python/apps/demo/script").await.expect(200);
    assert_eq!(read.body, BEFORE);
    let tag = read.header("etag").unwrap();
    let refused = put(&stage, None, AFTER).await.expect(428);
    assert_eq!(refused.problem(), "no-condition");
    let refused = put(&stage, Some("\"other\""), AFTER).await.expect(412);
    assert_eq!(refused.problem(), "changed");
    let wrong = r#"{"run": [{"method": "fly"}]}"#;
    let refused = put(&stage, Some(tag), wrong).await.expect(422);
    assert_eq!(refused.body["diagnostics"][1]["code"], "unknown-method");
    assert_eq!(stage.get("/python/apps/demo/script").await.body, BEFORE);
    let either = format!("\"other\", {tag}");
    let replaced = put(&stage, Some(&either), AFTER).await.expect(200);
    assert_eq!(replaced.body["runnable"], true);
    let read = stage.get("/python/apps/demo/script").await;
    assert_eq!(read.body, AFTER);
    assert_eq!(read.header("etag"), replaced.header("etag"));
    put(&stage, Some(tag), BEFORE).await.expect(412);
    stage.app("demo", wrong);
    let told = stage.get("/python/apps/demo/diagnostics").await.expect(200);
    assert_eq!(told.body["runnable"], false);
    assert_eq!(told.body["diagnostics"][1]["line"], 1);
    stage.end().await;
}

async fn a_text_is_checked_and_planned_before_it_is_the_script(stage: Stage) {
    stage.app("demo", BEFORE);
    let text = |script: &str| json!({ "script": script });
    let path = "/python/apps/demo/diagnostics";
    let told = stage.post_json(path, &text(AFTER)).await.expect(200);
    assert_eq!(told.body["runnable"], true);
    let wrong = text("{\n  \"run\": [{\n    \"method\": \"fly\"}]}");
    let told = stage.post_json(path, &wrong).await.expect(200);
    assert_eq!(told.body["runnable"], false);
    assert_eq!(told.body["diagnostics"][1]["line"], 3);
    let refused = stage.post_json(path, &json!({})).await.expect(400);
    assert_eq!(refused.problem(), "bad-body");
    let path = "/python/apps/demo/plan";
    let plan = stage.post_json(path, &text(AFTER)).await.expect(200);
    assert_eq!(plan.body["steps"][0]["effects"][0]["text"], "after");
    let refused = stage.post_json(path, &wrong).await.expect(422);
    assert_eq!(refused.problem(), "invalid-script");
    stage.post(path).await.expect(400);
    let other = "/python/apps/nothing/plan";
    stage.post_json(other, &text(AFTER)).await.expect(404);
    assert_eq!(stage.get("/python/apps/demo/script").await.body, BEFORE);
    stage.end().await;
}

async fn logs_are_searched_and_kept(stage: Stage) {
    let words = r#"{"run": [{"method": "shell.run", "params": {
        "message": "printf 'one\\nTwo\\n\\033[31mtwo\\033[0m\\n'"}}]}"#;
    stage.app("demo", words);
    let ran = stage.post("/python/apps/demo/run").await.expect(200);
    let logs = format!("/python/runs/{}/logs", ran.text("runId"));
    let found = stage.get(&format!("{logs}?q=two")).await.expect(200);
    assert_eq!(found.body["lines"][0]["seq"], 2);
    let found = stage.get(&format!("{logs}?q=TWO&ignoreCase=true")).await;
    assert_eq!(found.body["lines"].as_array().unwrap().len(), 2);
    let kept = stage.get(&format!("{logs}/download")).await.expect(200);
    assert_eq!(kept.body, "one\nTwo\ntwo\n");
    assert!(kept.header("content-disposition").unwrap().contains(".log"));
    let kept = stage
        .get(&format!("{logs}/download?q=one&timestamps=true"))
        .await;
    assert!(kept.body.as_str().unwrap().ends_with("Z one\n"));
    let kept = stage.get(&format!("{logs}/download?ansi=true")).await;
    assert!(kept.body.as_str().unwrap().contains("\u{1b}[31m"));
    stage
        .get(&format!("{logs}?ignoreCase=perhaps"))
        .await
        .expect(400);
    stage.end().await;
}
