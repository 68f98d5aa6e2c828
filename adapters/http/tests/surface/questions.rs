//! Runs that ask, and their answers.

use crate::stage::{Answer, Stage, heard, request, run_ended};
use axum::http::{Method, header};
use collodi_host::{Event, RunEvent};
use insta::assert_snapshot;

on_each_runtime! {
    a_question_is_answered
    answers_come_with_the_run
}

const ASKS: &str = r#"{"run": [
    {"method": "input", "id": "setup", "params": {"title": "Settings", "form": [
        {"key": "name", "title": "Your name", "required": true},
        {"key": "size", "type": "select", "items": ["small", "large"], "default": "small"}]}},
    {"method": "shell.run", "params": {"message": "echo {{input.name}} {{input.size}}"}}]}"#;

fn asks(event: &Event) -> bool {
    let is_question = |what: &RunEvent| matches!(what, RunEvent::Step(collodi_run::Event::Asks(_)));
    matches!(event, Event::Run { what, .. } if is_question(what))
}

async fn post(stage: &Stage, path: &str, body: &str) -> Answer {
    let post = request(Method::POST, path).header("prefer", "respond-async");
    let post = post.header(header::CONTENT_TYPE, "application/json");
    stage.ask(post, body).await
}

async fn a_question_is_answered(stage: Stage) {
    stage.app("asker", ASKS);
    let mut events = stage.events().await;
    let begun = post(&stage, "/python/apps/asker/run", "{}")
        .await
        .expect(202);
    heard(&mut events, asks).await;
    let run = format!("/python/runs/{}", begun.text("runId"));
    let answer = format!("{run}/answer");
    assert_snapshot!("run_asking", stage.get(&run).await.shown());
    assert_snapshot!("answer_empty", stage.post(&answer).await.shown());
    let bad = r#"{"values": {"size": "huge"}}"#;
    assert_snapshot!("answer_bad", post(&stage, &answer, bad).await.shown());
    let elsewhere = r#"{"step": 1, "values": {"name": "Ada"}}"#;
    let elsewhere = post(&stage, &answer, elsewhere).await.expect(409);
    assert_eq!(elsewhere.problem(), "nothing-asked");
    let earlier = r#"{"question": 7, "values": {"name": "Ada"}}"#;
    let earlier = post(&stage, &answer, earlier).await.expect(409);
    assert_eq!(earlier.problem(), "nothing-asked");
    assert!(!stage.get(&run).await.body["question"].is_null());
    let good = r#"{"step": 0, "question": 1, "values": {"name": "Ada"}}"#;
    assert_snapshot!("answered", post(&stage, &answer, good).await.shown());
    heard(&mut events, run_ended).await;
    let logs = stage.get(&format!("{run}/logs")).await;
    let said = |line: &serde_json::Value| line["text"] == "Ada small";
    assert!(
        logs.body["lines"].as_array().unwrap().iter().any(said),
        "{:#}",
        logs.body
    );
    assert_snapshot!(
        "answered_too_late",
        post(&stage, &answer, good).await.shown()
    );
    post(&stage, "/python/runs/nothing/answer", good)
        .await
        .expect(404);
    stage.end().await;
}

async fn answers_come_with_the_run(stage: Stage) {
    stage.app("asker", ASKS);
    let run = |body: &'static str| {
        let post = request(Method::POST, "/python/apps/asker/run");
        stage.ask(post.header(header::CONTENT_TYPE, "application/json"), body)
    };
    let answered = run(r#"{"answers": {"name": "Ada", "setup": {"size": "large"}}}"#).await;
    let answered = answered.expect(200);
    let logs = stage
        .get(&format!("/python/runs/{}/logs", answered.text("runId")))
        .await;
    let said = |line: &serde_json::Value| line["text"] == "Ada large";
    assert!(
        logs.body["lines"].as_array().unwrap().iter().any(said),
        "{:#}",
        logs.body
    );
    assert_snapshot!(
        "nobody_answers",
        run(r#"{"unattended": true}"#).await.shown()
    );
    stage.end().await;
}
