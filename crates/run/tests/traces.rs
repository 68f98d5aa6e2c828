//! Scripts and what comes of them, as text. The world answers by a table.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Signal, Stream};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_machine::{ActionId, Output, OutputOf, trace::Traced};
use collodi_python::{ProvisionError, Tool, Toolchain};
use collodi_run::{Action, App, Completed, DaemonStarted, EnvPlace, Event, Input, Run, RunOptions};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::{collections::VecDeque, sync::Arc};

/// What a line says and how it exits; lines without an exit live until they are killed.
#[derive(Clone, Copy)]
struct Line(&'static str, &'static str, Option<i32>);

struct Play {
    traced: Traced<Run>,
    now: Instant,
    table: Vec<Line>,
    inputs: VecDeque<(u64, Input)>,
    living: Vec<ActionId>,
    /// Commands that the host has as daemons.
    kept: Vec<ActionId>,
    awaiting: Vec<ActionId>,
}

fn options(script: &str) -> RunOptions {
    let parsed = parse(script, &Options::for_file("start.json"));
    let script = parsed
        .script()
        .unwrap_or_else(|error| panic!("{error}"))
        .clone();
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut options = RunOptions::new(script, app);
    options.host_vars = Arc::new([("PATH".to_string(), "/usr/bin:/bin".to_string())].into());
    options
}

impl Play {
    fn new(options: RunOptions, table: &[Line]) -> Self {
        Self {
            traced: Traced::new(Run::new(options)),
            now: Instant::ZERO,
            table: table.to_vec(),
            inputs: VecDeque::from([(0, Input::Start)]),
            living: Vec::new(),
            kept: Vec::new(),
            awaiting: Vec::new(),
        }
    }

    /// Something happens after everything else has been said.
    fn later(mut self, millis: u64, input: Input) -> Self {
        self.run();
        self.inputs.push_back((millis, input));
        self
    }

    fn trace(mut self) -> String {
        self.run();
        self.traced.text().to_owned()
    }

    /// Feeds what is to be fed, and passes time as long as something waits for it.
    fn run(&mut self) {
        for _ in 0..1_000 {
            let Some((millis, input)) = self.inputs.pop_front() else {
                return;
            };
            self.now = self.now.max(Instant::from_millis(millis));
            let outputs = self.traced.input(self.now, input);
            for output in &outputs {
                self.answer(output);
            }
            if let (Some(Output::Wait(Some(deadline))), true) =
                (outputs.last(), self.inputs.is_empty())
            {
                let millis = deadline.at.as_nanos() / 1_000_000;
                self.inputs.push_back((millis, Input::Timeout));
            }
        }
        panic!("no end:\n{}", self.traced.text());
    }

    fn say(&mut self, input: Input) {
        self.inputs.push_back((0, input));
    }

    fn complete(&mut self, id: ActionId, completion: Completion) {
        self.say(Input::Completed(id, Completed::World(completion)));
    }

    fn answer(&mut self, output: &OutputOf<Run>) {
        let Output::Action(id, action) = output else {
            return self.ends_kept(output);
        };
        match action {
            Action::KeepDaemon(keep) => {
                self.kept.push(keep.exec);
                self.living.retain(|living| *living != keep.exec);
                let daemon = DaemonStarted {
                    id: "demo-1".into(),
                    pid: Some(7),
                };
                self.say(Input::Completed(*id, Completed::Daemon(Ok(daemon))));
            }
            Action::World(World::Exec(spec)) => self.exec(*id, spec.args.last().unwrap()),
            Action::World(World::File(op)) => self.complete(*id, Completion::File(file(op))),
            Action::World(World::Signal(..)) => self.signalled(*id),
            Action::World(World::AwaitEmpty(_)) if self.living.is_empty() => {
                self.complete(*id, Completion::Empty(Ok(())));
            }
            Action::World(World::AwaitEmpty(_)) => self.awaiting.push(*id),
            Action::World(World::FreePort { from }) => {
                self.complete(*id, Completion::Port(Ok(*from)));
            }
            Action::ProvideEnv(request) => {
                let EnvPlace::At(env) = request.env.clone() else {
                    panic!("nobody asks for a named one")
                };
                let completed = Completed::Env(match env {
                    bad if bad.path().absolute().ends_with("bad") => {
                        Err(ProvisionError::NoPython(vec![]))
                    }
                    env => Ok(env),
                });
                self.say(Input::Completed(*id, completed));
            }
            Action::StartDaemon(_) => {
                let daemon = DaemonStarted {
                    id: "demo-1".into(),
                    pid: Some(7),
                };
                self.say(Input::Completed(*id, Completed::Daemon(Ok(daemon))));
            }
            other => panic!("the world has no answer to {other}"),
        }
    }

    /// The host ends its daemons when the run ends.
    fn ends_kept(&mut self, output: &OutputOf<Run>) {
        if matches!(output, Output::Event(Event::Ending)) {
            for id in std::mem::take(&mut self.kept) {
                let exit = Exit::Signal(Signal::TERM);
                let leaked = false;
                self.complete(id, Completion::Exec(Ok(Ended { exit, leaked })));
            }
        }
    }

    fn exec(&mut self, id: ActionId, line: &str) {
        let Some(Line(_, says, exit)) = self.table.iter().find(|l| l.0 == line).copied() else {
            let error = Error::new(ErrorKind::ProgramNotFound, "start", "bash");
            return self.complete(id, Completion::Exec(Err(error)));
        };
        self.say(Input::Progress(id, Progress::Spawned { pid: Some(100) }));
        if !says.is_empty() {
            let bytes = says.as_bytes().into();
            self.say(Input::Progress(
                id,
                Progress::Output {
                    stream: Stream::Stdout,
                    bytes,
                },
            ));
        }
        match exit {
            Some(code) => self.exited(id, Exit::Code(code)),
            None => self.living.push(id),
        }
    }

    fn exited(&mut self, id: ActionId, exit: Exit) {
        self.say(Input::Progress(id, Progress::Exited(exit)));
        self.complete(
            id,
            Completion::Exec(Ok(Ended {
                exit,
                leaked: false,
            })),
        );
    }

    fn signalled(&mut self, id: ActionId) {
        self.complete(id, Completion::Signalled(Ok(())));
        for id in std::mem::take(&mut self.living) {
            self.exited(id, Exit::Signal(Signal::TERM));
        }
        for id in std::mem::take(&mut self.awaiting) {
            self.complete(id, Completion::Empty(Ok(())));
        }
    }
}

fn file(op: &FileOp) -> Result<FileAnswer, FileError> {
    match op {
        FileOp::Read { path, .. } if path.rel().as_str() == "hello.txt" => {
            Ok(FileAnswer::Bytes(b"$(touch /tmp/x) {{args}}\n".to_vec()))
        }
        FileOp::Read { path, .. } => Err(FileError::new(FileErrorKind::NotFound, path.clone())),
        FileOp::Stat { path } if path.rel().as_str() == "uv" => {
            let stat = collodi_file::Stat {
                kind: collodi_file::FileKind::File,
                size: 1,
            };
            Ok(FileAnswer::Stat(Some(stat)))
        }
        FileOp::Stat { .. } => Ok(FileAnswer::Stat(None)),
        _ => Ok(FileAnswer::Done),
    }
}

fn play(script: &str, table: &[Line]) -> Play {
    Play::new(options(script), table)
}

#[test]
fn plugin_script_installs_and_starts_a_daemon() {
    let script = r#"{"run": [
        {"method": "shell.run", "params": {"message": "uv pip install fastapi", "venv": "myapp"}},
        {"method": "shell.run", "params": {"message": "uvicorn main:app", "venv": "myapp",
            "daemon": true, "autoRestart": true}}
    ]}"#;
    let table = [Line(
        "uv pip install fastapi",
        "Installed 12 packages\n",
        Some(0),
    )];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_failing_command_ends_a_plugin_script() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "pip install nosuch"}},
        {"method": "log", "params": {"text": "not reached"}}
    ]}"#;
    let table = [Line(
        "pip install nosuch",
        "looking\nno such package\n",
        Some(1),
    )];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_failing_command_does_not_end_a_pinokio_script() {
    let script = r#"{"dialect": "pinokio", "run": [
        {"method": "shell.run", "params": {"message": "git clone x"}},
        {"method": "log", "params": {"text": "code {{input.exit_code}}, said {{input.stdout}}"}}
    ]}"#;
    let table = [Line("git clone x", "already there\n", Some(128))];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn the_word_error_ends_a_pinokio_script_unless_it_is_excused() {
    let script = r#"{"dialect": "pinokio", "run": [
        {"method": "shell.run", "params": {"message": "a"}},
        {"method": "shell.run", "params": {"message": "b", "on": [
            {"event": "/error: harmless/", "break": false}]}},
        {"method": "shell.run", "params": {"message": "c"}}
    ]}"#;
    let table = [
        Line("a", "error: no module named triton\n", Some(0)),
        Line("b", "error: harmless\n", Some(0)),
        Line("c", "all well\nValueError: 1\n", Some(0)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_server_script_serves_until_it_is_cancelled() {
    let script = r#"{"daemon": true, "run": [
        {"method": "shell.run", "params": {"message": "serve", "on": [
            {"event": "/http:\\/\\/\\S+/", "done": true}]}},
        {"method": "local.set", "params": {"url": "{{input.event[0]}}"}},
        {"method": "log", "params": {"text": "{{local.url}}"}}
    ]}"#;
    let table = [Line(
        "serve",
        "starting\nlistening on http://127.0.0.1:7860\n",
        None,
    )];
    assert_snapshot!(play(script, &table).later(5_000, Input::Cancel).trace());
}

#[test]
fn a_half_written_port_is_waited_for() {
    let script = r#"{"run": [
        {"method": "shell.run", "params": {"message": "serve", "on": [
            {"event": "/http:[0-9.:\\/]+/", "done": true}]}},
        {"method": "log", "params": {"text": "{{input.event[0]}}"}}
    ]}"#;
    let bytes = b"860".as_slice().into();
    let rest = Progress::Output {
        stream: Stream::Stdout,
        bytes,
    };
    let mut play = play(script, &[Line("serve", "http://127.0.0.1:7", None)]);
    play.inputs
        .push_back((0, Input::Progress(ActionId::from_number(1), rest)));
    // The second half arrives before the first has been quiet for long.
    play.inputs.swap(0, 0);
    let first = play.inputs.pop_front().unwrap();
    let second = play.inputs.pop_front().unwrap();
    let outputs = play.traced.input(play.now, first.1);
    outputs.iter().for_each(|output| play.answer(output));
    play.inputs.push_back((50, second.1));
    assert_snapshot!(play.trace());
}

#[test]
fn data_is_data_in_a_shell_line() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "fs.read", "id": "hello", "params": {"path": "hello.txt"}},
        {"method": "shell.run", "params": {"message": "echo {{hello}} --port {{port}}"}}
    ]}"#;
    assert_snapshot!(play(script, &[]).trace());
}

#[test]
fn templates_ask_the_world() {
    let script = r#"{"run": [
        {"when": "{{!exists('app/env')}}", "method": "log",
            "params": {"text": "{{which('uv')}} on port {{port}}"}},
        {"when": "{{exists('../../etc/passwd')}}", "method": "log", "params": {"text": "not reached"}}
    ]}"#;
    let mut options = options(script);
    options.host_vars = Arc::new([("PATH".to_string(), "/opt/bin".to_string())].into());
    assert_snapshot!(Play::new(options, &[]).trace());
}

#[test]
fn jumps_ids_and_skips() {
    let script = r#"{"run": [
        {"id": "start", "method": "local.set", "params": {"n": "{{(local.n || 0) + 1}}"}},
        {"when": "{{local.n < 3}}", "method": "jump", "params": {"id": "start"}},
        {"method": "log", "params": {"text": "{{local.n}} rounds"}, "next": null},
        {"method": "log", "params": {"text": "not reached"}}
    ]}"#;
    assert_snapshot!(play(script, &[]).trace());
}

#[test]
fn a_loop_without_an_end_is_ended() {
    let script = r#"{"run": [{"id": "a", "method": "jump", "params": {"id": "a"}}]}"#;
    let mut options = options(script);
    options.limits.steps = 3;
    assert_snapshot!(Play::new(options, &[]).trace());
}

#[test]
fn script_return_ends_a_plugin_script_early() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "local.set", "params": {"key": "port", "value": 7860}},
        {"method": "fs.write", "params": {"path": "out/{{port}}.json", "data": {"a": [1]}}},
        {"method": "script.return"},
        {"method": "log", "params": {"text": "not reached"}}
    ]}"#;
    assert_snapshot!(play(script, &[]).trace());
}

#[test]
fn paths_and_names_from_templates_stay_inside() {
    for params in [
        r#"{"path": "{{args.p}}", "message": "ls"}"#,
        r#"{"venv": "{{args.p}}", "message": "ls"}"#,
    ] {
        let script = format!(
            r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {params}}}]}}"#
        );
        let mut options = options(&script);
        options.args = collodi_value::Value::Object(
            [("p", collodi_value::Value::from("../../x"))]
                .into_iter()
                .collect(),
        );
        assert_snapshot!(Play::new(options, &[]).trace());
    }
}

#[test]
fn homes_and_addresses_are_no_folders_of_the_app() {
    for (method, key, more) in [
        ("fs.write", "path", r#", "text": "x""#),
        ("fs.copy", "dest", r#", "src": "a""#),
        ("shell.run", "path", r#", "message": "x""#),
    ] {
        for path in ["~/x", "{{'~/' + 'x'}}", "https://me:pw@host/o/r/x"] {
            let script = format!(
                r#"{{"run": [{{"method": "{method}", "params": {{"{key}": "{path}"{more}}}}}]}}"#
            );
            let trace = play(&script, &[]).trace();
            let told = format!("`{key}` is not a path in the app's folder: ");
            assert!(trace.contains(&told), "{trace}");
            assert!(!trace.contains("me:pw"), "{trace}");
        }
    }
}

#[test]
fn an_environment_that_cannot_be_made_ends_the_run() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "x", "venv": "bad"}}]}"#;
    assert_snapshot!(play(script, &[]).trace());
}

#[test]
fn conda_is_never_left_out_silently() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "x", "conda": "ml"}}]}"#;
    assert_snapshot!(play(script, &[]).trace());
    let mut options = options(script);
    let conda = Some(Tool {
        program: "conda".into(),
        version: "conda 24.1".into(),
    });
    options.tools = Arc::new(Toolchain {
        conda,
        ..Toolchain::default()
    });
    assert_snapshot!(Play::new(options, &[Line("x", "", Some(0))]).trace());
}

#[test]
fn messages_are_lists_and_objects_too() {
    let script = r#"{"run": [
        {"method": "shell.run", "params": {"message": ["a", null, "{{false}}", "b"]}},
        {"method": "shell.run", "params": {"message": ["a", "b"], "chain": "&"}},
        {"method": "shell.run", "params": {"message":
            {"_": ["a", "two words"], "x": true, "port": 80, "dry": false, "tag": ["p", "q"]}}}
    ]}"#;
    let table = [
        Line("a", "", Some(0)),
        Line("b", "", Some(0)),
        Line("a && b", "", Some(0)),
        Line(
            "a 'two words' -x --port 80 --no-dry --tag p --tag q",
            "",
            Some(0),
        ),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn cancel_ends_the_command_at_hand() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "sleep"}},
        {"method": "log", "params": {"text": "not reached"}}]}"#;
    let table = [Line("sleep", "", None)];
    assert_snapshot!(play(script, &table).later(100, Input::Cancel).trace());
}

#[test]
fn data_where_no_quoting_is_safe_ends_the_run() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "fs.read", "id": "hello", "params": {"path": "hello.txt"}},
        {"method": "shell.run", "params": {"message": "echo $(( {{hello}} + 1 ))"}}
    ]}"#;
    assert_snapshot!(play(script, &[]).trace());
}

#[test]
fn the_answer_to_a_kill_is_not_taken_for_the_next_steps() {
    let script = r#"{"run": [
        {"method": "shell.run", "params": {"message": "serve", "on": [
            {"event": "/ready/", "kill": true}]}},
        {"method": "fs.read", "params": {"path": "hello.txt"}},
        {"method": "log", "params": {"text": "{{input.length}}"}}
    ]}"#;
    let table = [Line("serve", "ready\n", None)];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_command_that_begins_after_the_cancel_is_ended_too() {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "slow"}}]}"#;
    let mut traced = Traced::new(Run::new(options(script)));
    let id = ActionId::from_number;
    let world = |id, completion| Input::Completed(id, Completed::World(completion));
    let ended = Ended {
        exit: Exit::Signal(Signal::TERM),
        leaked: false,
    };
    let history = [
        (0, Input::Start),
        (1, Input::Cancel),
        (2, world(id(2), Completion::Empty(Ok(())))),
        (2, world(id(3), Completion::Signalled(Ok(())))),
        (5, Input::Progress(id(1), Progress::Spawned { pid: None })),
        (6, world(id(4), Completion::Signalled(Ok(())))),
        (
            7,
            Input::Progress(id(1), Progress::Exited(Exit::Signal(Signal::TERM))),
        ),
        (7, world(id(1), Completion::Exec(Ok(ended)))),
        (
            8,
            world(
                id(5),
                Completion::Empty(Err(Error::new(ErrorKind::Exhausted, "look at", "it"))),
            ),
        ),
        (3_001, Input::Timeout),
        (3_002, world(id(6), Completion::Empty(Ok(())))),
        (3_002, world(id(7), Completion::Signalled(Ok(())))),
    ];
    for (millis, input) in history {
        traced.input(Instant::from_millis(millis), input);
    }
    assert_snapshot!(traced.text());
}
