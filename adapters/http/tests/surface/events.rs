//! The stream of events, of real processes.

use crate::stage::{Stage, request};
use axum::{
    body::{Body, BodyDataStream},
    http::Method,
};
use futures::StreamExt as _;
use tower::ServiceExt as _;

on_each_runtime! {
    what_happens_is_told
    what_is_no_topic_is_refused
}

const DEMO: &str = r#"{"run": [
    {"method": "log", "params": {"raw": "a word"}},
    {"method": "shell.run", "params": {
        "message": "echo up; while :; do sleep 1000; done", "daemon": true}}]}"#;

pub(crate) async fn listen(stage: &Stage, topics: &str) -> BodyDataStream {
    let asked = request(Method::GET, &format!("/python/events?topics={topics}"));
    let asked = asked.body(Body::empty()).unwrap();
    let answer = stage.router.clone().oneshot(asked).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().into_data_stream()
}

/// Reads up to a piece that has all of these texts.
pub(crate) async fn until(told: &mut BodyDataStream, texts: &[&str]) -> String {
    loop {
        let bytes = told.next().await.unwrap().unwrap();
        let piece = String::from_utf8(bytes.to_vec()).unwrap();
        if texts.iter().all(|text| piece.contains(text)) {
            return piece;
        }
    }
}

async fn what_happens_is_told(stage: Stage) {
    stage.app("demo", DEMO);
    let mut told = listen(&stage, "runs,processes,envs").await;
    until(&mut told, &["event: reset", "\"start\""]).await;
    let ran = stage.post("/python/apps/demo/run").await.expect(200);
    let process = ran.body["daemonProcessIds"][0].as_str().unwrap();
    until(&mut told, &["event: note", "a word"]).await;
    until(&mut told, &["event: process", process, "\"running\""]).await;
    let mut log = listen(&stage, &format!("logs:{process}")).await;
    until(&mut log, &["event: log", "\"up\""]).await;
    stage.post("/python/apps/demo/stop").await.expect(200);
    until(&mut told, &["event: process", process, "\"stopped\""]).await;
    until(&mut log, &["Process exited"]).await;
    stage.post("/python/envs/fresh").await.expect(201);
    until(&mut told, &["event: envs", "fresh"]).await;
    stage.end().await;
    // The end of the host is the end of the stream.
    while told.next().await.is_some() {}
}

async fn what_is_no_topic_is_refused(stage: Stage) {
    let answer = stage.get("/python/events?topics=weather").await;
    assert_eq!(answer.expect(400).problem(), "bad-parameter");
    let asked = request(Method::GET, "/python/events").header("last-event-id", "x");
    let answer = stage.ask(asked, "").await;
    assert_eq!(answer.expect(400).problem(), "bad-parameter");
    stage.end().await;
}
