//! The seven laws on every machine of the project.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Signal, Stream, TreeId};
use collodi_conformance::laws::{self, Ids};
use collodi_contain::{Name, RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_host::{Accepted, Command, Host, HostOptions, RunId, RunRequest};
use collodi_machine::ActionId;
use collodi_python::{
    Detect, DetectOptions, Interpreter, Layout, Platform, Provision, ProvisionError,
    ProvisionOptions, Toolchain,
};
use collodi_restart::{
    Backoff, GiveUp, On, Policy, RestartClass, Rule, Startup, StopSequence, Supervisor, Verdict,
};
use collodi_run::{App, Completed, DaemonStarted, Run, RunOptions, ScriptFault};
use collodi_script::{Options, Script, parse};
use collodi_time::{Duration, Instant};
use collodi_value::Value;
use collodi_web::{Downloaded, Fetched, Headers, WebError, WebErrorKind, WebUrl};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

#[test]
fn the_restart_supervisor_keeps_the_laws() {
    use collodi_restart::{Action, Input};
    let policy = Policy {
        class: RestartClass::OnFailure,
        backoff: Backoff::default(),
        stable_after: Duration::from_secs(1),
        give_up: Some(GiveUp::Rate {
            count: 4,
            window: Duration::from_secs(30),
        }),
        rules: vec![
            Rule {
                on: On::Codes(2, 2),
                then: Verdict::RestartNow,
            },
            Rule {
                on: On::NotReady,
                then: Verdict::Leave,
            },
        ],
        startup: Startup {
            grace: Duration::from_millis(300),
            ready_within: Some(Duration::from_secs(1)),
        },
    };
    laws::check(
        || Supervisor::new(policy.clone(), StopSequence::default(), 7),
        (0..11u8, any::<usize>(), 0..3i32),
        |&(kind, number, code), ids| match kind {
            0 | 1 => Input::Start,
            2 => Input::Stop,
            3 => Input::Restart,
            4 => Input::Kill,
            5 => Input::Spawned(ids.pick(number), Some(100)),
            6 => Input::SpawnFailed(ids.pick(number)),
            7 => Input::Exited(ids.pick(number), Exit::Code(code)),
            8 => Input::Emptied(ids.pick(number)),
            9 => Input::Ready(ids.pick(number)),
            _ => Input::Signalled(ids.pick(number)),
        },
        |action, id| match action {
            Action::Spawn => vec![Input::SpawnFailed(id), Input::Emptied(id)],
            Action::Signal(_) => vec![Input::Signalled(id)],
        },
    )
    .unwrap();
}

#[test]
fn detection_keeps_the_laws() {
    let options = DetectOptions {
        python_binary: None,
        vars: BTreeMap::new(),
        cwd: Root::new("/w").at(RelPath::root()),
        tree: TreeId::new("t"),
    };
    laws::check(
        || Detect::new(options.clone()),
        (0..4u8, any::<usize>(), any::<u8>()),
        python_input,
        python_answers,
    )
    .unwrap();
}

#[test]
fn the_making_of_an_environment_keeps_the_laws() {
    let python = Interpreter {
        program: "python3".into(),
        version: "Python 3.11.7".into(),
    };
    let tools = Toolchain {
        python: Some(python),
        ..Toolchain::default()
    };
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let options = ProvisionOptions {
        env: layout.environment(&Name::parse("myapp").unwrap()),
        version: None,
        installer: tools.installer(true),
        tools,
        vars: BTreeMap::new(),
        tree: TreeId::new("t"),
    };
    laws::check(
        || Provision::new(options.clone()),
        (0..4u8, any::<usize>(), any::<u8>()),
        python_input,
        python_answers,
    )
    .unwrap();
}

#[test]
fn the_run_engine_keeps_the_laws() {
    use collodi_run::{Action, Input};
    for script in SCRIPTS {
        laws::check(
            || Run::new(RunOptions::new(script_of(script), app())),
            (0..8u8, any::<usize>(), any::<u8>()),
            |&(kind, number, detail), ids: &Ids| match kind {
                0 | 1 => Input::Start,
                2 => Input::Progress(ids.pick(number), progress(detail)),
                3 => Input::Completed(ids.pick(number), Completed::World(completion(detail))),
                4 if detail > 230 => Input::Kill,
                4 if detail > 200 => Input::Cancel,
                4 => Input::Timeout,
                5 => Input::Answer(number % 4, answer(detail)),
                6 => Input::Write(b"yes\n".as_slice().into()),
                _ => Input::Completed(ids.pick(number), Completed::Env(Ok(()))),
            },
            |action, id| match action {
                Action::World(action) => {
                    let world = |c| Input::Completed(id, Completed::World(c));
                    completions(action).into_iter().map(world).collect()
                }
                Action::StartDaemon(_) => {
                    let daemon = DaemonStarted {
                        id: "demo-1".into(),
                        pid: None,
                    };
                    vec![Input::Completed(id, Completed::Daemon(Ok(daemon)))]
                }
                Action::Script(_) => {
                    let failed = ScriptFault::Stopped("other.json".into());
                    let answers = [Ok(Value::Null), Err(ScriptFault::Cancelled), Err(failed)];
                    let answer = |answer| Input::Completed(id, Completed::Script(answer));
                    answers.into_iter().map(answer).collect()
                }
                _ => vec![
                    Input::Completed(id, Completed::Env(Ok(()))),
                    Input::Completed(id, Completed::Env(Err(ProvisionError::TimedOut))),
                ],
            },
        )
        .unwrap();
    }
}

#[test]
fn the_host_keeps_the_laws() {
    for source in [SCRIPTS[0], SCRIPTS[2], SCRIPTS[5]] {
        the_host_keeps_the_laws_with(source);
    }
}

fn the_host_keeps_the_laws_with(source: &str) {
    use collodi_host::Input;
    let script = Arc::new(script_of(source));
    let run = first_run();
    laws::check(
        host,
        (0..8u8, any::<usize>(), any::<u8>()),
        |&(kind, number, detail), ids: &Ids| match kind {
            0 | 1 => Input::Start,
            2 => Input::Progress(ids.pick(number), progress(detail)),
            3 => Input::Completed(ids.pick(number), completion(detail)),
            4 | 5 => {
                let args = collodi_value::Value::Null;
                Input::Command(Command::Run(RunRequest {
                    app: app(),
                    script: script.clone(),
                    args,
                    answers: Box::default(),
                }))
            }
            6 => Input::Command(host_command(detail, &run)),
            _ => Input::Timeout,
        },
        |action, id| {
            completions(action)
                .into_iter()
                .map(|c| Input::Completed(id, c))
                .collect()
        },
    )
    .unwrap();
}

/// Scripts with commands, files, jumps, questions and a daemon, one that deals with
/// others, one with open shells, and one with programs that read or take too long.
const SCRIPTS: [&str; 7] = [
    r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "a", "venv": "myapp"}},
        {"method": "fs.read", "id": "text", "params": {"path": "a.txt"}},
        {"method": "shell.run", "params": {"message": "serve {{port}}", "venv": "myapp",
            "daemon": true, "autoRestart": true}},
        {"method": "process.wait", "params": {"sec": 2}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"id": "again", "when": "{{!exists('a')}}", "method": "shell.run",
            "params": {"message": ["a", "b"], "path": "app"}},
        {"when": "{{input && input.exit_code === 1}}", "method": "jump", "params": {"id": "again"}},
        {"method": "shell.run", "params": {"message": "serve", "on": [
            {"event": "/ready/", "done": true}, {"event": "/dead/", "kill": true}]}},
        {"method": "process.wait", "params": {"url": "http://127.0.0.1:7860"}}]}"#,
    r#"{"dialect": "pinokio", "pre": [{"env": "name"}], "requires": [{"name": "git"}], "run": [
        {"method": "fs.link", "params": {"drive": {"m": ["a", "b"]}}},
        {"method": "input", "params": {"form": [{"key": "name", "required": true}]}},
        {"when": "{{input.name === 'again'}}", "method": "jump", "params": {"index": 1}},
        {"method": "filepicker.open", "params": {}},
        {"method": "shell.run", "params": {"message": "a {{input.paths[0]}}"}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"method": "fs.download", "params": {"uri": ["http://h/a", "http://h/b"], "dir": "m"}},
        {"method": "net", "params": {"url": "http://h/x", "method": "post", "data": {"a": 1}}},
        {"method": "hf.download", "params": {"_": ["a/b"], "local-dir": "m"}},
        {"method": "process.wait", "params": {"on": {"timeout": 5000,
            "resources": ["http://h/x", "tcp:7860", "file:a"]}}}]}"#,
    r#"{"dialect": "pinokio", "run": [
        {"id": "again", "method": "script.start", "params": {"uri": "other.json"},
            "next": "{{running('other.json') ? 2 : 1}}", "returns": "local.result"},
        {"method": "script.start", "params": {"uri": "https://host/owner/repo.git/a.json",
            "branch": "main"}},
        {"method": "local.import", "params": {"a": "other.json", "b": "https://host/x/y.git/z.json"}},
        {"when": "{{script.exists('https://host/owner/repo.git/a.json')}}", "method": "script.stop",
            "params": {"uri": ["other.json", "https://host/owner/repo.git/a.json"]}},
        {"method": "script.restart", "params": {"uri": "{{local.result ? 'other.json' : 'start.json'}}"}},
        {"method": "process.wait", "params": {"sec": 1}}]}"#,
    r#"{"dialect": "pinokio", "run": [
        {"method": "shell.start", "params": {"id": "s", "path": "app"}},
        {"id": "again", "method": "shell.enter", "params": {"id": "s", "message": "a"}},
        {"method": "shell.write", "params": {"id": "s", "message": "b"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "c", "on": [
            {"event": "/ready/", "return": "{{event.matches[0][0]}}"},
            {"event": "/dead/", "kill": true},
            {"event": null, "return": true}]}},
        {"when": "{{input === 'ready'}}", "method": "jump", "params": {"id": "again"}},
        {"method": "shell.stop", "params": {"id": "s"}},
        {"method": "shell.start", "params": {"message": "d", "on": [
            {"event": "/ready/", "done": true, "notify": {"title": "{{event}}"}}]}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"method": "exec", "params": {"message": "a", "timeout": 500, "killSignal": "SIGINT",
            "maxBuffer": 12}},
        {"method": "shell.run", "params": {"message": ["a", "b"], "input": true, "on": [
            {"event": "/ready/", "done": true}, {"event": "/dead/", "break": true}]}}]}"#,
];

/// What files hold: no script, scripts that end and that serve, and the origin of a
/// checkout.
const OTHERS: [&str; 4] = [
    "text",
    r#"{"run": [{"method": "script.start", "params": {"uri": "start.json"}},
        {"method": "global.set", "params": {"n": "{{global.n || 0}}"}}]}"#,
    r#"{"daemon": true, "run": [{"method": "shell.run", "params": {"message": "serve", "on": [
        {"event": "/ready/", "done": true}]}}]}"#,
    "[remote \"origin\"]\n\turl = https://host/owner/repo.git\n",
];

/// What somebody may answer, whether it fits or not.
fn answer(detail: u8) -> collodi_value::Object {
    let value = match detail % 5 {
        0 => collodi_value::Value::Null,
        1 => collodi_value::Value::from(7),
        2 => collodi_value::Value::from("again"),
        3 => collodi_value::Value::from("../.."),
        _ => collodi_value::Value::from("a"),
    };
    let key = if detail > 127 { "name" } else { "paths" };
    [(key.to_owned(), value)].into_iter().collect()
}

fn script_of(source: &str) -> Script {
    parse(source, &Options::for_file("start.json"))
        .script()
        .expect("a valid script")
        .clone()
}

fn app() -> App {
    App::new("demo", Root::new("/app"), RelPath::root(), "start.json")
}

/// The first run of every host with this seed has the same name.
fn first_run() -> RunId {
    let args = Value::Null;
    let script = Arc::new(script_of(SCRIPTS[0]));
    let run = Command::Run(RunRequest {
        app: app(),
        script,
        args,
        answers: Box::default(),
    });
    match host().command(Instant::ZERO, run) {
        Ok(Accepted::Run(run)) => run,
        other => panic!("{other:?}"),
    }
}

fn host() -> Host {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    Host::new(HostOptions::new(layout, 42))
}

fn host_command(detail: u8, run: &RunId) -> Command {
    match detail % 8 {
        0 => Command::StopApp("demo".into()),
        1 => Command::CreateEnv(Name::parse("myapp").unwrap()),
        2 => Command::DeleteEnv(Name::parse("myapp").unwrap()),
        3 => Command::CancelRun(run.clone()),
        4 => Command::Kill,
        5 => Command::Answer {
            run: run.clone(),
            step: None,
            values: answer(detail),
        },
        6 => Command::Write {
            to: collodi_host::Reader::Run(run.clone()),
            bytes: b"yes\n".as_slice().into(),
        },
        _ => Command::Shutdown(Duration::from_secs(5)),
    }
}

fn python_input(&(kind, number, detail): &(u8, usize, u8), ids: &Ids) -> collodi_python::Input {
    use collodi_python::Input;
    match kind {
        0 => Input::Progress(ids.pick(number), progress(detail)),
        1 => Input::Completed(ids.pick(number), completion(detail)),
        2 if detail > 220 => Input::Cancel,
        _ => Input::Timeout,
    }
}

fn python_answers(action: &Action, id: ActionId) -> Vec<collodi_python::Input> {
    let input = |completion| collodi_python::Input::Completed(id, completion);
    completions(action).into_iter().map(input).collect()
}

fn progress(detail: u8) -> Progress {
    match detail % 5 {
        4 => Progress::Transferred {
            done: u64::from(detail),
            total: None,
        },
        0 => Progress::Spawned { pid: Some(100) },
        1 => Progress::Exited(Exit::Code(i32::from(detail % 3))),
        _ => {
            let text = match detail / 4 % 7 {
                0 => "ready\n",
                1 => "dead",
                2 => "error: x\n",
                3 => "\u{1b}]133;D;1;aid=demo-0-1\u{7}",
                4 => "\u{1b}]133;D;;aid=demo-0-2\u{7}\u{1b}]133;D;;aid=demo-0-2\u{7}",
                5 => "\u{1b}]133;D",
                _ => "Python 3.12.1\n",
            };
            Progress::Output {
                stream: Stream::Stdout,
                bytes: text.as_bytes().into(),
            }
        }
    }
}

/// Any completion, whether it fits or not.
fn completion(detail: u8) -> Completion {
    match detail % 12 {
        7 => fetched(200),
        8 => downloaded(),
        9 => Completion::Aborted,
        0 => Completion::Exec(Ok(Ended {
            exit: Exit::Code(0),
            leaked: false,
        })),
        1 => Completion::Exec(Ok(Ended {
            exit: Exit::Signal(Signal::KILL),
            leaked: true,
        })),
        2 => Completion::File(Ok(FileAnswer::Done)),
        3 => Completion::Empty(Ok(())),
        4 => Completion::Port(Ok(42_003)),
        5 => Completion::Signalled(Ok(())),
        6 => Completion::Written(Ok(())),
        10 => Completion::InputClosed,
        _ => Completion::Connected(Err(Error::new(ErrorKind::Refused, "connect to", "x"))),
    }
}

/// What the world may answer to an action.
fn completions(action: &Action) -> Vec<Completion> {
    let error = || Error::new(ErrorKind::ProgramNotFound, "start", "x");
    let exec = |exit| {
        Completion::Exec(Ok(Ended {
            exit,
            leaked: false,
        }))
    };
    match action {
        Action::Exec(_) => vec![
            exec(Exit::Code(0)),
            exec(Exit::Code(1)),
            exec(Exit::Signal(Signal::TERM)),
            Completion::Exec(Err(error())),
        ],
        Action::File(op) => file_answers(op),
        Action::Signal(..) => vec![
            Completion::Signalled(Ok(())),
            Completion::Signalled(Err(error())),
        ],
        Action::AwaitEmpty(_) => vec![Completion::Empty(Ok(()))],
        Action::Connect { .. } => vec![
            Completion::Connected(Ok(())),
            Completion::Connected(Err(error())),
        ],
        Action::Fetch(_) => vec![
            fetched(200),
            fetched(404),
            Completion::Fetched(Err(web_error(WebErrorKind::Connection))),
            Completion::Fetched(Err(web_error(WebErrorKind::Aborted))),
        ],
        Action::Download(_) => vec![
            downloaded(),
            Completion::Downloaded(Err(web_error(WebErrorKind::Truncated))),
            Completion::Downloaded(Err(web_error(WebErrorKind::Status(404)))),
            Completion::Downloaded(Err(web_error(WebErrorKind::Aborted))),
        ],
        Action::Abort(_) => vec![Completion::Aborted],
        Action::Write(..) => {
            let failed = |kind| Completion::Written(Err(Error::new(kind, "write to", "x")));
            vec![
                Completion::Written(Ok(())),
                failed(ErrorKind::Gone),
                failed(ErrorKind::Full),
            ]
        }
        Action::CloseInput(_) => vec![Completion::InputClosed],
        _ => vec![Completion::Port(Ok(42_003)), Completion::Port(Err(error()))],
    }
}

fn fetched(status: u16) -> Completion {
    let (headers, body) = (Headers::default(), b"{}".to_vec());
    Completion::Fetched(Ok(Fetched {
        status,
        headers,
        body,
    }))
}

fn downloaded() -> Completion {
    let (path, was_there) = (Root::new("/app").at(RelPath::root()), false);
    Completion::Downloaded(Ok(Downloaded {
        path,
        bytes: 7,
        was_there,
    }))
}

fn web_error(kind: WebErrorKind) -> WebError {
    WebError::new(kind, WebUrl::parse("http://h/a").unwrap())
}

fn file_answers(op: &FileOp) -> Vec<Completion> {
    let good = match op {
        FileOp::Read { .. } => OTHERS
            .map(|text| FileAnswer::Bytes(text.as_bytes().to_vec()))
            .into(),
        FileOp::List { .. } => {
            let entry = |name: &str| Entry {
                name: name.into(),
                kind: FileKind::Directory,
            };
            let entries = vec![entry("repo"), entry("x")];
            vec![
                FileAnswer::Entries(Vec::new()),
                FileAnswer::Entries(entries),
            ]
        }
        FileOp::Stat { .. } => {
            let stat = Stat {
                kind: FileKind::File,
                size: 1,
            };
            vec![FileAnswer::Stat(None), FileAnswer::Stat(Some(stat))]
        }
        _ => vec![FileAnswer::Done],
    };
    let error = FileError::new(FileErrorKind::PermissionDenied, op.path().clone());
    let good = good.into_iter().map(|answer| Completion::File(Ok(answer)));
    good.chain([Completion::File(Err(error))]).collect()
}
