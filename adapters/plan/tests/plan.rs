//! Scripts and their plans; and that a plan touches nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use collodi_api::{Effect, Plan, PlanStatus};
use collodi_contain::{RelPath, Root};
use collodi_plan::plan;
use collodi_python::{Interpreter, Tool, Toolchain};
use collodi_run::{App, RunOptions};
use collodi_script::{Options, parse};
use collodi_value::{Object, Value};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// An app in a folder of its own.
struct Stage {
    dir: TempDir,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("app")).unwrap();
        Self { dir }
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.dir.path().join("app").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn options(&self, script: &str) -> RunOptions {
        let root = self.root().join("app");
        let app = App::new(
            "app",
            Root::new(root.to_str().unwrap()),
            RelPath::root(),
            "a.json",
        );
        let script = parse(script, &Options::for_file("a.json"));
        let script = script
            .script()
            .unwrap_or_else(|_| panic!("{}", script.lines()));
        let tool = |name: &str| Tool {
            program: name.into(),
            version: name.into(),
        };
        let vars = [
            ("HOME", "/home/me"),
            ("PATH", "/bin"),
            ("HF_TOKEN", "hf_very_secret_value"),
            ("EDITOR", "vi"),
        ];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        RunOptions {
            tools: Arc::new(Toolchain {
                python: Some(Interpreter {
                    program: "python3".into(),
                    version: "Python 3.12.1".into(),
                }),
                uv: Some(tool("uv")),
                conda: None,
                refused: Vec::new(),
            }),
            host_vars: Arc::new(BTreeMap::from(vars)),
            ..RunOptions::new(script.clone(), app)
        }
    }

    async fn plan(&self, script: &str) -> Plan {
        let before = listing(&self.root());
        let plan = plan(self.options(script), &*collodi_tokio::backends().files).await;
        assert_eq!(
            before,
            listing(&self.root()),
            "the plan has touched something"
        );
        plan
    }

    /// The plan as text, without the place of the stage.
    async fn text(&self, script: &str) -> String {
        let text = as_text(&self.plan(script).await);
        text.replace(self.root().to_str().unwrap(), "…")
    }
}

/// Every path below a folder with its length, its time of change and its content.
fn listing(folder: &Path) -> String {
    let mut text = String::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let about = fs::symlink_metadata(&path).unwrap();
            let (length, changed) = (about.len(), about.modified().unwrap());
            writeln!(text, "{} {length} {changed:?}", path.display()).unwrap();
            if about.is_dir() {
                folders.push(path);
            } else {
                writeln!(text, "{:?}", fs::read(&path).unwrap()).unwrap();
            }
        }
    }
    text
}

/// A plan in brief: variables only where a step or the environment set them.
fn as_text(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        write!(text, "[{}] {}", step.step + 1, step.method).unwrap();
        if let Some(why) = &step.skipped {
            write!(text, " left out: {why}").unwrap();
        }
        text.push('\n');
        for effect in &step.effects {
            writeln!(text, "    {}", brief(effect)).unwrap();
        }
        for note in &step.notes {
            writeln!(text, "    note: {note}").unwrap();
        }
    }
    let ending = &plan.ending;
    let reason = ending.reason.as_ref().map(|reason| format!(": {reason}"));
    writeln!(text, "{}{}", ending.status, reason.unwrap_or_default()).unwrap();
    for assumption in &plan.assumptions {
        let step = assumption.step.map(|step| format!(" of step {}", step + 1));
        writeln!(
            text,
            "assumed{}: {}",
            step.unwrap_or_default(),
            assumption.text
        )
        .unwrap();
    }
    text
}

fn brief(effect: &Effect) -> String {
    match effect {
        Effect::Command(command) => {
            let mut text = format!("$ {} (in {})", command.line, command.cwd);
            for (flag, word) in [
                (command.daemon, " daemon"),
                (command.restarts, " restarts"),
                (command.lives_on, " lives on"),
            ] {
                text += if flag { word } else { "" };
            }
            for fetched in &command.network {
                text += &format!("\n      network: {fetched}");
            }
            text
        }
        Effect::File {
            what,
            path,
            from,
            exists,
            bytes,
        } => {
            let from = from
                .as_ref()
                .map(|from| format!("{from} to "))
                .unwrap_or_default();
            let bytes = bytes
                .map(|bytes| format!(" ({bytes} bytes)"))
                .unwrap_or_default();
            format!(
                "{what} {from}{path}{bytes}{}",
                if *exists { " [there]" } else { "" }
            )
        }
        other => serde_free(other),
    }
}

fn serde_free(effect: &Effect) -> String {
    format!("{effect:?}")
}

#[tokio::test]
async fn a_server_is_installed_and_stays_up() {
    let script = r#"{"dialect": "vatn", "run": [
      {"method": "shell.run", "params": {"message": "uv pip install torch", "venv": "env"}},
      {"method": "fs.write", "params": {"path": "conf/a.json", "data": {"a": 1}}},
      {"method": "fs.read", "id": "conf", "params": {"path": "conf/a.json"}},
      {"method": "shell.run", "params": {"message": "serve --conf {{conf}}", "venv": "env", "daemon": true, "autoRestart": true}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

#[tokio::test]
async fn what_a_command_says_is_not_made_up() {
    let script = r#"{"daemon": true, "run": [
      {"method": "shell.run", "params": {"message": "serve --port {{port}}", "on": [{"event": "/(http:\\/\\/[0-9.:]+)/", "done": true}]}},
      {"method": "local.set", "params": {"url": "{{input.event[1]}}"}},
      {"method": "log", "params": {"raw": "at {{local.url}}"}},
      {"when": "{{local.url.length > 9}}", "method": "shell.run", "params": {"message": "id -un"}},
      {"when": "{{input.stdout}}", "method": "log", "params": {"raw": "{{input.stdout}}"}},
      {"method": "browser.open", "params": {"uri": "{{local.url}}/start"}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

#[tokio::test]
async fn what_is_there_decides() {
    let script = r#"{"run": [
      {"when": "{{!exists('app')}}", "method": "shell.run", "params": {"message": "git clone https://example.org/a/app"}},
      {"when": "{{exists('app')}}", "method": "shell.run", "params": {"message": "git pull", "path": "app"}},
      {"when": "{{platform === 'win32'}}", "method": "shell.run", "params": {"message": "dir"}},
      {"when": "{{local.gpu}}", "method": "log", "params": {"raw": "never"}},
      {"method": "fs.rm", "params": {"path": "app"}},
      {"when": "{{exists('app')}}", "method": "log", "params": {"raw": "still there"}},
      {"method": "fs.rm", "params": {"path": "nothing"}},
      {"method": "fs.append", "params": {"path": "notes.txt", "text": "more"}},
      {"method": "fs.read", "params": {"path": "notes.txt", "encoding": "utf8"}},
      {"method": "log", "params": {"raw": "{{input}}"}},
      {"method": "fs.copy", "params": {"src": "notes.txt", "dest": "copy.txt"}}
    ]}"#;
    let fresh = Stage::new().file("notes.txt", "some, ");
    insta::assert_snapshot!("fresh", fresh.text(script).await);
    let installed = Stage::new()
        .file("notes.txt", "some, ")
        .file("app/main.py", "");
    insta::assert_snapshot!("installed", installed.text(script).await);
}

#[tokio::test]
async fn secrets_are_not_in_it() {
    let script = r#"{"run": [
      {"method": "shell.run", "params": {"message": "login {{env.HF_TOKEN}} {{args.password}} extra-secret-value", "env": {"API_KEY": "extra-secret-value", "MODE": "fast"}}},
      {"method": "log", "params": {"raw": "{{args.password}}"}}
    ]}"#;
    let stage = Stage::new();
    let options = RunOptions {
        args: Value::Object(
            [("password", Value::from("hunter22"))]
                .into_iter()
                .collect::<Object>(),
        ),
        grants: collodi_env::Grants::none()
            .from_host("HF_TOKEN")
            .to_step("API_KEY"),
        ..stage.options(script)
    };
    let plan = plan(options, &*collodi_tokio::backends().files).await;
    let all = format!("{plan:?}");
    for secret in ["hf_very_secret_value", "hunter22", "extra-secret-value"] {
        assert!(!all.contains(secret), "{all}");
    }
    let Effect::Command(command) = &plan.steps[0].effects[0] else {
        panic!("{plan:?}");
    };
    let variables = command.env.iter().map(|variable| {
        let (name, rule) = (&variable.name, &variable.rule);
        let value = variable.value.as_deref().unwrap_or("-");
        format!("{name} = {value} ({}): {rule}\n", variable.passed)
    });
    insta::assert_snapshot!(variables.collect::<String>());
}

#[tokio::test]
async fn the_ends_that_there_are() {
    let stage = Stage::new();
    let table = [
        (r#"{"method": "script.return"}"#, PlanStatus::Completed),
        (r#"{"method": "process.wait"}"#, PlanStatus::Waiting),
        (
            r#"{"method": "jump", "params": {"index": 0}}"#,
            PlanStatus::Endless,
        ),
        (
            r#"{"method": "fs.read", "params": {"path": "nothing"}}"#,
            PlanStatus::Failed,
        ),
        (
            r#"{"method": "process.wait", "params": {"sec": 5}}"#,
            PlanStatus::Completed,
        ),
        (
            r#"{"method": "app.launch", "params": {"id": "x"}}"#,
            PlanStatus::Completed,
        ),
    ];
    for (step, expected) in table {
        let plan = stage.plan(&format!(r#"{{"run": [{step}]}}"#)).await;
        assert_eq!(plan.ending.status, expected, "{step}\n{}", as_text(&plan));
    }
    let vatn = r#"{"dialect": "vatn", "run": [{"method": "script.return"}]}"#;
    assert_eq!(
        stage.plan(vatn).await.ending.status,
        PlanStatus::StoppedEarly
    );
}

/// A step that cannot be played is named, and what comes after it is planned all the same.
#[tokio::test]
async fn what_cannot_be_played_is_assumed() {
    let script = r#"{"run": [
      {"method": "app.launch", "params": {"id": "editor"}},
      {"method": "jump", "params": {"index": 3}},
      {"method": "log", "params": {"raw": "never"}},
      {"method": "log", "params": {"raw": "after"}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

#[tokio::test]
async fn people_the_network_shells_and_other_scripts() {
    let script = r#"{"run": [
      {"method": "input", "params": {"form": [{"key": "model", "default": "small"}, {"key": "name"}]}},
      {"method": "fs.download", "params": {"uri": "https://user:pass@example.org/{{input.model}}.bin", "dir": "models"}},
      {"method": "net", "params": {"method": "post", "url": "https://example.org/hook", "data": {"a": 1}}},
      {"method": "shell.start", "params": {"id": "s"}},
      {"method": "shell.enter", "params": {"id": "s", "message": "cd models"}},
      {"method": "shell.enter", "params": {"id": "s", "message": "ask", "on": [{"event": "/yes/", "return": true}]}},
      {"when": "{{!running('other.json')}}", "method": "script.start", "params": {"uri": "other.json"}},
      {"method": "log", "params": {"text": "the end"}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

#[tokio::test]
async fn secrets_of_a_file_are_not_in_it_either() {
    let script = r#"{"pre": [{"env": "MY_API_KEY"}], "run": [
      {"method": "log", "params": {"raw": "{{envs.MY_API_KEY}}"}},
      {"method": "script.start", "params": {"uri": "other.json", "params": {"key": "{{envs.MY_API_KEY}}"}}}
    ]}"#;
    let stage = Stage::new().file("ENVIRONMENT", "MY_API_KEY=supersecret123\n");
    let mut options = stage.options(script);
    options.environment.layers = vec![collodi_run::EnvironmentLayer::of_app(
        &options.app.root.at(collodi_contain::RelPath::root()),
    )];
    let plan = plan(options, &*collodi_tokio::backends().files).await;
    let all = format!("{plan:?}");
    assert!(all.contains("<secret MY_API_KEY>"), "{all}");
    assert!(!all.contains("supersecret123"), "{all}");
}
