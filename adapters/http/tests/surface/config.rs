//! Settings, read and changed.

use crate::stage::{Answer, Stage, request};
use axum::http::{Method, header};
use insta::assert_snapshot;
use std::fs;

on_each_runtime! {
    a_change_is_in_the_file_and_nothing_else_is
    what_would_be_wrong_changes_nothing
    the_environment_of_children
}

async fn put(stage: &Stage, body: &str) -> Answer {
    let request = request(Method::PUT, "/python/config");
    let json = request.header(header::CONTENT_TYPE, "application/json");
    stage.ask(json, body).await
}

async fn a_change_is_in_the_file_and_nothing_else_is(stage: Stage) {
    stage.file(
        "../vatn.toml",
        "# ours\n[python]\nprefer_uv = true # quick\n[node]\nx = 1\n",
    );
    let body =
        r#"{"preferUv": "false", "envsDir": "e\"x", "maxLogLines": 9, "note": "as it was told"}"#;
    let answer = put(&stage, body).await.expect(200);
    assert_snapshot!("config_saved", answer.shown());
    let file = || fs::read_to_string(stage.path("../vatn.toml")).unwrap();
    assert_snapshot!("config_file", file());
    // What is null or empty is the default again.
    put(
        &stage,
        r#"{"envsDir": "", "maxLogLines": null, "preferUv": true}"#,
    )
    .await
    .expect(200);
    assert_eq!(
        file(),
        "# ours\n[python]\nprefer_uv = true # quick\n[node]\nx = 1\n"
    );
    // The settings in force are those that the server has started with.
    let config = stage.get("/python/config").await.expect(200);
    assert_eq!(config.body["maxLogLines"], 500);
    stage.end().await;
}

async fn what_would_be_wrong_changes_nothing(stage: Stage) {
    let file = "[python]\nprefer_uv = true\n";
    stage.file("../vatn.toml", file);
    let injection = r#"{"envsDir": "x\n[sandbox.shell_env]\ninherit = all"}"#;
    for (body, problem, status) in [
        (injection, "bad-setting", 422),
        (r#"{"preferUv": "perhaps"}"#, "bad-setting", 422),
        (r#"{"maxLogLines": -1}"#, "bad-setting", 422),
        (r#"{"maxLogLines": {"a": 1}}"#, "bad-setting", 422),
        (r#"{"allowedEnvVars": ["A[B]"]}"#, "bad-setting", 422),
        (r#"{"pythonBinary": "/no/such/python"}"#, "bad-setting", 422),
        (r#"{"pythonBinary": "../python"}"#, "bad-setting", 422),
        (r#"{"nonsense": 1}"#, "bad-setting", 422),
        (
            r#"{"preferUv": false, "prefer_uv": false}"#,
            "bad-setting",
            422,
        ),
        (r#"["preferUv"]"#, "bad-body", 400),
        ("{", "bad-body", 400),
    ] {
        let answer = put(&stage, body).await.expect(status);
        assert_eq!(answer.problem(), problem, "{body}");
        assert_eq!(
            fs::read_to_string(stage.path("../vatn.toml")).unwrap(),
            file,
            "{body}"
        );
    }
    let unknown = put(&stage, r#"{"maxLogLine": 9, "x/y": 1}"#).await;
    assert_snapshot!("config_unknown", unknown.shown());
    stage.file("../vatn.toml", "[python");
    assert_eq!(
        put(&stage, r#"{"preferUv": true}"#).await.expect(422).body["line"],
        1
    );
    stage.end().await;
}

async fn the_environment_of_children(stage: Stage) {
    let answer = stage.get("/python/config/environment").await.expect(200);
    assert_eq!(answer.body["variables"][0]["rule"], "inherit");
    let answer = stage
        .get("/python/config/environment?dialect=pinokio")
        .await
        .expect(200);
    assert_eq!(answer.text("dialect"), "pinokio");
    let answer = stage
        .get("/python/config/environment?dialect=x")
        .await
        .expect(400);
    assert_eq!(answer.problem(), "bad-parameter");
    stage.end().await;
}
