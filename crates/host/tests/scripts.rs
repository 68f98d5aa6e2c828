//! Scripts that start, stop and ask each other, as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Signal, Stream};
use collodi_contain::{Name, RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_host::{AppChange, Command, Host, HostOptions, Input, Refused, RunRequest};
use collodi_machine::{ActionId, Machine, Output};
use collodi_python::{Layout, Platform};
use collodi_run::{App, OtherApps};
use collodi_script::{Options, parse};
use collodi_time::{Duration, Instant};
use collodi_value::Value;
use insta::assert_snapshot;
use std::{collections::BTreeMap, collections::VecDeque, fmt::Write as _, sync::Arc};

const APPS: &str = "/w/.vatn/python/apps";

/// A host on a machine whose files are a table. Commands end well at once, but those
/// that hold `serve`, which say so and live until they are signalled.
struct Play {
    host: Host,
    now: Instant,
    files: BTreeMap<String, String>,
    inputs: VecDeque<Input>,
    living: Vec<ActionId>,
    text: String,
    /// Clones stay under way.
    slow_git: bool,
    /// What is signalled lives on.
    stubborn: bool,
}

impl Play {
    fn new(files: &[(&str, &str)]) -> Self {
        let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
        let options = HostOptions {
            local_repositories: true,
            ..HostOptions::new(layout, 7)
        };
        let below = |(path, text): &(&str, &str)| (format!("{APPS}/{path}"), (*text).to_owned());
        let mut play = Self {
            host: Host::new(options),
            now: Instant::ZERO,
            files: files.iter().map(below).collect(),
            inputs: VecDeque::new(),
            living: Vec::new(),
            text: String::new(),
            slow_git: false,
            stubborn: false,
        };
        play.input(Input::Start);
        play.text.clear();
        play
    }

    /// Runs the script of the app `demo`.
    fn run(&mut self, file: &str) -> &mut Self {
        self.run_of("demo", file)
    }

    fn run_of(&mut self, app: &str, file: &str) -> &mut Self {
        let path = format!("{APPS}/{app}/{file}");
        let source = self.files.get(&path).unwrap().clone();
        let parsed = parse(&source, &Options::for_file(file));
        let root = Root::new(&format!("{APPS}/{app}"));
        self.command(Command::Run(RunRequest {
            app: App::new(app, root, RelPath::root(), file),
            script: Arc::new(parsed.script().unwrap().clone()),
            args: Value::Object(collodi_value::Object::new()),
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        }))
    }

    fn command(&mut self, command: Command) -> &mut Self {
        writeln!(self.text, "> {command}").unwrap();
        self.input(Input::Command(command));
        self
    }

    /// Time passes until nothing is due any more.
    fn wait(&mut self) -> &mut Self {
        for _ in 0..20 {
            let Output::Wait(Some(deadline)) = self.host.poll_output() else {
                break;
            };
            self.now = self.now.max(deadline.at);
            self.input(Input::Timeout);
        }
        self
    }

    fn input(&mut self, input: Input) {
        self.inputs.push_back(input);
        for _ in 0..10_000 {
            let Some(input) = self.inputs.pop_front() else {
                return;
            };
            self.host.handle_input(self.now, input).unwrap();
            loop {
                match self.host.poll_output() {
                    Output::Action(id, action) => self.action(id, &action),
                    Output::Event(event) => writeln!(self.text, "{event}").unwrap(),
                    Output::Wait(_) => break,
                    Output::Done(stopped) => {
                        writeln!(self.text, "{stopped}").unwrap();
                        break;
                    }
                }
            }
        }
        panic!("no end:\n{}", self.text);
    }

    fn action(&mut self, id: ActionId, action: &Action) {
        let done = |completion| Input::Completed(id, completion);
        let ended = |exit| {
            let leaked = false;
            done(Completion::Exec(Ok(Ended { exit, leaked })))
        };
        match action {
            Action::File(op) => {
                let answer = self.file(op);
                self.inputs.push_back(done(Completion::File(answer)));
            }
            Action::Exec(spec) if spec.program == "git" => {
                writeln!(self.text, "  {action} in {}", spec.cwd).unwrap();
                if self.slow_git {
                    self.living.push(id);
                } else {
                    self.inputs.push_back(ended(Exit::Code(0)));
                }
            }
            Action::Exec(spec) if spec.to_string().contains("serve") => {
                let output = Progress::Output {
                    stream: Stream::Stdout,
                    bytes: b"http://127.0.0.1:7860\n".as_slice().into(),
                };
                self.living.push(id);
                self.inputs
                    .push_back(Input::Progress(id, Progress::Spawned { pid: None }));
                self.inputs.push_back(Input::Progress(id, output));
            }
            Action::Exec(spec) if spec.program == "bash" => {
                let failed = spec.to_string().contains("false");
                self.inputs.push_back(ended(Exit::Code(i32::from(failed))));
            }
            Action::Exec(_) => {
                let missing = Error::new(ErrorKind::ProgramNotFound, "start", "it");
                self.inputs.push_back(done(Completion::Exec(Err(missing))));
            }
            Action::Signal(..) => {
                self.inputs.push_back(done(Completion::Signalled(Ok(()))));
                if self.stubborn {
                    return;
                }
                for id in std::mem::take(&mut self.living) {
                    let exit = Exit::Signal(Signal::TERM);
                    let leaked = false;
                    let ended = Completion::Exec(Ok(Ended { exit, leaked }));
                    self.inputs.push_back(Input::Completed(id, ended));
                }
            }
            Action::Connect { .. } => self.inputs.push_back(done(Completion::Connected(Ok(())))),
            Action::Members(_) => self
                .inputs
                .push_back(done(Completion::Members(Ok(Vec::new())))),
            Action::AwaitEmpty(_) => self.inputs.push_back(done(Completion::Empty(Ok(())))),
            other => panic!("the world has no answer to {other}"),
        }
    }

    fn file(&mut self, op: &FileOp) -> Result<FileAnswer, FileError> {
        let path = op.path().absolute();
        let missing = || FileError::new(FileErrorKind::NotFound, op.path().clone());
        let text = self.files.get(&path);
        match op {
            FileOp::Read { .. } => {
                let text = text.ok_or_else(missing)?;
                Ok(FileAnswer::Bytes(text.clone().into_bytes()))
            }
            FileOp::Stat { .. } => Ok(FileAnswer::Stat(text.map(|text| Stat {
                kind: FileKind::File,
                size: text.len() as u64,
            }))),
            FileOp::List { path } => {
                let folder = path.absolute();
                let below = |file: &String| Some(file.strip_prefix(&folder)?.to_owned());
                let entry = |below: String| Entry {
                    name: below.split('/').nth(1).unwrap().to_owned(),
                    kind: match below.matches('/').count() {
                        1 => FileKind::File,
                        _ => FileKind::Directory,
                    },
                };
                let all = self.files.keys().filter_map(below).map(entry);
                Ok(FileAnswer::Entries(all.collect()))
            }
            FileOp::Rename { to, .. } => {
                let cloned = r#"{"run": [{"method": "log", "params": {"text": "{{cwd}}"}}]}"#;
                self.files.insert(format!("{to}/a.json"), cloned.to_owned());
                Ok(FileAnswer::Done)
            }
            _ => Ok(FileAnswer::Done),
        }
    }
}

/// A script that starts another one and says what came of it.
fn caller(uri: &str) -> String {
    format!(
        r#"{{"run": [
        {{"method": "script.start", "params": {{"uri": "{uri}", "params": {{"a": 1}}}}}},
        {{"method": "log", "params": {{"text": "got {{{{JSON.stringify(input)}}}}"}}}}]}}"#
    )
}

const SERVER: &str = r#"{"daemon": true, "run": [
    {"method": "shell.run", "params": {"message": "serve", "on": [
        {"event": "/http:[0-9.:\\/]+/", "done": true}]}},
    {"method": "local.set", "params": {"url": "{{input.event[0]}}"}}]}"#;

#[test]
fn the_result_of_a_script_is_the_callers() {
    let callee = r#"{"run": [{"method": "script.return", "params": {"b": "{{args.a + 1}}"}}]}"#;
    let mut play = Play::new(&[
        ("demo/start.json", &caller("lib/callee.json")),
        ("demo/lib/callee.json", callee),
    ]);
    assert_snapshot!(play.run("start.json").text);
}

#[test]
fn a_script_that_fails_leaves_the_caller_without_a_result() {
    let callee = r#"{"run": [{"method": "fs.read", "params": {"path": "missing"}}]}"#;
    let vatn = caller("callee.json").replacen('{', r#"{"dialect": "vatn", "#, 1);
    let mut play = Play::new(&[
        ("demo/start.json", &caller("callee.json")),
        ("demo/vatn.json", &vatn),
        ("demo/callee.json", callee),
    ]);
    assert_snapshot!(play.run("start.json").run("vatn.json").text);
}

#[test]
fn a_script_that_serves_gives_its_result_and_serves_on() {
    let start = r#"{"run": [
        {"method": "script.start", "params": {"uri": "server.json"}},
        {"method": "local.import", "params": {"server": "server.json"}},
        {"method": "log", "params": {"text": "{{local.server.url}} {{ready('server.json')}}"}},
        {"method": "script.start", "params": {"uri": "server.json"}},
        {"method": "script.stop", "params": {"uri": ["./server.json", "nothing.json"]}}]}"#;
    let mut play = Play::new(&[("demo/start.json", start), ("demo/server.json", SERVER)]);
    assert_snapshot!(play.run("start.json").wait().text);
}

#[test]
fn scripts_that_wait_for_each_other_are_told_so() {
    let mut play = Play::new(&[
        ("demo/a.json", &caller("b.json")),
        ("demo/b.json", &caller("a.json")),
        ("demo/self.json", &caller("self.json")),
    ]);
    assert_snapshot!(play.run("a.json").run("self.json").text);
}

#[test]
fn scripts_start_scripts_only_so_deep() {
    let files: Vec<_> = (0..40)
        .map(|n| (format!("demo/{n}.json"), caller(&format!("{}.json", n + 1))))
        .collect();
    let files: Vec<_> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let mut play = Play::new(&files);
    play.run("0.json");
    assert_eq!(play.text.matches("levels deep; ").count(), 1);
    assert!(
        play.text.contains("more than 32 levels deep"),
        "{}",
        play.text
    );
}

#[test]
fn what_cannot_be_run_fails_the_step_with_its_place() {
    let mut play = Play::new(&[
        ("demo/js.json", &caller("torch.js")),
        ("demo/missing.json", &caller("none.json")),
        ("demo/nearly.json", &caller("climb.json")),
        ("demo/broken.json", &caller("bad.json")),
        (
            "demo/bad.json",
            "{\"run\": [\n  {\"method\": \"nosuch.method\"}]}",
        ),
        ("demo/meta.json", &caller("pinokio.json")),
        ("demo/pinokio.json", r#"{"title": "x"}"#),
        ("demo/out.json", &caller("/etc/x.json")),
        ("demo/climbs.json", &caller("../../../../../x.json")),
    ]);
    for file in ["js", "missing", "nearly", "broken", "meta", "out", "climbs"] {
        play.run(&format!("{file}.json"));
    }
    let ends = play
        .text
        .lines()
        .filter(|line| line.contains("failed after"));
    assert_snapshot!(ends.collect::<Vec<_>>().join("\n"));
}

#[test]
fn scripts_of_other_apps_run_in_their_own_folder() {
    let other = r#"{"run": [{"method": "log", "params": {"text": "{{name}} in {{cwd}}"}}]}"#;
    let mut play = Play::new(&[
        ("demo/home.json", &caller("~/api/other/lib/x.json")),
        ("demo/up.json", &caller("../other/lib/x.json")),
        (
            "demo/absolute.json",
            &caller(&format!("{APPS}/other/lib/x.json")),
        ),
        ("other/lib/x.json", other),
    ]);
    for file in ["home", "up", "absolute"] {
        play.run(&format!("{file}.json"));
    }
    let logs = play.text.lines().filter(|line| line.contains(" in /w/"));
    assert_eq!(logs.count(), 3, "{}", play.text);
}

#[test]
fn who_is_cancelled_takes_what_it_waits_for_along() {
    let waits = r#"{"run": [{"method": "process.wait"}]}"#;
    let mut play = Play::new(&[
        ("demo/start.json", &caller("waits.json")),
        ("demo/waits.json", waits),
    ]);
    play.run("start.json")
        .command(Command::StopApp("demo".into()));
    assert_snapshot!(play.wait().text);
    assert!(play.host.busy_by("demo").is_none());
}

#[test]
fn globals_outlive_a_run() {
    let counts = r#"{"run": [
        {"method": "global.set", "params": {"n": "{{(global.n || 0) + 1}}"}},
        {"method": "log", "params": {"text": "{{global.n}}"}}]}"#;
    let asks = r#"{"run": [{"method": "log",
        "params": {"text": "asked {{script.global('~/api/demo/counts.json').n}}"}}]}"#;
    let mut play = Play::new(&[("demo/counts.json", counts), ("demo/asks.json", asks)]);
    for file in ["counts.json", "counts.json", "asks.json"] {
        play.run(file);
    }
    let logs = play.text.lines().filter(|line| line.contains("logs"));
    assert_snapshot!(logs.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_script_can_start_itself_again() {
    let again = r#"{"run": [
        {"method": "global.set", "params": {"n": "{{(global.n || 0) + 1}}"}},
        {"when": "{{global.n < 3}}", "method": "script.restart"},
        {"when": "{{global.n < 3}}", "method": "process.wait"},
        {"method": "log", "params": {"text": "run {{global.n}}"}}]}"#;
    let mut play = Play::new(&[("demo/again.json", again)]);
    assert_snapshot!(play.run("again.json").wait().text);
}

#[test]
fn who_cancels_a_run_does_not_get_its_restart() {
    let restarts =
        r#"{"run": [{"method": "script.restart", "params": {"uri": "../demo/server.json"}}]}"#;
    let mut play = Play::new(&[
        ("demo/server.json", SERVER),
        ("other/restarts.json", restarts),
    ]);
    play.run("server.json");
    let server = play.host.runs().next().unwrap().id().clone();
    play.stubborn = true;
    play.run_of("other", "restarts.json");
    play.command(Command::CancelRun(server));
    play.stubborn = false;
    assert_eq!(play.wait().host.runs().count(), 2, "{}", play.text);
    assert!(play.host.busy_by("demo").is_none(), "{}", play.text);
}

#[test]
fn restarts_of_what_does_not_end_do_not_pile_up() {
    let step = r#"{"method": "script.restart", "params": {"uri": "../demo/server.json"}}"#;
    let restarts = format!(r#"{{"run": [{}]}}"#, vec![step; 600].join(", "));
    let mut play = Play::new(&[
        ("demo/server.json", SERVER),
        ("other/restarts.json", &restarts),
    ]);
    play.run("server.json");
    play.stubborn = true;
    play.run_of("other", "restarts.json");
    for _ in 0..100 {
        play.wait();
    }
    let told = "512 starts and restarts of scripts are under way, and no more can be";
    assert!(play.text.contains(told), "{}", play.text);
    assert!(
        play.text.contains("failed after 513 steps"),
        "{}",
        play.text
    );
}

#[test]
fn a_repository_is_cloned_once() {
    let mut play = Play::new(&[
        (
            "demo/start.json",
            &caller("https://host/owner/repo.git/a.json"),
        ),
        ("repo/a.json", "{}"),
    ]);
    play.run("start.json");
    let config = "[remote \"origin\"]\n\turl = https://host/owner/repo.git\n";
    play.files
        .insert(format!("{APPS}/repo-owner/.git/config"), config.to_owned());
    assert_snapshot!(play.run("start.json").text);
}

#[test]
fn a_clone_ends_with_who_wants_it() {
    let mut play = Play::new(&[(
        "demo/start.json",
        &caller("https://host/owner/repo.git/a.json"),
    )]);
    play.slow_git = true;
    play.run("start.json");
    play.command(Command::Shutdown(Duration::from_secs(9)));
    assert_snapshot!(play.wait().text);
}

#[test]
fn clones_take_turns() {
    let both = r#"{"run": [
        {"method": "script.start", "params": {"uri": "https://host/owner/repo.git/a.json"}}]}"#;
    let mut play = Play::new(&[("demo/start.json", both)]);
    play.slow_git = true;
    play.run("start.json");
    play.files
        .insert(format!("{APPS}/other/start.json"), both.into());
    let root = Root::new(&format!("{APPS}/other"));
    let parsed = parse(both, &Options::for_file("start.json"));
    play.command(Command::Run(RunRequest {
        app: App::new("other", root, RelPath::root(), "start.json"),
        script: Arc::new(parsed.script().unwrap().clone()),
        args: Value::Null,
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    }));
    assert_eq!(play.text.matches("  exec git").count(), 1, "{}", play.text);
    play.command(Command::StopApp("demo".into()));
    assert_eq!(play.text.matches("  exec git").count(), 2, "{}", play.text);
}

/// The lines that tell of the steps that are told of with this text.
fn lines_with(play: &Play, texts: &[&str]) -> String {
    let is_one = |line: &&str| texts.iter().any(|text| line.contains(text));
    let lines = play.text.lines().filter(is_one);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_path_names_another_app_by_its_repository() {
    let address = "https://host/owner/repo.git";
    let script = format!(
        r#"{{"run": [
        {{"method": "fs.read", "params": {{"path": "{address}/notes.txt", "encoding": "utf8"}}}},
        {{"method": "log", "params": {{"text": "{{{{input}}}}"}}}},
        {{"method": "shell.run", "params": {{"message": "ls", "path": "{address}/bin"}}}},
        {{"method": "fs.write", "params": {{"path": "{address}/new.txt", "text": "x"}}}}]}}"#
    );
    let config = "[remote \"origin\"]\n\turl = https://host/owner/repo.git\n";
    let files = [
        ("demo/start.json", script.as_str()),
        ("theirs/.git/config", config),
        ("theirs/notes.txt", "what they wrote"),
    ];
    let shown = ["logs", "theirs/new.txt", "failed after", "completed after"];
    let mut told = String::new();
    for other_apps in [OtherApps::None, OtherApps::Read, OtherApps::Write] {
        let mut play = Play::new(&files);
        play.host = Host::new(HostOptions {
            other_apps,
            ..play.host.options().clone()
        });
        play.input(Input::Start);
        play.text.clear();
        play.run("start.json").wait();
        writeln!(told, "{other_apps:?}\n{}", lines_with(&play, &shown)).unwrap();
    }
    assert_snapshot!(told);
}

#[test]
fn a_path_in_an_app_that_is_not_there_fails_in_words() {
    let script = r#"{"run": [{"method": "fs.read",
        "params": {"path": "https://me:secret@host/owner/repo.git/notes.txt"}}]}"#;
    let mut play = Play::new(&[("demo/start.json", script)]);
    play.run("start.json").wait();
    assert_snapshot!(lines_with(&play, &["failed after"]));
}

#[test]
fn a_script_of_an_app_that_is_changed_is_not_started() {
    let script =
        r#"{"run": [{"method": "script.start", "params": {"uri": "~/api/other/b.json"}}]}"#;
    let other = r#"{"run": [{"method": "log", "params": {"text": "the other"}}]}"#;
    let mut play = Play::new(&[("demo/a.json", script), ("other/b.json", other)]);
    let app = || Name::parse("other").unwrap();
    let change = AppChange::Removal;
    play.command(Command::ClaimApp { app: app(), change });
    play.run("a.json").wait();
    play.command(Command::ReleaseApp(app()));
    play.run("a.json").wait();
    let shown = [
        "claim",
        "release",
        "logs",
        "failed after",
        "completed after",
    ];
    assert_snapshot!(lines_with(&play, &shown));
}

#[test]
fn an_app_that_is_fetched_is_not_changed() {
    let script = r#"{"run": [{"method": "script.start",
        "params": {"uri": "https://host/owner/repo.git/b.json"}}]}"#;
    let mut play = Play::new(&[("demo/a.json", script)]);
    play.slow_git = true;
    play.run("a.json");
    let claim = Command::ClaimApp {
        app: Name::parse("repo").unwrap(),
        change: AppChange::Update,
    };
    let refused = play.host.command(play.now, claim).unwrap_err();
    assert!(matches!(refused, Refused::Busy { .. }), "{refused}");
}

#[test]
fn steps_of_two_runs_take_turns() {
    let script =
        r#"{"run": [{"method": "shell.run", "queue": true, "params": {"message": "serve"}}]}"#;
    let mut play = Play::new(&[("demo/a.json", script), ("other/b.json", script)]);
    play.run_of("demo", "a.json").run_of("other", "b.json");
    play.command(Command::StopApp("demo".into())).wait();
    assert_snapshot!(play.text);
}

#[test]
fn who_waits_for_a_script_does_not_keep_it_from_its_turn() {
    let step = |uri: &str| {
        format!(
            r#"{{"run": [{{"method": "script.start", "queue": true, "params": {{"uri": "{uri}"}}}}]}}"#
        )
    };
    let last = r#"{"run": [{"method": "log", "params": {"text": "the last"}}]}"#;
    let mut play = Play::new(&[
        ("demo/a.json", &step("b.json")),
        ("demo/b.json", &step("c.json")),
        ("demo/c.json", last),
    ]);
    play.run("a.json").wait();
    assert_snapshot!(lines_with(&play, &["logs", "completed after", "waits"]));
}

#[test]
fn a_shutdown_lets_scripts_do_what_they_do_on_their_stop() {
    let script = r#"{"daemon": true, "on": {"stop": {"uri": "clean.json"}}, "run": [
        {"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/./", "done": true}]}}]}"#;
    let clean = r#"{"daemon": true, "run": [
        {"method": "log", "params": {"text": "cleaning"}},
        {"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/./", "done": true}]}}]}"#;
    let mut play = Play::new(&[("demo/start.json", script), ("demo/clean.json", clean)]);
    play.run("start.json")
        .command(Command::Shutdown(Duration::from_secs(10)));
    play.wait();
    assert_snapshot!(lines_with(
        &play,
        &["logs", "cancelled after", "completed after", "stopped"]
    ));
    assert!(matches!(play.host.poll_output(), Output::Done(_)));
}

/// Each called script has a run of its own, and they make room for each other as before.
#[test]
fn what_several_scripts_of_an_app_started_is_started_again() {
    let serve = |what: &str| {
        format!(
            r#"{{"run": [{{"method": "shell.run", "params": {{"message": "serve {what}", "daemon": true}}}}]}}"#
        )
    };
    let start = r#"{"daemon": true, "run": [
        {"method": "script.start", "params": {"uri": "a.json"}},
        {"method": "script.start", "params": {"uri": "b.json"}}]}"#;
    let (a, b) = (serve("a"), serve("b"));
    let files = [
        ("demo/start.json", start),
        ("demo/a.json", &a),
        ("demo/b.json", &b),
    ];
    let mut play = Play::new(&files);
    play.run("start.json")
        .command(Command::StopApp("demo".into()))
        .wait();
    let ids = |host: &Host| {
        let processes = host.processes();
        processes.map(|p| p.id().clone()).collect::<Vec<_>>()
    };
    let processes = ids(&play.host);
    assert_eq!(processes.len(), 2, "{}", play.text);
    assert!(play.host.busy_by("demo").is_none(), "{}", play.text);
    for id in &processes {
        play.command(Command::StartProcess(id.clone()));
    }
    let living = play.host.processes().filter(|p| p.is_up());
    assert_eq!(living.count(), 2, "{}", play.text);

    // Where the script runs anew, what it started before is not needed.
    play.command(Command::StopApp("demo".into())).wait();
    play.run("start.json");
    for id in processes {
        let start = Command::StartProcess(id);
        let refused = play.host.command(play.now, start).unwrap_err();
        assert!(matches!(refused, Refused::Replaced { .. }), "{refused}");
    }
}
