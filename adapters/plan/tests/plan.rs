//! Scripts and their plans; and that a plan touches nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use collodi_api::{Assumption, Effect, Plan, PlanEnding, PlanStatus, PlanStep};
use collodi_contain::{RelPath, Root};
use collodi_host::{HostOptions, RunRequest};
use collodi_plan::{PlanOptions, plan};
use collodi_python::{Interpreter, Layout, Platform, Tool, Toolchain};
use collodi_run::App;
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

    fn request(&self, script: &str) -> RunRequest {
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
        RunRequest {
            app,
            script: Arc::new(script.clone()),
            args: Value::Object(Object::new()),
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        }
    }

    fn options(&self) -> PlanOptions {
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
        let root = Root::new(self.root().to_str().unwrap());
        let layout = Layout::new(root, Platform::LINUX_X64);
        PlanOptions {
            stand_ins: None,
            holds: |_| Err("there is no sandbox on this machine".to_owned()),
            tools: Arc::new(Toolchain {
                python: Some(Interpreter {
                    program: "python3".into(),
                    version: "Python 3.12.1".into(),
                }),
                uv: Some(tool("uv")),
                conda: None,
                refused: Vec::new(),
            }),
            host: HostOptions {
                host_vars: Arc::new(BTreeMap::from(vars)),
                ..HostOptions::new(layout, 0)
            },
        }
    }

    async fn plan(&self, script: &str) -> Plan {
        let before = listing(&self.root());
        let plan = self.plan_with(&self.options(), self.request(script)).await;
        assert_eq!(
            before,
            listing(&self.root()),
            "the plan has touched something"
        );
        plan
    }

    async fn plan_with(&self, options: &PlanOptions, request: RunRequest) -> Plan {
        let source = request.script.value().to_json();
        plan(options, request, &source, &*collodi_tokio::backends().files).await
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
    let mut text = played(&plan.steps, &plan.ending);
    for Assumption {
        script,
        step,
        list,
        text: assumed,
    } in &plan.assumptions
    {
        let step = step.map(|step| format!(" of step {}", place(list.as_deref(), step)));
        let script = script.as_ref().map(|script| format!(" of {script}"));
        let of = step.unwrap_or_default() + &script.unwrap_or_default();
        writeln!(text, "assumed{of}: {assumed}").unwrap();
    }
    text
}

fn place(list: Option<&str>, step: usize) -> String {
    let list = list.map(|list| format!("{list}/"));
    format!("{}{}", list.unwrap_or_default(), step + 1)
}

fn played(steps: &[PlanStep], ending: &PlanEnding) -> String {
    let mut text = String::new();
    for step in steps {
        let place = place(step.list.as_deref(), step.step);
        write!(text, "[{place}] {}", step.method).unwrap();
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
    let reason = ending.reason.as_ref().map(|reason| format!(": {reason}"));
    writeln!(text, "{}{}", ending.status, reason.unwrap_or_default()).unwrap();
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
        Effect::Script(script) => {
            let (app, file, args) = (&script.app_id, &script.file, &script.args);
            let steps = played(&script.steps, &script.ending);
            let nested: String = steps.lines().map(|line| format!("\n    {line}")).collect();
            format!("{app}/{file} with {args}{nested}")
        }
        other => format!("{other:?}"),
    }
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
    let stage = Stage::new().file("ENVIRONMENT", "THEME=dark\n");
    let request = RunRequest {
        args: Value::Object(
            [("password", Value::from("hunter22"))]
                .into_iter()
                .collect::<Object>(),
        ),
        ..stage.request(script)
    };
    let mut options = stage.options();
    options.host.grants = collodi_env::Grants::none()
        .from_host("HF_TOKEN")
        .to_step("API_KEY");
    let plan = stage.plan_with(&options, request).await;
    let all = format!("{plan:?}");
    for secret in ["hf_very_secret_value", "hunter22", "extra-secret-value"] {
        assert!(!all.contains(secret), "{all}");
    }
    let Effect::Command(command) = &plan.steps[0].effects[1] else {
        panic!("{plan:?}");
    };
    let variables = command.env.iter().map(|variable| {
        let (name, rule) = (&variable.name, &variable.rule);
        let value = variable.value.as_deref().unwrap_or("-");
        format!("{name} = {value} ({}): {rule}\n", variable.passed)
    });
    let variables: String = variables.collect();
    insta::assert_snapshot!(variables.replace(stage.root().to_str().unwrap(), "…"));
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
            PlanStatus::Failed,
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

/// A step that cannot be run fails the plan as it would fail the run.
#[tokio::test]
async fn what_cannot_be_run_fails() {
    let script = r#"{"run": [
      {"method": "log", "params": {"raw": "before"}},
      {"method": "app.launch", "params": {"id": "editor"}},
      {"method": "log", "params": {"raw": "never"}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

/// What a command says may begin a list: nobody knows before.
#[tokio::test]
async fn a_list_that_a_handler_may_begin_is_named() {
    let script = r#"{"dialect": "pinokio", "run": [
      {"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/warn/", "trigger": "warned"}]}}
    ], "warned": [{"method": "log", "params": {"text": "it warns"}}]}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

/// Where nothing can make an environment, the step that needs one fails.
#[tokio::test]
async fn an_environment_needs_a_python() {
    let script = r#"{"run": [
      {"method": "shell.run", "params": {"message": "serve", "venv": "web"}}
    ]}"#;
    let stage = Stage::new();
    let mut options = stage.options();
    options.tools = Arc::default();
    let plan = stage.plan_with(&options, stage.request(script)).await;
    let text = as_text(&plan);
    insta::assert_snapshot!(text.replace(stage.root().to_str().unwrap(), "…"));
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
    let stage = Stage::new().file(
        "other.json",
        r#"{"run": [{"method": "log", "params": {"text": "other"}}]}"#,
    );
    insta::assert_snapshot!(stage.text(script).await);
}

const TORCH: &str = r#"{"run": [
  {"when": "{{args.cuda}}", "method": "shell.run", "params": {"message": "pip install torch --port {{port}}", "path": "{{args.path}}", "env": {"MODE": "fast"}}},
  {"method": "fs.write", "params": {"path": "made.txt", "text": "by {{args.password}}"}},
  {"method": "script.return", "params": {"torch": "2.9", "said": "{{input}}"}}
]}"#;

/// The steps of a script that is started stand below the step that starts it, and what it
/// returns is that step's result.
#[tokio::test]
async fn a_script_that_is_there_is_played() {
    let script = r#"{"run": [
      {"method": "script.start", "params": {"uri": "lib/torch.json", "params": {"cuda": true, "path": "sub", "password": "hunter22"}}},
      {"method": "log", "params": {"raw": "torch {{input.torch}}"}},
      {"method": "fs.read", "params": {"path": "lib/made.txt"}},
      {"method": "script.run", "params": {"uri": "lib/torch.json"}}
    ]}"#;
    let stage = Stage::new().file("lib/torch.json", TORCH);
    let text = stage.text(script).await;
    assert!(!text.contains("hunter22"), "{text}");
    insta::assert_snapshot!(text);
}

/// A script that stays up lets its caller go on, runs from then on, and has variables.
#[tokio::test]
async fn a_script_that_stays_up() {
    let server = r#"{"daemon": true, "run": [
      {"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/(http:[\\/0-9.:]+)/", "done": true}]}},
      {"method": "local.set", "params": {"url": "{{input.event[1]}}", "model": "small"}}
    ]}"#;
    let script = r#"{"run": [
      {"when": "{{!running('server.json')}}", "method": "script.start", "params": {"uri": "server.json"}},
      {"when": "{{running('server.json')}}", "method": "local.import", "params": {"server": "server.json"}},
      {"method": "log", "params": {"raw": "{{local.server.model}} at {{local.server.url}}"}},
      {"method": "script.start", "params": {"uri": "server.json"}},
      {"method": "script.stop", "params": {"uri": "server.json"}},
      {"when": "{{running('server.json')}}", "method": "log", "params": {"raw": "still up"}}
    ]}"#;
    insta::assert_snapshot!(Stage::new().file("server.json", server).text(script).await);
}

/// Why a step is left out: what its condition reads, as far as that is known before.
#[tokio::test]
async fn what_a_condition_reads() {
    let table = [
        (
            "{{kernel.gpu_model.includes('5090') || kernel.platform === 'win32'}}",
            r#": `kernel.gpu_model` is "rtx 4090" and `kernel.platform` is "linux""#,
        ),
        ("{{gpus[1]}}", ": `gpus.1` has no value"),
        ("{{args.torch}}", ": `args.torch` has no value"),
        ("{{envs.NOT_HERE}}", ""),
        (
            "{{os.platform() === 'win32'}}",
            ": `os.platform(…)` is asked of the machine",
        ),
    ];
    let stage = Stage::new();
    let model = || Value::from("rtx 4090");
    let card = Value::Object([("model", model())].into_iter().collect());
    let facts = [
        ("gpu_model", model()),
        ("gpus", Value::Array([card].into())),
    ];
    let mut options = stage.options();
    options.host.facts = Some(facts.into_iter().collect());
    for (when, expected) in table {
        let script = format!(r#"{{"run": [{{"when": "{when}", "method": "log"}}]}}"#);
        let plan = stage.plan_with(&options, stage.request(&script)).await;
        let why = plan.steps[0].skipped.clone().unwrap();
        assert_eq!(why, format!("`{when}` is false{expected}"));
    }
}

/// Lists of steps that go on side by side each have what their own steps do; the step on the
/// stop comes when the plan is over.
#[tokio::test]
async fn lists_side_by_side() {
    let script = r#"{"daemon": true,
      "run": [
        {"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/(http:[\\/0-9.:]+)/", "done": true, "trigger": "seen"}]}},
        {"method": "fs.write", "params": {"path": "up.txt", "text": "at {{port}}"}, "queue": true},
        {"method": "shell.run", "params": {"message": "test"}}
      ],
      "seen": [
        {"method": "shell.run", "params": {"message": "warm {{input.event[1]}}"}},
        {"when": "{{input.stdout}}", "method": "fs.write", "params": {"path": "warm.txt", "text": "warm"}, "queue": true}
      ],
      "on": {"stop": {"method": "fs.write", "params": {"path": "stopped.txt", "text": "x"}}}}"#;
    insta::assert_snapshot!(Stage::new().text(script).await);
}

/// A script that stays up does what it does on its stop below the step that stops it.
#[tokio::test]
async fn scripts_that_are_stopped() {
    let server = r#"{"daemon": true,
      "run": [{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/http/", "done": true}]}}],
      "on": {"stop": {"method": "fs.rm", "params": {"path": "served.txt"}}}}"#;
    let quiet = r#"{"daemon": true, "run": [{"method": "shell.run", "params": {"message": "quiet", "on": [{"event": "/http/", "done": true}]}}]}"#;
    let stage = Stage::new()
        .file("server.json", server)
        .file("quiet.json", quiet);
    let start =
        |uri: &str| format!(r#"{{"method": "script.start", "params": {{"uri": "{uri}"}}}}"#);
    let (one, two) = (start("server.json"), start("quiet.json"));
    let script = format!(
        r#"{{"run": [{one}, {two},
          {{"method": "script.stop", "params": {{"uri": ["quiet.json", "server.json", "none.json"]}}}},
          {one},
          {{"method": "script.restart", "params": {{"uri": "server.json"}}}},
          {{"when": "{{{{running('server.json')}}}}", "method": "log", "params": {{"raw": "up"}}}}]}}"#
    );
    insta::assert_snapshot!(stage.text(&script).await);
}

/// Scripts that end themselves, or begin again for ever.
#[tokio::test]
async fn scripts_that_go_round_in_circles() {
    let after = r#"{"method": "log", "params": {"raw": "after"}}"#;
    let steps = [
        r#"{"method": "script.restart"}"#,
        r#"{"method": "script.stop", "params": {"uri": "a.json"}}"#,
        r#"{"method": "script.start", "params": {"uri": "a.json"}}"#,
        r#"{"method": "script.start", "params": {"uri": "one.json"}}, {"method": "jump", "params": {"index": 0}}"#,
    ];
    let stage = Stage::new().file("one.json", &format!(r#"{{"run": [{after}]}}"#));
    let mut text = String::new();
    for step in steps {
        let script = format!(r#"{{"run": [{step}, {after}]}}"#);
        let told = stage.text(&script).await;
        writeln!(text, "{step}\n{told}").unwrap();
    }
    insta::assert_snapshot!(text);
}

/// What comes from a repository that is not there is named; one that is there is played.
#[tokio::test]
async fn scripts_behind_addresses_of_repositories() {
    let script = r#"{"run": [
      {"method": "script.start", "params": {"uri": "https://example.org/a/tool.git/install.json", "branch": "main"}},
      {"method": "script.download", "params": {"uri": "https://example.org/a/tool.git"}},
      {"method": "script.start", "params": {"uri": "https://example.org/b/Lib.git/torch.json", "pull": true}},
      {"method": "shell.run", "params": {"message": "git clone https://example.org/c/parts"}},
      {"method": "script.start", "params": {"uri": "parts/install.json"}}
    ]}"#;
    let lib = "../.vatn/python/apps/lib";
    let stage = Stage::new()
        .file(
            &format!("{lib}/torch.json"),
            r#"{"run": [{"method": "log", "params": {"raw": "in {{cwd}}"}}]}"#,
        )
        .file(&format!("{lib}/.git/HEAD"), "ref: refs/heads/main\n")
        .file(
            &format!("{lib}/.git/config"),
            "[remote \"origin\"]\n\turl = https://example.org/b/lib\n",
        );
    insta::assert_snapshot!(stage.text(script).await);
}

/// Scripts that start each other, that are not there, that fail, that go on for ever.
#[tokio::test]
async fn what_is_wrong_with_other_scripts() {
    let start = |uri: &str| {
        format!(
            r#"{{"run": [{{"method": "script.start", "params": {{"uri": "{uri}"}}}}, {{"method": "log", "params": {{"raw": "after"}}}}]}}"#
        )
    };
    let mut stage = Stage::new()
        .file("ring.json", &start("a.json"))
        .file(
            "fails.json",
            r#"{"run": [{"method": "fs.read", "params": {"path": "nothing"}}]}"#,
        )
        .file("waits.json", r#"{"run": [{"method": "process.wait"}]}"#)
        .file("errors.json", r#"{"run": [{"method": "lgo"}]}"#);
    for depth in 0..20 {
        stage = stage.file(
            &format!("deep/{depth}.json"),
            &start(&format!("{}.json", depth + 1)),
        );
    }
    let uris = [
        "ring.json",
        "nothing.json",
        "fail.json",
        "fails.json",
        "waits.json",
        "errors.json",
        "../x.json",
        "https://example.org/a/lib.git/../up.json",
    ];
    let mut text = String::new();
    for uri in uris {
        writeln!(text, "{uri}\n{}", stage.text(&start(uri)).await).unwrap();
    }
    insta::assert_snapshot!(text);
    let deep = stage.text(&start("deep/0.json")).await;
    let end = "scripts start scripts 16 levels deep; its steps are not told further, and it gives nothing to later steps\n";
    assert!(deep.ends_with(end), "{deep}");
}

#[tokio::test]
async fn secrets_of_a_file_are_not_in_it_either() {
    let script = r#"{"pre": [{"env": "MY_API_KEY"}], "run": [
      {"method": "log", "params": {"raw": "{{envs.MY_API_KEY}}"}},
      {"method": "script.start", "params": {"uri": "other.json", "params": {"key": "{{envs.MY_API_KEY}}"}}}
    ]}"#;
    let stage = Stage::new().file("ENVIRONMENT", "MY_API_KEY=supersecret123\n");
    let plan = stage.plan(script).await;
    let all = format!("{plan:?}");
    assert!(all.contains("<secret MY_API_KEY>"), "{all}");
    assert!(!all.contains("supersecret123"), "{all}");
}
