//! Commands, open shells and programs, as text. A played shell answers by a table.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{CommandSpec, Exit, Signal, Stdin, Stream, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_file::FileAnswer;
use collodi_machine::{ActionId, Output, OutputOf, trace::Traced};
use collodi_python::{EnvDir, Platform, ProvisionError, Tool, Toolchain};
use collodi_run::{Action, App, Completed, DaemonStarted, EnvPlace, Input, Run, RunOptions};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// A line, what it says, a piece at a time, and how it ends; one without an end lives.
#[derive(Clone, Copy)]
struct Line(&'static str, &'static [&'static str], Option<i32>);

/// The line that ends the shell itself.
const EXIT: i32 = 1000;

struct Play {
    traced: Traced<Run>,
    now: Instant,
    table: Vec<Line>,
    inputs: VecDeque<(u64, Input)>,
    /// Open shells, and the number of their last command.
    shells: BTreeMap<TreeId, (ActionId, u32)>,
    living: Vec<ActionId>,
    awaiting: Vec<ActionId>,
    commands: Vec<CommandSpec>,
}

fn options(script: &str) -> RunOptions {
    let script = format!(r#"{{"dialect": "pinokio", "run": [{script}]}}"#);
    let parsed = parse(&script, &Options::for_file("start.json"));
    let script = parsed
        .script()
        .unwrap_or_else(|error| panic!("{error}"))
        .clone();
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut options = RunOptions::new(script, app);
    options.host_vars = Arc::new([("PATH".to_string(), "/usr/bin:/bin".to_string())].into());
    options
}

fn play(script: &str, table: &[Line]) -> Play {
    Play::new(options(script), table)
}

impl Play {
    fn new(options: RunOptions, table: &[Line]) -> Self {
        Self {
            traced: Traced::new(Run::new(options)),
            now: Instant::ZERO,
            table: table.to_vec(),
            inputs: VecDeque::from([(0, Input::Start)]),
            shells: BTreeMap::new(),
            living: Vec::new(),
            awaiting: Vec::new(),
            commands: Vec::new(),
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

    fn output(&mut self, id: ActionId, stream: Stream, text: &str) {
        let bytes = text.as_bytes().into();
        self.say(Input::Progress(id, Progress::Output { stream, bytes }));
    }

    fn answer(&mut self, output: &OutputOf<Run>) {
        let Output::Action(id, action) = output else {
            return;
        };
        let action = match action {
            Action::World(action) => action,
            Action::ProvideEnv(request) => return self.provide(*id, &request.env),
            _ => return,
        };
        match action {
            World::Exec(spec) => self.exec(*id, spec),
            World::Write(tree, bytes) => self.write(*id, tree, &String::from_utf8_lossy(bytes)),
            World::File(_) => self.complete(*id, Completion::File(Ok(FileAnswer::Done))),
            World::Signal(..) => self.signalled(*id),
            World::AwaitEmpty(_) if self.living.is_empty() => {
                self.complete(*id, Completion::Empty(Ok(())));
            }
            World::AwaitEmpty(_) => self.awaiting.push(*id),
            other => panic!("the world has no answer to {other}"),
        }
    }

    /// A named one is below conda's folder; none called `bad` can be made.
    fn provide(&mut self, id: ActionId, place: &EnvPlace) {
        let env = match place {
            EnvPlace::At(env) => env.clone(),
            EnvPlace::Conda(name) => {
                let path = Root::new("/conda/envs").at(RelPath::parse(name.as_str()).unwrap());
                EnvDir::conda(path, Platform::LINUX_X64)
            }
        };
        let exit = Exit::Code(1);
        let tail = "no such package".to_string();
        let provided = match env.path().rel().file_name() {
            Some("bad") => Err(ProvisionError::Conda { exit, tail }),
            _ => Ok(env),
        };
        self.say(Input::Completed(id, Completed::Env(provided)));
    }

    fn exec(&mut self, id: ActionId, spec: &CommandSpec) {
        self.commands.push(spec.clone());
        self.say(Input::Progress(id, Progress::Spawned { pid: Some(100) }));
        let line = spec.args.last().unwrap().clone();
        if spec.stdin == Stdin::Piped && line.starts_with("--") {
            self.shells.insert(spec.tree.clone(), (id, 0));
            self.living.push(id);
        } else {
            self.play(id, &line);
        }
    }

    /// What is typed at the prompt is a line of the table; else someone reads it.
    fn write(&mut self, id: ActionId, tree: &TreeId, text: &str) {
        let Some((shell, number)) = self.shells.get_mut(tree) else {
            let gone = Error::new(ErrorKind::Gone, "write to", "the program's input");
            return self.complete(id, Completion::Written(Err(gone)));
        };
        let shell = *shell;
        let typed = text
            .split_once("eval '")
            .and_then(|(_, t)| t.rsplit_once("'; printf '\\033]133;D;%s"));
        let mark = typed.map(|_| {
            *number += 1;
            format!(";aid={tree}-{number}\u{7}")
        });
        self.complete(id, Completion::Written(Ok(())));
        let line = typed.map_or(text.trim_end(), |(line, _)| line).to_owned();
        match self.play(shell, &line) {
            Some(EXIT) => self.exited(shell, Exit::Code(0)),
            Some(code) if line.starts_with("answer") || mark.is_some() => {
                let mark = mark.unwrap_or_else(|| {
                    let number = self.shells.get(tree).unwrap().1;
                    format!(";aid={tree}-{number}\u{7}")
                });
                self.output(shell, Stream::Stdout, &format!("\u{1b}]133;D;{code}{mark}"));
                self.output(shell, Stream::Stderr, &format!("\u{1b}]133;D;{mark}"));
            }
            _ => {}
        }
    }

    /// Says what the table says; a command of its own ends then.
    fn play(&mut self, id: ActionId, line: &str) -> Option<i32> {
        let found = self.table.iter().find(|l| l.0 == line).copied();
        let Line(_, says, exit) = found.unwrap_or_else(|| panic!("nobody knows {line:?}"));
        for text in says {
            self.output(id, Stream::Stdout, text);
        }
        if !self.shells.values().any(|(shell, _)| *shell == id) {
            match exit {
                Some(code) => self.exited(id, Exit::Code(code)),
                None => self.living.push(id),
            }
        }
        exit
    }

    fn exited(&mut self, id: ActionId, exit: Exit) {
        self.living.retain(|other| *other != id);
        self.shells.retain(|_, (shell, _)| *shell != id);
        self.say(Input::Progress(id, Progress::Exited(exit)));
        let leaked = false;
        self.complete(id, Completion::Exec(Ok(Ended { exit, leaked })));
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

#[test]
fn a_shell_keeps_its_state_between_lines() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s", "path": "sub"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "cd x && export A=1"}},
        {"method": "shell.enter", "params": {"id": "s", "message": ["false", {"_": ["ls", "a b"], "l": true}]}},
        {"method": "log", "params": {"text": "{{input.exit_code}} {{input.stdout}}"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "echo $?"}},
        {"method": "shell.stop", "params": {"id": "s"}}"#;
    let table = [
        Line("cd x && export A=1", &[], Some(0)),
        Line(
            "false\nls '\\''a b'\\'' -l",
            &["a b: not ", "there\n"],
            Some(2),
        ),
        Line("echo $?", &["2\n"], Some(0)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn what_a_handler_returns_is_rendered_when_it_matches() {
    for returned in [
        "{{event.matches[0][1]}}",
        "{{{event.matches[0][1]}}}",
        "{{args.no}} {{event.id}}",
    ] {
        let script = format!(
            r#"{{"method": "shell.start", "params": {{}}}},
            {{"method": "shell.enter", "params": {{"message": "serve", "on": [
                {{"event": "/at (http:[0-9.:\\/]+)/", "return": "{returned}"}}]}}}},
            {{"method": "log", "params": {{"text": "{{{{input}}}}"}}}}"#
        );
        let table = [Line(
            "serve",
            &["at http://127.0.0.1:78", "60\nready\n"],
            None,
        )];
        assert_snapshot!(play(&script, &table).trace());
    }
}

#[test]
fn what_is_typed_while_a_program_runs_is_for_the_program() {
    let script = r#"
        {"method": "local.set", "params": {"answer": "answer it's me"}},
        {"method": "shell.start", "params": {"id": "s"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "echo {{local.answer}}"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "ask", "on": [
            {"event": "/name\\?/", "return": true}]}},
        {"method": "shell.write", "params": {"id": "s", "message": "y"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "{{raw(local.answer)}}", "on": [
            {"event": null, "return": "done"}]}},
        {"method": "log", "params": {"text": "{{input}}"}}"#;
    let table = [
        Line(
            "echo '\\''answer it'\\''\\'\\'''\\''s me'\\''",
            &["answer it's me\n"],
            Some(0),
        ),
        Line("ask", &["your name? "], None),
        Line("y", &[], None),
        Line("answer it's me", &["thank you\n"], Some(0)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn data_is_not_typed_into_a_program_that_may_leave_it_to_the_shell() {
    let script = r#"
        {"method": "local.set", "params": {"data": "x; touch there"}},
        {"method": "shell.start", "params": {"id": "s", "message": "sleep", "on": [
            {"event": "/ready/", "done": true}]}},
        {"method": "shell.enter", "params": {"id": "s", "message": "{{local.data}}"}}"#;
    assert_snapshot!(play(script, &[Line("sleep", &["ready\n"], None)]).trace());
}

#[test]
fn what_is_typed_as_a_command_ends_is_for_the_shell() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s", "message": "X=1; echo ready", "on": [
            {"event": "/ready/", "done": true}]}},
        {"method": "shell.enter", "params": {"id": "s", "message": "echo $X", "on": [
            {"event": "/(1)/", "return": "{{event.matches[0][1]}}"}]}},
        {"method": "log", "params": {"text": "{{input}}"}}"#;
    let table = [
        Line("X=1; echo ready", &["ready\n"], Some(0)),
        Line("echo $X", &["1\n"], Some(0)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_line_without_its_end_waits_for_the_command_before_it() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s"}},
        {"method": "shell.write", "params": {"id": "s", "message": "false\nec"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "ho hi"}}"#;
    let table = [
        Line("false", &[], Some(1)),
        Line("echo hi", &["hi\n"], Some(0)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_program_reads_what_is_typed_in_pieces() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "cat", "on": [
            {"event": "/ready/", "return": true}]}},
        {"method": "shell.write", "params": {"id": "s", "message": "half a "}},
        {"method": "shell.enter", "params": {"id": "s", "message": "line", "on": [
            {"event": "/half a line/", "return": true}]}}"#;
    let table = [
        Line("cat", &["ready\n"], None),
        Line("half a", &[], None),
        Line("line", &["half a line\n"], None),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn a_line_may_be_typed_in_pieces() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s"}},
        {"method": "shell.write", "params": {"id": "s", "message": "echo one"}},
        {"method": "shell.write", "params": {"id": "s", "message": " two\n"}}"#;
    assert_snapshot!(play(script, &[Line("echo one two", &["one two\n"], Some(0))]).trace());
}

#[test]
fn what_cannot_come_any_more_ends_the_run() {
    let start = r#"{"method": "shell.start", "params": {"id": "s"}},"#;
    let table = [
        Line("make", &["compiling\n", "all well\n"], Some(3)),
        Line("exit", &["logout\n"], Some(EXIT)),
        Line("pip", &["could not\nerror: no\n"], Some(1)),
    ];
    for step in [
        r#"{"method": "shell.enter", "params": {"id": "s", "message": "make", "on": [{"event": "/http/", "return": 1}]}}"#,
        r#"{"method": "shell.enter", "params": {"id": "s", "message": "exit"}}"#,
        r#"{"method": "shell.enter", "params": {"id": "s", "message": "pip"}}"#,
        r#"{"method": "shell.enter", "params": {"id": "t", "message": "make"}}"#,
        r#"{"method": "shell.start", "params": {"id": "s"}}"#,
    ] {
        let script = format!("{start}{step}");
        let trace = play(&script, &table).trace();
        assert_snapshot!(trace.lines().last().unwrap());
    }
}

#[test]
fn a_shell_that_a_pattern_kills_is_gone() {
    let script = r#"
        {"method": "shell.start", "params": {"message": "serve", "on": [{"event": "/ready/", "kill": true}]}},
        {"method": "log", "params": {"text": "{{input}}"}},
        {"method": "shell.stop"}"#;
    assert_snapshot!(play(script, &[Line("serve", &["ready\n"], None)]).trace());
}

#[test]
fn shells_end_with_the_run_and_cancel_ends_them() {
    let script = r#"
        {"method": "shell.start", "params": {"id": "s"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "sleep"}}"#;
    let sleep = [Line("sleep", &["zz\n"], None)];
    assert_snapshot!(play(script, &sleep).later(100, Input::Cancel).trace());
}

#[test]
fn exec_keeps_the_outputs_apart() {
    let script = r#"
        {"method": "exec", "params": {"message": "list", "cwd": "sub"}},
        {"method": "log", "params": {"json": "{{input}}"}},
        {"method": "exec", "params": {"message": "fail"}},
        {"method": "log", "params": {"text": "not reached"}}"#;
    let table = [
        Line("list", &["a\n", "b\n"], Some(0)),
        Line("fail", &["no such thing\n"], Some(2)),
    ];
    assert_snapshot!(play(script, &table).trace());
}

#[test]
fn exec_has_limits() {
    let script = r#"{"method": "exec", "params": {"message": "slow", "timeout": 250, "killSignal": "SIGINT"}}"#;
    assert_snapshot!(play(script, &[Line("slow", &["working\n"], None)]).trace());
    let script = r#"{"method": "exec", "params": {"message": "much", "maxBuffer": 4}}"#;
    assert_snapshot!(play(script, &[Line("much", &["12345"], None)]).trace());
}

/// What comes of a command that says this, with these handlers.
fn comes_of(on: &str, says: &'static [&'static str], more: &str) -> String {
    let script = format!(
        r#"{{"method": "shell.run", "params": {{"message": "x", "on": [{on}]{more}}}}},
        {{"method": "log", "params": {{"text": "event {{{{input.event}}}}, code {{{{input.exit_code}}}}"}}}}"#
    );
    let trace = play(&script, &[Line("x", says, Some(0))]).trace();
    let telling = ["logs", "note", "shows", "done"];
    let lines = trace
        .lines()
        .filter(|line| telling.iter().any(|word| line.contains(word)));
    lines.fold(String::new(), |text, line| text + line.trim() + "\n")
}

#[test]
fn handlers_are_asked_in_their_order() {
    let done = r#"{"event": "/http:\\S+/", "done": true}"#;
    let breaks = r#"{"event": "/refused/", "break": true}"#;
    let both = &["refused\nhttp://a\n"];
    assert_snapshot!(
        "done_first",
        comes_of(&format!("{done}, {breaks}"), both, "")
    );
    assert_snapshot!(
        "break_first",
        comes_of(&format!("{breaks}, {done}"), both, "")
    );
    assert_snapshot!(
        "own_rules_last",
        comes_of(done, &["error: x\nhttp://a\n"], "")
    );
}

#[test]
fn handlers_record_ignore_and_notify() {
    let first = r#"{"event": "/n=(\\d)/", "once": true}"#;
    let each = r#"{"event": "/n=(\\d)/"}"#;
    let counts = &["n=1 n=2\n", "n=3\n"];
    assert_snapshot!("each", comes_of(each, counts, ""));
    assert_snapshot!("once", comes_of(first, counts, ""));
    let notify = r#"{"event": "/n=(\\d)/", "once": true, "notify": {"title": "saw {{event[1]}}"}}"#;
    assert_snapshot!("notify", comes_of(notify, counts, ""));
    let ignore = r#"{"event": "/error: old \\w+/", "break": false}"#;
    assert_snapshot!("ignored", comes_of(ignore, &["error: old thing\n"], ""));
    assert_snapshot!(
        "half_ignored",
        comes_of(ignore, &["error: old thing, error: new\n"], "")
    );
}

#[test]
fn the_last_look_reads_all_lines_as_one() {
    let across = r#"{"event": "/all lost.*for ever/", "break": true}"#;
    assert_snapshot!(
        "across",
        comes_of(across, &["all lost\n", "now and for ever\n"], "")
    );
    let said = &["error: half\n", "it is well\n"];
    assert_snapshot!("interactive", comes_of("", said, r#", "input": true"#));
    let excused = r#"{"event": "/error: half.*well/", "break": false}"#;
    assert_snapshot!("excused", comes_of(excused, said, r#", "input": true"#));
}

#[test]
fn variables_are_set_extended_and_removed() {
    let script = r#"
        {"method": "shell.run", "params": {"message": "x", "-env": ["GONE"], "env": {
            "PATH": ["/one", "/two"], "LIST": ["a", "b"], "N": 1, "YES": true, "GONE": "x", "NULL": null}}},
        {"method": "shell.run", "params": {"message": "x", "env": {"PATH": "/only"}}},
        {"method": "exec", "params": {"message": "x", "env": {"LIST": ["a"]}}}"#;
    let mut options = options(script);
    let vars = [("PATH", "/bin"), ("LIST", "z"), ("GONE", "y")];
    let vars = vars.map(|(name, value)| (name.to_string(), value.to_string()));
    options.host_vars = Arc::new(vars.into());
    let mut play = Play::new(options, &[Line("x", &[], Some(0))]);
    play.run();
    let names = ["PATH", "LIST", "N", "YES", "GONE", "NULL"];
    let of = |spec: &CommandSpec| {
        let vars = names
            .iter()
            .filter_map(|name| Some(format!("{name}={}", spec.env.get(*name)?)));
        vars.collect::<Vec<_>>().join(" ") + "\n"
    };
    assert_snapshot!(play.commands.iter().map(of).collect::<String>());
}

#[test]
fn sudo_needs_someone_who_may_do_everything() {
    let script = r#"{"method": "shell.run", "params": {"message": "x", "sudo": true}}"#;
    let table = [Line("x", &[], Some(0))];
    assert_snapshot!(play(script, &table).trace());
    let mut options = options(script);
    options.privileged = true;
    assert_snapshot!(Play::new(options, &table).trace());
}

#[test]
fn what_someone_writes_goes_to_the_command_that_reads() {
    let script = r#"
        {"method": "shell.run", "params": {"message": "ask", "input": true}},
        {"method": "shell.run", "params": {"message": "plain"}}"#;
    let mut play = play(script, &[Line("ask", &["sure? "], None)]);
    play.run();
    assert_eq!(play.traced.machine.reader(), Some(&TreeId::new("demo-0")));
    let yes = Input::Write(b"yes\n".as_slice().into());
    assert_snapshot!(play.later(10, yes).later(20, Input::Cancel).trace());
}

#[test]
fn a_daemon_that_is_started_as_the_run_is_cancelled_is_its_own_all_the_same() {
    let script = r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true}}"#;
    let mut traced = Traced::new(Run::new(options(script)));
    let daemon = DaemonStarted {
        id: "demo-1".into(),
        pid: None,
    };
    let started = Input::Completed(ActionId::from_number(1), Completed::Daemon(Ok(daemon)));
    for (millis, input) in [(0, Input::Start), (1, Input::Cancel), (2, started)] {
        traced.input(Instant::from_millis(millis), input);
    }
    assert_snapshot!(traced.text());
}

fn with_conda(conda: &str, table: &[Line]) -> String {
    let script =
        format!(r#"{{"method": "shell.run", "params": {{"message": "x", "conda": {conda}}}}}"#);
    let mut options = options(&script);
    let conda = Some(Tool {
        program: "conda".into(),
        version: "conda 24.1".into(),
    });
    options.tools = Arc::new(Toolchain {
        conda,
        ..Toolchain::default()
    });
    let trace = Play::new(options, table).trace();
    let telling = ["exec", "note", "provide", "> done"];
    let lines = trace
        .lines()
        .filter(|line| telling.iter().any(|word| line.contains(word)));
    lines.fold(String::new(), |text, line| text + line.trim() + "\n")
}

#[test]
fn a_named_conda_environment_is_provided_by_the_host_and_used_where_it_is() {
    let table = [Line("x", &[], Some(0))];
    let plain = with_conda(r#"{"name": "env"}"#, &table);
    assert_snapshot!("conda_named", plain);
    let spec = r#"{"name": "ml", "python": 3.11, "args": "-c conda-forge"}"#;
    assert_snapshot!("conda_named_as_said", with_conda(spec, &table));
    let failing = r#"{"name": "bad", "python": "9"}"#;
    assert_snapshot!("conda_named_not_provided", with_conda(failing, &table));
}

#[test]
fn a_conda_environment_with_a_path_is_provided_by_the_host() {
    let table = [Line("x", &[], Some(0))];
    assert_snapshot!("conda_provided", with_conda(r#""env""#, &table));
    let spec = r#"{"path": "env", "python": 3.11, "args": "-c conda-forge"}"#;
    assert_snapshot!("conda_provided_as_said", with_conda(spec, &table));
    let bad = with_conda(r#"{"path": "bad"}"#, &table);
    assert_snapshot!("conda_not_provided", bad);
}

#[test]
fn conda_can_be_left_out_or_left_as_it_is() {
    let table = [Line("x", &[], Some(0))];
    assert_snapshot!("conda_skipped", with_conda(r#"{"skip": true}"#, &table));
    assert_snapshot!("conda_base", with_conda(r#"{"name": "base"}"#, &table));
    let minimal = r#"{"name": "ml", "activate": "minimal"}"#;
    assert_snapshot!("conda_minimal", with_conda(minimal, &table));
    let own = r#"{"name": "ml", "activate": ["source x"]}"#;
    assert_snapshot!(
        "conda_own_activation",
        with_conda(own, &[Line("source x && x", &[], Some(0))])
    );
}

#[test]
fn a_trigger_of_a_list_that_is_not_there_fails_before_the_command() {
    let on = r#"{"event": "/ready/", "trigger": "then"}"#;
    assert_snapshot!(comes_of(on, &["ready\n"], ""));
}
