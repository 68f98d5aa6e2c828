//! Processes that have ended, and are to run.

use crate::stage::{Stage, heard, process_ended, process_said};
use insta::assert_snapshot;
use std::fs;

on_each_runtime! {
    a_process_that_has_ended_is_started_under_its_name
    what_lives_is_left_alone
    what_it_ran_with_may_be_gone
    what_those_that_it_depends_on_ran_with_may_be_gone
    an_app_is_restarted_with_what_it_depends_on
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
    let answer = stage.post(&format!("/python/processes/{id}/start")).await;
    assert_snapshot!("start_of_one_that_lives", answer.shown());
    stage.post(&format!("/python/processes/{id}/stop")).await;
    heard(&mut events, process_ended).await;
    let path = format!("/python/processes/{id}/logs?q=up");
    let log = stage.get(&path).await.expect(200);
    assert_eq!(log.body["lines"].as_array().unwrap().len(), 1, "one life");
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

/// They would be started with it.
async fn what_those_that_it_depends_on_ran_with_may_be_gone(stage: Stage) {
    let mut events = stage.events().await;
    let both = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "exec sleep 1000", "daemon": true,
            "id": "db", "venv": "tools"}},
        {"method": "shell.run", "params": {"message": "echo up; exec sleep 1000", "daemon": true,
            "dependsOn": "db"}}]}"#;
    stage.app("demo", both);
    let run = stage.post("/python/apps/demo/run").await.expect(200);
    let ids = run.body["daemonProcessIds"].as_array().unwrap();
    let [db, server] = [0, 1].map(|at: usize| ids[at].as_str().unwrap());
    heard(&mut events, process_said("up")).await;
    stage.post("/python/apps/demo/stop").await.expect(200);
    for _ in 0..2 {
        heard(&mut events, process_ended).await;
    }
    fs::rename(stage.path("envs/tools"), stage.path("aside")).unwrap();
    for verb in ["start", "restart"] {
        let path = format!("/python/processes/{server}/{verb}");
        let refused = stage.post(&path).await.expect(409);
        let told = refused.body.to_string();
        assert!(told.contains(&format!("process {db} cannot run")), "{told}");
    }
    fs::rename(stage.path("aside"), stage.path("envs/tools")).unwrap();
    let path = format!("/python/processes/{server}/start");
    stage.post(&path).await.expect(200);
    heard(&mut events, process_said("up")).await;
    stage.end().await;
}

/// One that was stopped and that others depend on comes up with them; it has to be able to.
async fn an_app_is_restarted_with_what_it_depends_on(stage: Stage) {
    let mut events = stage.events().await;
    let both = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "echo db; exec sleep 1000", "daemon": true,
            "id": "db", "venv": "tools"}},
        {"method": "shell.run", "params": {"message": "echo web; exec sleep 1000", "daemon": true,
            "dependsOn": "db"}}]}"#;
    stage.app("demo", both);
    let restart = "/python/apps/demo/restart";
    assert_snapshot!("nothing_restarts", stage.post(restart).await.shown());
    let run = stage.post("/python/apps/demo/run").await.expect(200);
    let db = run.body["daemonProcessIds"][0].as_str().unwrap().to_owned();
    heard(&mut events, process_said("web")).await;
    stage
        .post(&format!("/python/processes/{db}/stop"))
        .await
        .expect(200);
    heard(&mut events, process_ended).await;
    fs::rename(stage.path("envs/tools"), stage.path("aside")).unwrap();
    let refused = stage.post(restart).await.expect(409).body.to_string();
    assert!(
        refused.contains(&format!("process {db} cannot run")),
        "{refused}"
    );
    fs::rename(stage.path("aside"), stage.path("envs/tools")).unwrap();
    assert_snapshot!("app_restarts", stage.post(restart).await.shown());
    heard(&mut events, process_said("db")).await;
    heard(&mut events, process_said("web")).await;
    stage.end().await;
}
