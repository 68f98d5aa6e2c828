//! Runs: how they end, and how they are asked for.

use crate::stage::{Stage, heard, request, run_ended};
use axum::http::{Method, header};
use collodi_host::{Event, RunEvent};
use insta::assert_snapshot;
use std::{fs::File, io::Write as _};

on_each_runtime! {
    a_run_is_gone_on_with_from_the_step_that_failed
    a_step_that_fails
    a_script_that_is_wrong
    nobody_waits
    more_than_may_be_under_way
    cancelled_while_someone_waits
    a_run_goes_on_when_nobody_listens_any_more
    arguments
    a_script_that_stays_up
    a_script_that_returns
}

/// An app of one command, in the plugin's dialect.
fn command(line: &str) -> String {
    format!(
        "{{\n  \"dialect\": \"vatn\",\n  \"run\": [\n    {{\"method\": \"shell.run\", \"params\": {{\"message\": \"{line}\"}}}}\n  ]\n}}"
    )
}

fn running(event: &Event) -> bool {
    let what = |what: &RunEvent| matches!(what, RunEvent::Line { line, .. } if line.text == "here");
    matches!(event, Event::Run { what: w, .. } if what(w))
}

async fn a_step_that_fails(stage: Stage) {
    stage.app("bad", &command("echo first; echo last; exit 7"));
    let answer = stage.post("/python/apps/bad/run").await;
    assert_snapshot!("step_failed", answer.shown());
    let run = answer.text("runId");
    assert_snapshot!(
        "run_failed",
        stage.get(&format!("/python/runs/{run}")).await.shown()
    );
    stage.app(
        "lost",
        &command("exit 0").replace("\"message\"", "\"path\": \"../../..\", \"message\""),
    );
    let lost = stage.post("/python/apps/lost/run").await;
    assert!(
        matches!(lost.status.as_u16(), 422 | 500),
        "{}",
        lost.shown()
    );
    stage.end().await;
}

async fn a_script_that_is_wrong(stage: Stage) {
    stage.app("wrong", "{\n  \"run\": [\n    {\"method\": \"shell.rum\", \"params\": {}},\n    {\"method\": 3}\n  ]\n}");
    assert_snapshot!(
        "invalid_script",
        stage.post("/python/apps/wrong/run").await.shown()
    );
    stage.app("torn", "{\"run\": [");
    let torn = stage.post("/python/apps/torn/run").await.expect(422);
    assert!(!torn.body["diagnostics"].as_array().unwrap().is_empty());
    stage.app("about", "{\"title\": \"no steps\"}");
    let about = stage.post("/python/apps/about/run").await.expect(422);
    assert_eq!(about.problem(), "invalid-script");
    stage.end().await;
}

async fn nobody_waits(stage: Stage) {
    stage.app("slow", &command("echo here; sleep 1000"));
    let mut events = stage.events().await;
    let prefer = request(Method::POST, "/python/apps/slow/run")
        .header("prefer", "handling=lenient, Respond-Async; x=1");
    let accepted = stage.ask(prefer, "").await;
    assert_snapshot!("run_accepted", accepted.shown());
    assert_eq!(accepted.header("preference-applied"), Some("respond-async"));
    let location = accepted.header("location").unwrap();
    assert_eq!(location, format!("/python/runs/{}", accepted.text("runId")));
    heard(&mut events, running).await;
    assert_snapshot!("run_running", stage.get(location).await.shown());
    stage.post("/python/apps/slow/run").await.expect(409);
    let cancelled = stage.post(&format!("{location}/cancel")).await;
    assert_snapshot!("run_cancelling", cancelled.shown());
    heard(&mut events, run_ended).await;
    assert_snapshot!("run_cancelled", stage.get(location).await.shown());
    stage.end().await;
}

async fn more_than_may_be_under_way(stage: Stage) {
    let stage = stage.another_with(|options| options.runs = 1);
    stage.app("slow", &command("echo here; sleep 1000"));
    stage.app("quick", &command("exit 0"));
    let mut events = stage.events().await;
    let prefer = request(Method::POST, "/python/apps/slow/run").header("prefer", "respond-async");
    stage.ask(prefer, "").await.expect(202);
    let refused = stage.post("/python/apps/quick/run").await;
    assert_snapshot!("too_many", refused.shown());
    assert_eq!(refused.header("retry-after"), Some("10"));
    stage.post("/python/apps/slow/stop").await.expect(200);
    heard(&mut events, run_ended).await;
    stage.post("/python/apps/quick/run").await.expect(200);
    stage.end().await;
}

async fn cancelled_while_someone_waits(stage: Stage) {
    stage.app("slow", &command("echo here; sleep 1000"));
    let mut events = stage.events().await;
    let cancel = async {
        heard(&mut events, running).await;
        stage.post("/python/apps/slow/stop").await
    };
    let (run, stop) = futures::join!(stage.post("/python/apps/slow/run"), cancel);
    assert_snapshot!("cancelled", run.shown());
    assert_snapshot!("app_stopping", stop.shown());
    stage.end().await;
}

async fn a_run_goes_on_when_nobody_listens_any_more(stage: Stage) {
    stage.app("slow", &command("echo here; read line < go"));
    let fifo = std::process::Command::new("mkfifo");
    let go = stage.path("apps/slow/go");
    { fifo }.arg(&go).status().unwrap();
    let mut events = stage.events().await;
    {
        let run = stage.post("/python/apps/slow/run");
        let here = heard(&mut events, running);
        futures::pin_mut!(run, here);
        futures::future::select(run, here).await;
    }
    // Open for reading too, so that nothing here waits for a reader.
    let mut go = File::options().read(true).write(true).open(go).unwrap();
    go.write_all(b"on\n").unwrap();
    heard(&mut events, run_ended).await;
    let runs = stage.get("/python/runs").await;
    assert_eq!(runs.body["runs"][0]["status"], "completed");
    stage.end().await;
}

async fn arguments(stage: Stage) {
    stage.app("hello", r#"{"run": [{"method": "shell.run", "params": {"message": "echo {{args.name}} {{args.list[1].n}}"}}]}"#);
    let json = |body: &'static str| {
        let post = request(Method::POST, "/python/apps/hello/run");
        stage.ask(
            post.header(header::CONTENT_TYPE, "application/json; charset=utf-8"),
            body,
        )
    };
    let run = json(r#"{"args": {"name": "Ada", "list": [1, {"n": 2.5}]}}"#)
        .await
        .expect(200);
    let logs = stage
        .get(&format!("/python/runs/{}/logs", run.text("runId")))
        .await;
    let said = |line: &serde_json::Value| line["text"] == "Ada 2.5";
    assert!(
        logs.body["lines"].as_array().unwrap().iter().any(said),
        "{:#}",
        logs.body
    );

    assert_snapshot!("body_torn", json("{\"args\":\n  {\"a\": }}").await.shown());
    assert_snapshot!("body_wrong", json(r#"{"args": [1]}"#).await.shown());
    for body in [
        "null",
        "[]",
        "7",
        "{",
        "\u{0}",
        "{\"args\": \"x\"}",
        "{} {}",
    ] {
        let answer = json(body).await.expect(400);
        assert_eq!(answer.problem(), "bad-body", "{body:?}");
    }
    for body in ["{}", "{\"args\": null}", " {\"args\": {}} "] {
        json(body).await.expect(200);
    }
    let deep = format!(
        "{{\"args\": {}1{}}}",
        "{\"a\":".repeat(10_000),
        "}".repeat(10_000)
    );
    let deep = stage
        .ask(
            request(Method::POST, "/python/apps/hello/run")
                .header(header::CONTENT_TYPE, "application/json"),
            &deep,
        )
        .await;
    assert_eq!(deep.expect(400).problem(), "bad-body");
    stage.end().await;
}

async fn a_script_that_stays_up(stage: Stage) {
    stage.app(
        "up",
        r#"{"daemon": true, "run": [
                {"method": "shell.run", "params": {
                    "message": "echo ready; sleep 1000",
                    "on": [{"event": "/ready/", "done": true}]
                }}
            ]}"#,
    );
    let mut events = stage.events().await;
    let run = stage.post("/python/apps/up/run").await;
    assert_snapshot!("run_serving", run.shown());
    stage.post("/python/apps/up/run").await.expect(409);
    let path = format!("/python/runs/{}", run.text("runId"));
    assert_eq!(stage.get(&path).await.text("status"), "serving");
    stage.post("/python/apps/up/stop").await.expect(200);
    heard(&mut events, run_ended).await;
    assert_eq!(stage.get(&path).await.text("status"), "cancelled");
    stage.end().await;
}

async fn a_script_that_returns(stage: Stage) {
    stage.app(
        "back",
        r#"{"dialect": "vatn", "run": [
                {"method": "script.return"},
                {"method": "shell.run", "params": {"message": "exit 1"}}
            ]}"#,
    );
    let run = stage.post("/python/apps/back/run").await.expect(200);
    assert_eq!(run.text("status"), "stopped_early");
    assert_eq!(run.body["stepsRun"], 1);
    let runs = stage.get("/python/runs").await;
    assert_eq!(runs.body["runs"][0]["steps"][1]["status"], "pending");
    stage.end().await;
}

/// The script is mended in between; what the step before said, and the variables, are known.
async fn a_run_is_gone_on_with_from_the_step_that_failed(stage: Stage) {
    let script = |last: &str| {
        format!(
            r#"{{"dialect": "vatn", "run": [
            {{"method": "shell.run", "params": {{"message": "echo x >> times"}}}},
            {{"method": "local.set", "params": {{"key": "kept", "value": "a value"}}}},
            {{"method": "shell.run", "params": {{"message": "{last}"}}}}]}}"#
        )
    };
    stage.app("demo", &script("exit 3"));
    let failed = stage.post("/python/apps/demo/run").await.expect(500);
    let path = format!("/python/runs/{}/rerun", failed.text("runId"));
    let beyond = stage
        .post_json(&path, &serde_json::json!({"from": 3}))
        .await;
    assert_snapshot!("rerun_beyond", beyond.shown());
    stage.app("demo", &script("echo {{kept}} > said"));
    let mut events = stage.events().await;
    let accepted = stage.post(&path).await;
    assert_snapshot!("rerun", accepted.shown());
    heard(&mut events, run_ended).await;
    let run = stage.get(accepted.header("location").unwrap()).await;
    assert_snapshot!("rerun_view", run.shown());
    let read = |path: &str| std::fs::read_to_string(stage.path(path)).unwrap();
    assert_eq!(read("apps/demo/said"), "a value\n");
    assert_eq!(read("apps/demo/times"), "x\n");
    let unknown = stage.post("/python/runs/demo-run-00000000/rerun").await;
    assert_eq!(unknown.expect(404).problem(), "not-found");
    stage.end().await;
}
