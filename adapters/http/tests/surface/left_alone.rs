//! Processes of an earlier server of which nothing can be read.

use crate::{
    events::{listen, until},
    stage::Stage,
};
use collodi_host::HostOptions;
use insta::assert_snapshot;
use serde_json::json;
use std::{
    fs,
    process::{Child, Command},
};

on_each_runtime! {
    what_is_left_alone_is_shown_and_nothing_begins_beside_it
    what_is_removed_by_force_is_stopped_before
    what_nobody_can_find_is_not_removed_by_force
}

const ID: &str = "demo-1d2f8a30";
const SERVER: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
    "params": {"message": "true", "venv": "tools"}}]}"#;

/// A later version has written it down. Nobody knows its processes.
fn unread(options: &mut HostOptions) {
    options.journal = true;
    let state = options.layout.state().absolute();
    fs::create_dir_all(&state).unwrap();
    fs::write(format!("{state}/{ID}.json"), r#"{"version": 9}"#).unwrap();
}

/// Its tree is known, too, and something of it lives.
fn found(options: &mut HostOptions) -> Child {
    unread(options);
    let state = options.layout.state().absolute();
    let tree = state.replace('/', "-");
    let trees = format!(r#"{{"version": 1, "trees": [], "daemons": {{"{ID}": "{tree}"}}}}"#);
    fs::write(format!("{state}/trees.json"), trees).unwrap();
    let mut lives = Command::new("sleep");
    lives.arg("1000").env("COLLODI_TREE", tree).spawn().unwrap()
}

fn stage(beside: &Stage) -> Stage {
    let stage = beside.another_with(unread);
    fill(&stage);
    stage
}

fn fill(stage: &Stage) {
    stage.app("demo", SERVER);
    stage.file("envs/tools/pyvenv.cfg", "");
    stage.file("envs/tools/bin/python", "");
}

/// Waits until the server knows what was left.
async fn begun(stage: &Stage) {
    while !leaves_alone(stage).await {}
}

async fn leaves_alone(stage: &Stage) -> bool {
    let all = stage.get("/python/processes").await;
    !all.body["leftAlone"].is_null()
}

async fn what_is_left_alone_is_shown_and_nothing_begins_beside_it(beside: Stage) {
    let stage = stage(&beside);
    begun(&stage).await;
    let of_app = stage.get("/python/apps/demo/processes").await;
    assert_snapshot!("left_alone", of_app.shown());
    let all = stage.get("/python/processes").await.expect(200).body;
    assert_eq!(all["leftAlone"], of_app.body["leftAlone"]);
    let run = stage.post("/python/apps/demo/run").await.expect(409);
    assert_snapshot!("left_alone_run", run.shown());
    let env = stage.delete("/python/envs/tools").await.expect(409);
    assert_snapshot!("left_alone_env", env.shown());
    let removal = stage.delete("/python/apps/demo").await.expect(409);
    assert_snapshot!("left_alone_removal", removal.shown());
    let status = stage.get(&format!("/python/processes/{ID}/status")).await;
    assert_snapshot!("left_alone_status", status.expect(404).shown());
    let again = json!({"again": true});
    let again = stage.post_json("/python/apps/demo/run", &again).await;
    again.expect(200);
    let mut told = listen(&stage, "processes").await;
    until(&mut told, &["event: leftAlone", ID]).await;
    let stop = format!("/python/processes/{ID}/stop");
    stage.post(&stop).await.expect(200);
    until(&mut told, &["event: leftAlone", "[]"]).await;
    assert!(stage.has(&format!("state/aside/{ID}.json")));
    stage.post(&stop).await.expect(404);
    stage.post("/python/apps/demo/run").await.expect(200);
    stage.end().await;
    beside.end().await;
}

async fn what_is_removed_by_force_is_stopped_before(beside: Stage) {
    let mut lives = None;
    let stage = beside.another_with(|options| lives = Some(found(options)));
    fill(&stage);
    begun(&stage).await;
    let gone = stage.delete("/python/apps/demo?force=true&env=true").await;
    assert_eq!(gone.expect(200).body["environments"], json!(["tools"]));
    assert!(stage.has(&format!("state/aside/{ID}.json")));
    assert!(!lives.unwrap().wait().unwrap().success(), "it was ended");
    stage.end().await;
    beside.end().await;
}

/// Whoever nobody can end may live in the folder of the app.
async fn what_nobody_can_find_is_not_removed_by_force(beside: Stage) {
    let stage = stage(&beside);
    begun(&stage).await;
    let refused = stage.delete("/python/apps/demo?force=true").await;
    assert_snapshot!("left_alone_force", refused.expect(409).shown());
    assert!(stage.has("apps/demo/pinokio.json") && stage.has(&format!("state/{ID}.json")));
    stage.post("/python/apps/demo/stop").await.expect(200);
    while leaves_alone(&stage).await {}
    stage
        .delete("/python/apps/demo?force=true")
        .await
        .expect(200);
    stage.end().await;
    beside.end().await;
}
