//! The page's files, the probes, and figures.

use crate::stage::{Stage, anonymous};
use axum::http::Method;
use std::collections::BTreeSet;

on_each_runtime! {
    the_page_is_there_without_a_token
    figures_are_told
}

async fn the_page_is_there_without_a_token(stage: Stage) {
    let ask = async |path: &str| stage.ask(anonymous(Method::GET, path), "").await;
    let index = ask("/python/ui").await.expect(200);
    let html = index.body.as_str().unwrap().to_owned();
    assert_eq!(
        index.header("content-type"),
        Some("text/html; charset=UTF-8")
    );
    let policy = index.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "trusted-types 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    // Whatever the page and its modules name is there.
    let mut named = vec![html];
    let mut seen = BTreeSet::new();
    while let Some(text) = named.pop() {
        for file in files(&text) {
            if seen.insert(file.clone()) {
                let answer = ask(&format!("/python/ui/{file}")).await.expect(200);
                named.push(answer.body.as_str().unwrap().to_owned());
            }
        }
    }
    assert!(seen.len() > 10);
    assert_eq!(
        ask("/python/ui/nothing.js").await.expect(404).problem(),
        "not-found"
    );
    stage.end().await;
}

/// The files that a text names: `"ui/x"` of the page, `"./x"` of a module.
fn files(text: &str) -> Vec<String> {
    let quoted = text.split('"');
    let names = quoted.filter_map(|text| text.strip_prefix("ui/").or(text.strip_prefix("./")));
    names.map(str::to_owned).collect()
}

async fn figures_are_told(stage: Stage) {
    let sleep = r#"{"run": [{"method": "shell.run", "params": {
        "message": "echo up; exec sleep 1000", "daemon": true}}]}"#;
    stage.app("demo", sleep);
    stage.post("/python/apps/demo/run").await.expect(200);
    let figures = stage.get("/metrics").await.expect(200);
    let text = figures.body.as_str().unwrap();
    for line in [
        "collodi_ready 1",
        "collodi_runs{status=\"completed\"} 1",
        "collodi_processes{status=\"running\"} 1",
        "# TYPE collodi_process_restarts_total counter",
        "collodi_process_restarts_total{app=\"demo\",process=\"demo-",
    ] {
        assert!(
            text.lines().any(|told| told.starts_with(line)),
            "{line} in {text}"
        );
    }
    let ready = stage.ask(anonymous(Method::GET, "/readyz"), "").await;
    assert_eq!(ready.expect(200).text("status"), "ok");
    stage.end().await;
}
