//! What is said over a script when it is run.

use crate::stage::{Answer, Stage, anonymous, heard, holder, process_said, run_ended};
use axum::http::{Method, header};
use collodi_env::Grants;
use collodi_http::Scope;
use insta::assert_snapshot;
use serde_json::{Value, json};

on_each_runtime! {
    a_variable_is_over_what_the_step_sets_for_this_run_alone
    what_a_step_may_not_set_nobody_may
    who_may_only_operate_sets_no_variables
    a_value_that_is_secret_is_shown_nowhere
    daemons_are_started_again_as_the_run_says
    a_rerun_has_what_the_run_had_and_more
    what_is_said_holds_for_the_scripts_that_are_started
    a_rerun_is_answered_anew
}

const SAYS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo \"$SIZE $COLOUR\" >> said", "env": {"SIZE": "small", "COLOUR": "red"}}}]}"#;

impl Stage {
    async fn run_with(&self, app: &str, overrides: Value) -> Answer {
        let body = json!({ "overrides": overrides });
        self.post_json(&format!("/python/apps/{app}/run"), &body)
            .await
    }

    async fn view_of(&self, run: &Answer) -> Answer {
        let path = format!("/python/runs/{}", run.text("runId"));
        self.get(&path).await.expect(200)
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.path("apps/demo/said")).unwrap()
    }
}

async fn a_variable_is_over_what_the_step_sets_for_this_run_alone(stage: Stage) {
    stage.app("demo", SAYS);
    let run = stage
        .run_with("demo", json!({"env": {"SIZE": "large"}}))
        .await
        .expect(200);
    let view = stage.view_of(&run).await;
    assert_eq!(view.body["overrides"], json!({"env": ["SIZE"]}));
    let run = stage.post("/python/apps/demo/run").await.expect(200);
    assert!(stage.view_of(&run).await.body.get("overrides").is_none());
    assert_eq!(stage.said(), "large red\nsmall red\n");
    stage.end().await;
}

async fn what_a_step_may_not_set_nobody_may(stage: Stage) {
    stage.app("demo", SAYS);
    let env =
        json!({"SIZE": "large", "LD_PRELOAD": "/tmp/x.so", "HF_TOKEN": "hush", "no/name": "1"});
    let refused = stage.run_with("demo", json!({ "env": env })).await;
    assert_snapshot!("variables_refused", refused.shown());
    for wrong in [
        json!({"env": {"PORT": 1}}),
        json!({"restart": "often"}),
        json!({"delay": 1}),
    ] {
        let answer = stage.run_with("demo", wrong).await.expect(400);
        assert_eq!(answer.problem(), "bad-body");
    }
    assert!(!stage.has("apps/demo/said"), "nothing has run");
    stage.end().await;
}

/// A variable can say where packages are from: that is to change what is executed. How often
/// daemons are started again is not.
async fn who_may_only_operate_sets_no_variables(stage: Stage) {
    stage.app("demo", SAYS);
    let asked = |path: &str| {
        let bearer = format!("Bearer {}", holder(Scope::Operate));
        anonymous(Method::POST, path)
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, "application/json")
    };
    let (size, restart) = (
        r#"{"overrides": {"env": {"SIZE": "large"}}}"#,
        r#"{"overrides": {"restart": "never"}}"#,
    );
    let run = stage
        .ask(asked("/python/apps/demo/run"), restart)
        .await
        .expect(200);
    let rerun = format!("/python/runs/{}/rerun", run.text("runId"));
    for path in ["/python/apps/demo/run", &rerun] {
        let answer = stage.ask(asked(path), size).await.expect(403);
        assert_eq!(
            (answer.problem(), answer.text("scope")),
            ("insufficient-scope", "admin")
        );
    }
    assert_eq!(stage.said(), "small red\n");
    stage.end().await;
}

/// The settings let steps set it, so a run may be given it; it is masked as any secret.
async fn a_value_that_is_secret_is_shown_nowhere(stage: Stage) {
    let stage = stage.another_with(|options| options.grants = Grants::none().to_step("HF_TOKEN"));
    let print = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "echo has $HF_TOKEN"}}]}"#;
    stage.app("demo", print);
    let run = stage
        .run_with("demo", json!({"env": {"HF_TOKEN": "hf_hush-hush"}}))
        .await;
    let run = run.expect(200);
    let view = stage.view_of(&run).await;
    assert_eq!(view.body["overrides"]["env"], json!(["HF_TOKEN"]));
    let log = format!("/python/runs/{}/logs", run.text("runId"));
    let log = stage.get(&log).await.expect(200);
    assert!(log.shown().contains("has "), "{}", log.shown());
    assert!(![log, view].iter().any(|told| told.shown().contains("hush")));
    stage.end().await;
}

async fn daemons_are_started_again_as_the_run_says(stage: Stage) {
    let server = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
        "message": "echo up; exec sleep 1000", "daemon": true, "restart": "never"}}]}"#;
    stage.app("demo", server);
    let mut events = stage.events().await;
    let said = json!({"restart": "always", "restartDelayMs": 7});
    let run = stage.run_with("demo", said.clone()).await.expect(200);
    heard(&mut events, process_said("up")).await;
    let processes = stage.get("/python/processes").await.expect(200);
    let process = &processes.body["processes"][0];
    assert_eq!(process["restartPolicy"], "always");
    assert_eq!(process["nextDelaysMs"][0], 7);
    let mut expected = said;
    expected["env"] = json!([]);
    assert_eq!(stage.view_of(&run).await.body["overrides"], expected);
    stage.end().await;
}

async fn a_rerun_has_what_the_run_had_and_more(stage: Stage) {
    stage.app("demo", SAYS);
    let run = stage
        .run_with("demo", json!({"env": {"SIZE": "large"}}))
        .await
        .expect(200);
    let mut events = stage.events().await;
    let path = format!("/python/runs/{}/rerun", run.text("runId"));
    let more = json!({"overrides": {"env": {"COLOUR": "blue"}}});
    let again = stage.post_json(&path, &more).await.expect(202);
    heard(&mut events, run_ended).await;
    let view = stage.view_of(&again).await;
    assert_eq!(view.body["overrides"]["env"], json!(["COLOUR", "SIZE"]));
    assert_eq!(stage.said(), "large red\nlarge blue\n");
    let refused = json!({"overrides": {"env": {"BASH_ENV": "x"}}});
    assert_eq!(
        stage.post_json(&path, &refused).await.expect(422).problem(),
        "bad-override"
    );
    stage.end().await;
}

async fn what_is_said_holds_for_the_scripts_that_are_started(stage: Stage) {
    let starts = r#"{"run": [{"method": "script.start", "params": {"uri": "says.json"}}]}"#;
    stage.app("demo", starts);
    stage.file(
        "apps/demo/says.json",
        &SAYS.replace("\"dialect\": \"vatn\", ", ""),
    );
    stage
        .run_with("demo", json!({"env": {"SIZE": "large"}}))
        .await
        .expect(200);
    assert_eq!(stage.said(), "large red\n");
    stage.end().await;
}

/// Answers of the body come before those of the earlier run, which hold for the rest.
async fn a_rerun_is_answered_anew(stage: Stage) {
    let asks = r#"{"run": [
        {"method": "input", "params": {"title": "?", "form": [{"key": "name"}, {"key": "size"}]}},
        {"method": "shell.run", "params": {"message": "echo {{input.name}} {{input.size}} >> said"}}]}"#;
    stage.app("demo", asks);
    let body = json!({"answers": {"name": "Ada", "size": "large"}});
    let run = stage
        .post_json("/python/apps/demo/run", &body)
        .await
        .expect(200);
    let path = format!("/python/runs/{}/rerun", run.text("runId"));
    for name in ["Bob", ""] {
        let mut events = stage.events().await;
        let answers = match name {
            "" => json!({"from": 0}),
            name => json!({"from": 0, "answers": {"name": name}}),
        };
        stage.post_json(&path, &answers).await.expect(202);
        heard(&mut events, run_ended).await;
    }
    assert_eq!(stage.said(), "Ada large\nBob large\nAda large\n");
    stage.end().await;
}
