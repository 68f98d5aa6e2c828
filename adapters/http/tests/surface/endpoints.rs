//! Every endpoint's answers, as they were recorded.

use crate::stage::{Stage, anonymous, heard, holder, process_ended, process_said, request};
use axum::http::{Method, header};
use collodi_http::Scope;
use insta::assert_snapshot;
use std::sync::atomic::Ordering;

on_each_runtime! {
    what_lives_is_told_with_what_it_uses
    a_signal_reaches_what_lives
    an_empty_workspace
    a_mac_with_apples_processor
    environments
    an_environment_in_use
    a_half_made_environment
    an_app_with_a_daemon
    the_pages_of_a_log
    what_is_not_there
    the_end_of_the_server
    plans
}

const SERVER: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "echo hello $((1 + 1))"}},
    {"method": "shell.run", "params": {"message": "echo oops >&2; echo up; sleep 1000", "daemon": true, "autoRestart": true}}
]}"#;

async fn an_empty_workspace(stage: Stage) {
    assert_snapshot!("livez", stage.get("/livez").await.shown());
    assert_snapshot!("status", stage.get("/python/status").await.shown());
    for scope in Scope::ALL {
        let bearer = format!("Bearer {}", holder(scope));
        let asked = anonymous(Method::GET, "/python/status").header(header::AUTHORIZATION, bearer);
        let status = stage.ask(asked, "").await.expect(200);
        assert_eq!(status.text("scope"), scope.as_str());
    }
    assert_snapshot!("config", stage.get("/python/config").await.shown());
    assert_snapshot!("doctor", stage.get("/python/doctor").await.shown());
    for list in ["envs", "apps", "runs", "processes"] {
        let answer = stage.get(&format!("/python/{list}")).await.expect(200);
        assert_eq!(answer.body[list], serde_json::json!([]));
        assert_eq!(answer.body["count"], 0);
    }
    stage.end().await;
}

async fn a_mac_with_apples_processor(stage: Stage) {
    let told = |mlx: &str| {
        let json = format!(r#"{{"appleSilicon": true, "mlx": {mlx}}}"#);
        let system = collodi_script::read_json(&json).unwrap();
        collodi_host::Command::Know([("system", system)].into_iter().collect())
    };
    for (mlx, expected) in [("null", "not installed"), ("\"0.29.3\"", "0.29.3")] {
        stage.host.command(told(mlx)).await.unwrap();
        let status = stage.get("/python/status").await.expect(200);
        assert_eq!(status.body["appleSilicon"], true);
        assert_eq!(status.text("mlx"), expected);
        assert_eq!(status.body["mlxEnv"], serde_json::Value::Null);
    }
    // What counts is what apps use.
    stage.post("/python/envs/tuner").await.expect(201);
    let package = "envs/tuner/lib/python3.12/site-packages/mlx-0.30.0.dist-info/METADATA";
    stage.file(package, "");
    let status = stage.get("/python/status").await.expect(200);
    assert_eq!(
        (status.text("mlx"), status.text("mlxEnv")),
        ("0.30.0", "tuner")
    );
    stage.end().await;
}

async fn environments(stage: Stage) {
    assert_snapshot!(
        "env_created",
        stage.post("/python/envs/tools").await.shown()
    );
    assert!(stage.has("envs/tools/bin/python"));
    assert_snapshot!("env_reused", stage.post("/python/envs/tools").await.shown());
    stage.app("uses", r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {"message": "ls", "venv": "tools"}}]}"#);
    let envs = stage.get("/python/envs?wait=true").await;
    assert_snapshot!("envs", envs.shown());
    assert_snapshot!(
        "env_deleted",
        stage.delete("/python/envs/tools").await.shown()
    );
    assert!(!stage.has("envs/tools"));
    assert_snapshot!(
        "env_missing",
        stage.delete("/python/envs/tools").await.shown()
    );
    stage.file("envs/full/notes.txt", "not an environment");
    assert_snapshot!(
        "env_not_made",
        stage.post("/python/envs/full").await.shown()
    );
    assert!(stage.has("envs/full/notes.txt"));
    stage.delete("/python/envs/full").await.expect(404);
    assert!(stage.has("envs/full/notes.txt"));
    stage.end().await;
}

/// What lives keeps its environment, unless somebody insists.
async fn an_environment_in_use(stage: Stage) {
    let script = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
        "params": {"message": "sleep 1000", "venv": "tools", "daemon": true}}]}"#;
    stage.app("demo", script);
    stage.post("/python/apps/demo/run").await.expect(200);
    let envs = stage.get("/python/envs?wait=true").await.expect(200);
    let kinds = envs.body["envs"][0]["usedBy"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds.map(|user| user["kind"].clone()).collect();
    assert_eq!(kinds, ["process", "script"]);
    let refused = stage.delete("/python/envs/tools").await;
    assert_snapshot!("env_in_use", refused.shown());
    assert!(stage.has("envs/tools/bin/python"));
    stage
        .delete("/python/envs/tools?force=maybe")
        .await
        .expect(400);
    stage
        .delete("/python/envs/tools?force=true")
        .await
        .expect(200);
    assert!(!stage.has("envs/tools"));
    let config = stage.get("/python/config").await.expect(200);
    assert!(config.body["disk"]["totalBytes"].as_u64().unwrap() > 0);
    stage.end().await;
}

/// A making or deletion that a crash has cut is deleted like one that is whole.
async fn a_half_made_environment(stage: Stage) {
    stage.file("envs/half/lib/some", "half");
    stage.file("envs/.half.creating", "");
    let envs = stage.get("/python/envs").await.expect(200);
    assert_eq!(envs.body["count"], 0);
    stage.delete("/python/envs/half").await.expect(200);
    assert!(!stage.has("envs/half") && !stage.has("envs/.half.creating"));
    stage.end().await;
}

async fn an_app_with_a_daemon(stage: Stage) {
    stage.app("demo", SERVER);
    stage.file("apps/empty/readme.txt", "no script");
    let mut events = stage.events().await;
    let run = stage.post("/python/apps/demo/run").await;
    assert_snapshot!("run", run.shown());
    let id = run.body["daemonProcessIds"][0].as_str().unwrap();
    heard(&mut events, process_said("up")).await;
    assert_snapshot!("apps", stage.get("/python/apps").await.shown());
    assert_snapshot!("processes", stage.get("/python/processes").await.shown());
    let of_app = stage.get("/python/apps/demo/processes").await;
    assert_snapshot!("app_processes", of_app.shown());
    let unknown = stage.get("/python/apps/nobody/processes").await;
    assert_snapshot!("app_processes_unknown", unknown.shown());

    let status = stage
        .get(&format!("/python/processes/{id}/status"))
        .await
        .expect(200);
    assert_eq!(status.text("status"), "running");
    assert!(
        status.body["logs"][0]
            .as_str()
            .unwrap()
            .starts_with("[VATN] Process started (pid=")
    );
    let run_id = run.text("runId");
    assert_snapshot!(
        "run_view",
        stage.get(&format!("/python/runs/{run_id}")).await.shown()
    );
    assert_snapshot!(
        "run_logs",
        stage
            .get(&format!("/python/runs/{run_id}/logs"))
            .await
            .shown()
    );

    let busy = stage.post("/python/apps/demo/run").await;
    assert_snapshot!("busy", busy.shown());

    let restarted = stage.post(&format!("/python/processes/{id}/restart")).await;
    assert_snapshot!("process_restarting", restarted.shown());
    heard(&mut events, process_said("up")).await;
    let stopped = stage.post(&format!("/python/processes/{id}/stop")).await;
    assert_snapshot!("process_stopping", stopped.shown());
    heard(&mut events, process_ended).await;
    let mut ended = stage.get(&format!("/python/processes/{id}/status")).await;
    // The order of the two streams is not settled.
    ended.body["logs"] = ended.body["logs"].as_array().unwrap().len().into();
    assert_snapshot!("process_status", ended.shown());
    let again = stage
        .post(&format!("/python/processes/{id}/stop"))
        .await
        .expect(200);
    assert_eq!(again.text("status"), "stopping");
    let quiet = stage.post("/python/apps/demo/stop").await;
    assert_snapshot!("app_nothing_runs", quiet.shown());
    stage.end().await;
}

async fn the_pages_of_a_log(stage: Stage) {
    stage.app(
            "many",
            r#"{"run": [{"method": "shell.run", "params": {"message": "seq 600", "daemon": true}}], "dialect": "vatn"}"#,
        );
    let mut events = stage.events().await;
    let run = stage.post("/python/apps/many/run").await.expect(200);
    let id = run.body["daemonProcessIds"][0].as_str().unwrap();
    heard(&mut events, process_ended).await;
    let logs = |query: &str| format!("/python/processes/{id}/logs{query}");
    // Two notes and 600 lines went through, 500 are kept.
    assert_snapshot!("log_gap", stage.get(&logs("?from=0&limit=2")).await.shown());
    assert_snapshot!(
        "log_end",
        stage.get(&logs("?from=600&limit=10")).await.shown()
    );
    assert_snapshot!(
        "log_beyond",
        stage.get(&logs("?from=18446744073709551615")).await.shown()
    );
    let all = stage.get(&logs("?limit=100000")).await.expect(200);
    assert_eq!(all.body["lines"].as_array().unwrap().len(), 500);
    for (query, key) in [
        ("?from=-1", "from"),
        ("?limit=x", "limit"),
        ("?limit=", "limit"),
    ] {
        let answer = stage.get(&logs(query)).await.expect(400);
        assert_eq!(answer.problem(), "bad-parameter");
        assert!(answer.text("detail").starts_with(key));
    }
    let status = stage
        .get(&format!("/python/processes/{id}/status"))
        .await
        .expect(200);
    let lines = status.body["logs"].as_array().unwrap();
    assert_eq!(lines.len(), 50);
    assert_eq!(lines[49], "[VATN] Process exited (code=0)");
    assert_eq!(status.text("ended"), "exited");
    stage.end().await;
}

async fn what_is_not_there(stage: Stage) {
    stage.file("apps/empty/readme.txt", "no script");
    stage.file("apps/js/pinokio.js", "module.exports = {}");
    assert_snapshot!(
        "no_such_process",
        stage
            .get("/python/processes/x-0123abcd/status")
            .await
            .shown()
    );
    assert_snapshot!(
        "no_such_run",
        stage.get("/python/runs/x-run-0123abcd").await.shown()
    );
    assert_snapshot!(
        "no_script",
        stage.post("/python/apps/empty/run").await.shown()
    );
    assert_snapshot!(
        "javascript",
        stage.post("/python/apps/js/run").await.shown()
    );
    for (method, path, problem) in [
        (
            Method::GET,
            "/python/processes/x-0123abcd/logs",
            "not-found",
        ),
        (
            Method::POST,
            "/python/processes/x-0123abcd/stop",
            "not-found",
        ),
        (
            Method::POST,
            "/python/processes/x-0123abcd/restart",
            "not-found",
        ),
        (
            Method::POST,
            "/python/processes/x-0123abcd/start",
            "not-found",
        ),
        (Method::GET, "/python/runs/x/logs", "not-found"),
        (Method::POST, "/python/runs/x/cancel", "not-found"),
        (Method::POST, "/python/apps/nobody/run", "not-found"),
        (Method::POST, "/python/apps/nobody/stop", "nothing-runs"),
    ] {
        let answer = stage.ask(request(method, path), "").await;
        assert_eq!(answer.problem(), problem, "{path}");
    }
    stage.end().await;
}

async fn the_end_of_the_server(stage: Stage) {
    assert_snapshot!("shutdown", stage.post("/python/shutdown").await.shown());
    assert_eq!(stage.shutdowns.load(Ordering::Relaxed), 1);
    stage.app("demo", SERVER);
    let router = stage.router.clone();
    let budget = std::time::Duration::from_secs(30);
    let mut events = stage.events().await;
    let mut after = stage.another();
    after.router = router;
    let command = collodi_host::Command::Shutdown(budget);
    stage.host.command(command).await.unwrap();
    while futures::StreamExt::next(&mut events).await.is_some() {}
    assert_snapshot!("gone", after.get("/python/processes").await.shown());
    after.get("/livez").await.expect(200);
    after.end().await;
}

const INSTALL: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "pip install torch", "venv": "tools"}},
    {"method": "fs.write", "params": {"path": "config.json", "data": {"port": 80}}},
    {"method": "shell.run", "params": {"message": "python serve.py", "venv": "tools", "daemon": true}}
]}"#;

async fn plans(stage: Stage) {
    stage.app("server", INSTALL);
    stage.app("broken", r#"{"run": [{"method": "lgo"}]}"#);
    let start =
        r#"{"run": [{"method": "script.start", "params": {"uri": "~/api/server/pinokio.json"}}]}"#;
    stage.app("caller", start);
    let caller = stage.get("/python/apps/caller/plan").await.expect(200);
    let called = &caller.body["steps"][0]["effects"][0];
    assert_eq!(called["kind"], "script");
    assert_eq!(called["appId"], "server");
    assert_eq!(called["steps"].as_array().map(Vec::len), Some(3));
    assert_snapshot!("plan", stage.get("/python/apps/server/plan").await.shown());
    assert!(!stage.has("apps/server/config.json"));
    assert!(!stage.has("envs/tools"));
    let runs = stage.get("/python/runs").await.expect(200);
    assert_eq!(runs.body["count"], 0);
    stage.get("/python/apps/broken/plan").await.expect(422);
    stage.get("/python/apps/nothing/plan").await.expect(404);
    stage.end().await;
}

/// What has ended uses nothing, and is left out.
async fn what_lives_is_told_with_what_it_uses(stage: Stage) {
    let none = stage.get("/python/usage").await.expect(200);
    assert_eq!(none.body["processes"], serde_json::json!([]));
    let script = r#"{"run": [{"method": "shell.run", "params": {
        "message": "echo up; exec sleep 1000", "daemon": true}}]}"#;
    stage.app("demo", script);
    let ran = stage.post("/python/apps/demo/run").await.expect(200);
    let process = ran.body["daemonProcessIds"][0].as_str().unwrap().to_owned();
    let mut events = stage.events().await;
    let told = stage.get("/python/usage").await.expect(200).body;
    let [one] = told["processes"].as_array().unwrap().as_slice() else {
        panic!("{told}");
    };
    assert_eq!(
        (&one["id"], &one["app"]),
        (&process.as_str().into(), &"demo".into())
    );
    assert!(one["memoryBytes"].as_u64().unwrap() > 0, "{told}");
    assert!(one["cpuMs"].is_u64() && one["count"] == 1, "{told}");
    let figures = stage.get("/metrics").await.expect(200).body;
    let labels = format!("{{app=\"demo\",process=\"{process}\"}} ");
    for name in [
        "cpu_seconds_total",
        "resident_bytes",
        "members",
        "up",
        "restarts_total",
    ] {
        let sample = format!("\ncollodi_process_{name}{labels}");
        assert!(
            figures.as_str().unwrap().contains(&sample),
            "{name}: {figures}"
        );
    }
    let stopped = stage
        .post(&format!("/python/processes/{process}/stop"))
        .await;
    stopped.expect(200);
    heard(&mut events, process_ended).await;
    let none = stage.get("/python/usage").await.expect(200);
    assert_eq!(none.body["processes"], serde_json::json!([]));
    stage.end().await;
}

async fn a_signal_reaches_what_lives(stage: Stage) {
    let script = r#"{"run": [{"method": "shell.run", "params": {
        "message": "trap 'echo again' HUP; echo up; while :; do sleep 1000 & wait; done",
        "daemon": true}}]}"#;
    stage.app("demo", script);
    let mut events = stage.events().await;
    let ran = stage.post("/python/apps/demo/run").await.expect(200);
    let process = ran.body["daemonProcessIds"][0].as_str().unwrap().to_owned();
    let path = format!("/python/processes/{process}/signal");
    heard(&mut events, process_said("up")).await;
    let sent = stage
        .post_json(&path, &serde_json::json!({"signal": "HUP"}))
        .await;
    assert_snapshot!("signalled", sent.shown());
    heard(&mut events, process_said("again")).await;
    for wrong in [
        serde_json::json!({}),
        serde_json::json!({"signal": "SEGV"}),
        serde_json::json!({"signal": 9}),
        serde_json::json!({"signal": "HUP", "to": 1}),
    ] {
        let refused = stage.post_json(&path, &wrong).await.expect(400);
        assert_eq!(refused.problem(), "bad-body", "{wrong}");
    }
    let sent = stage
        .post_json(&path, &serde_json::json!({"signal": "KILL"}))
        .await;
    sent.expect(200);
    heard(&mut events, process_ended).await;
    let late = stage
        .post_json(&path, &serde_json::json!({"signal": "HUP"}))
        .await;
    assert_snapshot!("signal_too_late", late.shown());
    stage.end().await;
}
