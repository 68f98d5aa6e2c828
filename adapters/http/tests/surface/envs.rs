//! What is known of environments.

use crate::stage::Stage;

on_each_runtime! {
    a_size_is_counted_again_once_an_installation_is_through
}

const INSTALLS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "head -c 300000 /dev/zero > $VIRTUAL_ENV/package", "venv": "tools"}}]}"#;

async fn a_size_is_counted_again_once_an_installation_is_through(stage: Stage) {
    stage.app("demo", INSTALLS);
    stage.post("/python/envs/tools").await.expect(201);
    let size = async |query: &str| {
        let envs = stage.get(&format!("/python/envs{query}")).await.expect(200);
        envs.body["envs"][0]["size"]["bytes"].as_u64()
    };
    let before = size("?wait=true").await.unwrap();
    assert_eq!(size("").await, Some(before));
    stage.post("/python/apps/demo/run").await.expect(200);
    assert_eq!(size("").await, None, "what is known was counted before");
    let after = size("?wait=true").await.unwrap();
    assert!(after >= before + 300_000, "{before} {after}");
    assert_eq!(size("").await, Some(after));
    stage.end().await;
}
