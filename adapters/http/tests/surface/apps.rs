//! Apps that are added, looked at, updated and removed.

use crate::stage::{Stage, heard, process_ended};
use collodi_contain::Name;
use collodi_host::AppChange;
use futures::FutureExt as _;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Lines},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
};

on_each_runtime! {
    an_app_is_made_from_a_template
    a_repository_is_fetched_and_followed
    what_cannot_be_had
    an_app_that_runs_stays
    an_app_that_is_changed_does_not_run
    environments_go_when_asked_for
}

const SERVER: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo up; sleep 1000", "venv": "own", "daemon": true}}]}"#;

/// A repository, served by git for as long as it is there.
struct Repository {
    dir: PathBuf,
    url: String,
    server: Child,
    /// It dies when nobody could read what it says.
    _says: Lines<BufReader<ChildStderr>>,
}

impl Repository {
    fn new(stage: &Stage) -> Self {
        let dir = stage.path("../../repositories/greeter");
        std::fs::create_dir_all(&dir).unwrap();
        git(&dir, &["init", "-q", "-b", "main"]);
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Command::new("git")
            .args(["daemon", "--verbose", "--export-all", "--listen=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", dir.parent().unwrap().display()))
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        assert!(
            lines
                .by_ref()
                .any(|line| line.unwrap().contains("Ready to rumble"))
        );
        let url = format!("git://127.0.0.1:{port}/greeter");
        Self {
            dir,
            url,
            server,
            _says: lines,
        }
    }

    fn commit(&self, file: &str, text: &str) -> String {
        std::fs::write(self.dir.join(file), text).unwrap();
        git(&self.dir, &["add", "-A"]);
        git(&self.dir, &["commit", "-q", "-m", file]);
        git(&self.dir, &["rev-parse", "HEAD"])
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let group = format!("-{}", self.server.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.server.wait();
    }
}

fn git(dir: &Path, args: &[&str]) -> String {
    let me = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
    let output = Command::new("git")
        .current_dir(dir)
        .args(me)
        .args(args)
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn an_app_is_made_from_a_template(stage: Stage) {
    assert_snapshot!("templates", stage.get("/python/templates").await.shown());
    let body = json!({"template": "fastapi", "name": "web"});
    let made = stage.post_json("/python/apps", &body).await;
    assert_snapshot!("app_made", made.shown());
    assert!(stage.has("apps/web/main.py"));
    let taken = stage.post_json("/python/apps", &body).await;
    assert_snapshot!("app_taken", taken.shown());
    let listed = stage.get("/python/apps").await.expect(200);
    assert_eq!(listed.body["apps"][0]["origin"]["template"], "fastapi");
    stage.get("/python/apps/web/plan").await.expect(200);
    assert_snapshot!(
        "app_removed",
        stage.delete("/python/apps/web").await.shown()
    );
    assert!(!stage.has("apps/web"));
    assert_snapshot!("app_gone", stage.get("/python/apps/web").await.shown());
    stage.end().await;
}

async fn a_repository_is_fetched_and_followed(stage: Stage) {
    let stage = stage.with_settings("[python]\napp_schemes = [\"git\"]\n");
    let repository = Repository::new(&stage);
    let first = repository.commit("pinokio.json", r#"{"run": [{"method": "log"}]}"#);
    let body = json!({"source": repository.url});
    let added = stage.post_json("/python/apps", &body).await.expect(201);
    assert_eq!(added.text("name"), "greeter");
    assert_eq!(added.body["origin"]["commit"], first.as_str());
    assert_eq!(added.body["scripts"][0]["file"], "pinokio.json");
    let body = json!({"source": repository.url, "name": "pinned", "commit": first});
    stage.post_json("/python/apps", &body).await.expect(201);

    let second = repository.commit("more.txt", "more");
    let updated = stage.post("/python/apps/greeter/update").await.expect(200);
    assert_eq!(updated.text("status"), "updated");
    assert_eq!(updated.text("from"), first);
    assert_eq!(updated.body["app"]["origin"]["commit"], second.as_str());
    let same = stage.post("/python/apps/pinned/update").await.expect(200);
    assert_eq!(same.text("status"), "unchanged");

    stage.file("apps/greeter/more.txt", "mine");
    let refused = stage.post("/python/apps/greeter/update").await.expect(409);
    assert_eq!(refused.problem(), "would-lose");
    assert!(refused.text("detail").ends_with("more.txt"));
    let discard = json!({"discard": true, "commit": first});
    let back = stage
        .post_json("/python/apps/greeter/update", &discard)
        .await;
    assert_eq!(back.expect(200).text("status"), "updated");
    assert!(!stage.has("apps/greeter/more.txt"));
    stage.end().await;
}

async fn what_cannot_be_had(stage: Stage) {
    let file = format!("file://{}", stage.path("").display());
    let table: [(Value, u16, &str); 12] = [
        (json!({}), 400, "bad-body"),
        (json!([]), 400, "bad-body"),
        (
            json!({"source": "https://h/x", "template": "vllm"}),
            400,
            "bad-body",
        ),
        (
            json!({"source": "https://h/x", "name": "../x"}),
            400,
            "bad-name",
        ),
        (json!({"template": "nothing"}), 404, "not-found"),
        (json!({"source": file}), 422, "bad-source"),
        (json!({"source": "/etc"}), 422, "bad-source"),
        (json!({"source": "http://127.0.0.1:1/x"}), 422, "bad-source"),
        (json!({"source": "ext::sh -c id://h/x"}), 422, "bad-source"),
        (
            json!({"source": "https://h/x", "commit": "--upload-pack=id"}),
            422,
            "bad-source",
        ),
        (json!({"source": "https://h/."}), 422, "bad-source"),
        (
            json!({"source": "https://127.0.0.1:1/x"}),
            502,
            "fetch-failed",
        ),
    ];
    for (body, status, problem) in table {
        let answer = stage.post_json("/python/apps", &body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.body);
        assert_eq!(answer.problem(), problem, "{body}");
    }
    stage.app("mine", SERVER);
    let mine = stage.post("/python/apps/mine/update").await.expect(422);
    assert_eq!(mine.problem(), "bad-source");
    stage.post("/python/apps/nothing/update").await.expect(404);
    stage.delete("/python/apps/nothing").await.expect(404);
    let entries = std::fs::read_dir(stage.path("apps")).unwrap();
    assert_eq!(entries.count(), 1);
    stage.end().await;
}

async fn an_app_that_runs_stays(stage: Stage) {
    stage.app("demo", SERVER);
    let mut events = stage.events().await;
    stage.post("/python/apps/demo/run").await.expect(200);
    for answer in [
        stage.delete("/python/apps/demo").await,
        stage.post("/python/apps/demo/update").await,
    ] {
        assert_eq!(answer.expect(409).problem(), "busy");
    }
    assert!(stage.has("apps/demo/pinokio.json"));
    let gone = stage
        .delete("/python/apps/demo?force=true")
        .await
        .expect(200);
    assert_eq!(gone.body["kept"], json!(["own"]));
    heard(&mut events, process_ended).await;
    assert!(!stage.has("apps/demo") && stage.has("envs/own"));
    stage
        .delete("/python/apps/demo?force=perhaps")
        .await
        .expect(400);
    stage.end().await;
}

async fn an_app_that_is_changed_does_not_run(stage: Stage) {
    stage.app("demo", SERVER);
    let name = Name::parse("demo").unwrap();
    let claim = stage.host.claim_app(&name, AppChange::Update);
    let claim = claim.await.unwrap();
    assert_snapshot!(
        "app_changing",
        stage.post("/python/apps/demo/run").await.shown()
    );
    for answer in [
        stage.post("/python/apps/demo/update").await,
        stage.delete("/python/apps/demo?force=true").await,
    ] {
        assert_eq!(answer.expect(409).problem(), "busy");
    }
    drop(claim);
    stage.post("/python/apps/demo/run").await.expect(200);
    // A claim that nobody waits for any more is let go, too.
    let other = Name::parse("other").unwrap();
    stage.app("other", SERVER);
    drop(Box::pin(stage.host.claim_app(&other, AppChange::Removal)).now_or_never());
    // By the time of an answer to a later question, it is.
    stage.host.query(|_| ()).await.unwrap();
    stage.post("/python/apps/other/run").await.expect(200);
    stage.end().await;
}

async fn environments_go_when_asked_for(stage: Stage) {
    for app in ["one", "two"] {
        stage.app(app, SERVER);
    }
    stage.post("/python/envs/own").await.expect(201);
    let first = stage.delete("/python/apps/one?env=true").await.expect(200);
    assert_eq!(first.body["environments"], json!([]));
    assert!(stage.has("envs/own"));
    let second = stage.delete("/python/apps/two?env=true").await.expect(200);
    assert_eq!(second.body["environments"], json!(["own"]));
    assert!(!stage.has("envs/own"));
    stage.end().await;
}
