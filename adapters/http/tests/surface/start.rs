//! Processes that have ended, and are to run.

use crate::stage::{Stage, heard, process_ended, process_said};
use insta::assert_snapshot;
use std::fs;

on_each_runtime! {
    a_process_that_has_ended_is_started_under_its_name
    what_lives_is_left_alone
    what_it_ran_with_may_be_gone
}

const SERVER: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
    "params": {"message": "echo up; exec sleep 1000", "daemon": true, "venv": "tools"}}]}"#;

async fn started(stage: &Stage) -> String {
    stage.app("demo", SERVER);
    let run = stage.post("/python/apps/demo/run").await.expect(200);
    run.body["daemonProcessIds"][0].as_str().unwrap().to_owned()
}

async fn a_process_that_has_ended_is_started_under_its_name(stage: Stage) {
    let mut events = stage.events().await;
    let id = started(&stage).await;
    heard(&mut events, process_said("up")).await;
    for verb in ["start", "restart"] {
        stage.post(&format!("/python/processes/{id}/stop")).await;
        heard(&mut events, process_ended).await;
        let answer = stage.post(&format!("/python/processes/{id}/{verb}")).await;
        assert_snapshot!(format!("ended_{verb}"), answer.shown());
        heard(&mut events, process_said("up")).await;
    }
    let processes = stage.get("/python/processes").await.expect(200);
    assert_eq!(processes.body["count"], 1);
    assert_eq!(processes.body["processes"][0]["restartCount"], 0);
    let log = stage
        .get(&format!("/python/processes/{id}/logs?q=up"))
        .await;
    assert_eq!(
        log.body["lines"].as_array().unwrap().len(),
        3,
        "three lives"
    );
    stage.end().await;
}

async fn what_lives_is_left_alone(stage: Stage) {
    let mut events = stage.events().await;
    let id = started(&stage).await;
    heard(&mut events, process_said("up")).await;
    let status = async || {
        let path = format!("/python/processes/{id}/status");
        stage.get(&path).await.expect(200).body["pid"].clone()
    };
    let pid = status().await;
    let answer = stage.post(&format!("/python/processes/{id}/start")).await;
    assert_snapshot!("start_of_one_that_lives", answer.shown());
    assert_eq!(status().await, pid);
    stage.end().await;
}

/// Without its environment it would run with the interpreter of the machine.
async fn what_it_ran_with_may_be_gone(stage: Stage) {
    let mut events = stage.events().await;
    let id = started(&stage).await;
    stage.post("/python/apps/demo/stop").await.expect(200);
    heard(&mut events, process_ended).await;
    for dir in ["apps/demo", "envs/tools"] {
        fs::rename(stage.path(dir), stage.path("aside")).unwrap();
        let answer = stage.post(&format!("/python/processes/{id}/start")).await;
        let what = dir.split('/').next().unwrap();
        assert_snapshot!(format!("gone_{what}"), answer.shown());
        fs::rename(stage.path("aside"), stage.path(dir)).unwrap();
    }
    stage
        .post(&format!("/python/processes/{id}/start"))
        .await
        .expect(200);
    heard(&mut events, process_said("up")).await;
    stage.end().await;
}
