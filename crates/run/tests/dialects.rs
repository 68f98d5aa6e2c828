//! What the two dialects make of the same script, where they differ.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion, Ended, Progress};
use collodi_command::{Exit, Signal, Stream};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileOp};
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_python::{Contents, Tool, Toolchain};
use collodi_run::{Action, App, Completed, DaemonStarted, EnvPlace, Event, Input, Run, RunOptions};
use collodi_script::{Dialect, Options, parse};
use collodi_time::Instant;
use std::{collections::VecDeque, fmt::Write as _, sync::Arc};

/// A row of the table: what is asked, and the steps that ask it.
struct Row(&'static str, &'static str);

const ROWS: &[Row] = &[
    Row(
        "`venv` is a name",
        r#"{"method": "shell.run", "params": {"message": "ok", "venv": "env", "path": "sub"}}"#,
    ),
    Row(
        "`venv` has a separator",
        r#"{"method": "shell.run", "params": {"message": "ok", "venv": "./env", "path": "sub"}}"#,
    ),
    Row(
        "`venv` is an object",
        r#"{"method": "shell.run", "params": {"message": "ok", "venv": {"path": "env"}}}"#,
    ),
    Row(
        "`conda` is a name",
        r#"{"method": "shell.run", "params": {"message": "ok", "conda": "env"}}"#,
    ),
    Row(
        "`conda` has a separator",
        r#"{"method": "shell.run", "params": {"message": "ok", "conda": "./env"}}"#,
    ),
    Row(
        "`conda` is activated by the script's own commands",
        r#"{"method": "shell.run", "params": {"message": "ok",
               "conda": {"name": "x", "activate": ["source {{args.place}}/c.sh", "conda activate x"]}}}"#,
    ),
    Row(
        "`conda` is activated by commands that are data",
        r#"{"method": "local.set", "params": {"conda": {"name": "x", "activate": ["rm -r {{args.place}}"]}}},
           {"method": "shell.run", "params": {"message": "ok", "conda": "{{local.conda}}"}}"#,
    ),
    Row(
        "`local.set` of `key` and `value`",
        r#"{"method": "local.set", "params": {"key": "a", "value": "b"}},
           {"method": "log", "params": {"json": "{{local}}"}}"#,
    ),
    Row(
        "`local.set` of other names",
        r#"{"method": "local.set", "params": {"a": "b"}},
           {"method": "log", "params": {"json": "{{local}}"}}"#,
    ),
    Row(
        "`script.return` is not the last step",
        r#"{"method": "script.return", "params": {"a": 1}},
           {"method": "log", "params": {"text": "after it"}}"#,
    ),
    Row(
        "a command exits with 3",
        r#"{"method": "shell.run", "params": {"message": "exit 3"}},
           {"method": "log", "params": {"text": "after it"}}"#,
    ),
    Row(
        "a command that lives on at the end of the run",
        r#"{"method": "shell.run", "params": {"message": "serve",
               "on": [{"event": "/ready/", "done": true}]}},
           {"method": "log", "params": {"text": "after it"}}"#,
    ),
    Row(
        "a `daemon` at the end of the run",
        r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true}},
           {"method": "log", "params": {"text": "after it"}}"#,
    ),
    Row(
        "which variables a command gets",
        r#"{"method": "shell.run", "params": {"message": "variables", "env": {"MINE": "1"}}}"#,
    ),
    Row(
        "a file outside of the app",
        r#"{"method": "fs.write", "params": {"path": "../outside", "text": "a"}}"#,
    ),
    Row(
        "a method that nobody has",
        r#"{"method": "quantum.leap", "params": {}},
           {"method": "log", "params": {"text": "after it"}}"#,
    ),
    Row(
        "ids as variables",
        r#"{"id": "said", "method": "shell.run", "params": {"message": "ok"}},
           {"id": "gpu", "method": "shell.run", "params": {"message": "ok"}},
           {"method": "log", "params": {"text": "{{said}}{{gpu}}"}}"#,
    ),
    Row(
        "local variables by their name",
        r#"{"method": "local.set", "params": {"a": "b"}},
           {"method": "log", "params": {"text": "{{a}} {{local.a}}"}}"#,
    ),
];

#[test]
fn where_the_dialects_differ() {
    let mut table = String::new();
    for Row(what, steps) in ROWS {
        writeln!(table, "{what}").unwrap();
        for (name, dialect) in [("Pinokio", Dialect::Pinokio), ("VATN", Dialect::Vatn)] {
            writeln!(table, "  {name}").unwrap();
            for line in tell(steps, dialect) {
                writeln!(table, "    {line}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// What comes of a script of these steps, as far as it is worth a line.
fn tell(steps: &str, dialect: Dialect) -> Vec<String> {
    let options = Options {
        dialect: Some(dialect),
        ..Options::for_file("start.json")
    };
    let parsed = parse(&format!(r#"{{"run": [{steps}]}}"#), &options);
    let script = match parsed.script() {
        Ok(script) => script.clone(),
        Err(error) => return vec![format!("refused: {error}")],
    };
    let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
    let mut options = RunOptions::new(script, app);
    let conda = Tool {
        program: "conda".to_owned(),
        version: "conda 24.1".to_owned(),
    };
    options.tools = Arc::new(Toolchain {
        conda: Some(conda),
        ..Toolchain::default()
    });
    options.host_vars = Arc::new(host_vars());
    Easy {
        run: Run::new(options),
        inputs: VecDeque::from([Input::Start]),
        living: Vec::new(),
        told: Vec::new(),
    }
    .tell()
}

fn host_vars() -> std::collections::BTreeMap<String, String> {
    let names = ["PATH", "HOME", "EDITOR", "CUDA_HOME", "HF_TOKEN"];
    names
        .map(|name| (name.to_owned(), "/bin".to_owned()))
        .into()
}

/// A world in which everything works.
struct Easy {
    run: Run,
    inputs: VecDeque<Input>,
    living: Vec<ActionId>,
    told: Vec<String>,
}

impl Easy {
    fn tell(mut self) -> Vec<String> {
        while let Some(input) = self.inputs.pop_front() {
            self.run.handle_input(Instant::ZERO, input).unwrap();
            loop {
                match self.run.poll_output() {
                    Output::Action(id, action) => self.act(id, &action),
                    Output::Event(event) => self.hear(&event),
                    Output::Wait(_) => break,
                    Output::Done(outcome) => {
                        self.told.push(outcome.to_string());
                        return self.told;
                    }
                }
            }
        }
        panic!("no end: {:?}", self.told);
    }

    fn hear(&mut self, event: &Event) {
        if matches!(event, Event::Log { .. } | Event::Note { .. }) {
            self.told.push(event.to_string().replace("step 0 ", ""));
        }
    }

    fn complete(&mut self, id: ActionId, completed: Completed) {
        self.inputs.push_back(Input::Completed(id, completed));
    }

    fn act(&mut self, id: ActionId, action: &Action) {
        match action {
            Action::World(World::Exec(spec)) => {
                let line = spec.args.last().unwrap().as_str();
                if spec.program == "conda" {
                    self.told.push(format!("conda {}", spec.args.join(" ")));
                }
                if line == "variables" {
                    let names: Vec<&str> = spec.env.keys().map(String::as_str).collect();
                    self.told.push(names.join(" "));
                }
                self.command(id, line);
            }
            Action::World(World::Signal(..)) => {
                self.told.push("what lives is ended".to_owned());
                self.complete(id, Completed::World(Completion::Signalled(Ok(()))));
                for id in std::mem::take(&mut self.living) {
                    self.exited(id, Exit::Signal(Signal::TERM));
                }
            }
            Action::World(World::AwaitEmpty(_)) => {
                self.complete(id, Completed::World(Completion::Empty(Ok(()))));
            }
            Action::World(World::File(op)) => {
                if !matches!(op, FileOp::Stat { .. }) {
                    self.told.push(op.to_string());
                }
                self.complete(id, Completed::World(Completion::File(Ok(FileAnswer::Done))));
            }
            Action::ProvideEnv(request) => {
                let EnvPlace::At(env) = request.env.clone() else {
                    panic!("nobody asks for a named one")
                };
                let path = env.path();
                match &request.contents {
                    Contents::Python(_) | Contents::Nothing => {
                        self.told.push(format!("environment {path}"));
                    }
                    Contents::Conda(specs) => {
                        let specs = specs.join(" ");
                        self.told.push(format!("conda environment {path}: {specs}"));
                    }
                }
                self.complete(id, Completed::Env(Ok(env)));
            }
            Action::StartDaemon(_) => {
                let daemon = DaemonStarted {
                    id: "demo-1".into(),
                    pid: None,
                };
                self.complete(id, Completed::Daemon(Ok(daemon)));
            }
            other => panic!("the world has no answer to {other}"),
        }
    }

    fn command(&mut self, id: ActionId, line: &str) {
        let says = if line == "serve" { "ready\n" } else { "ok\n" };
        self.inputs.push_back(Input::Progress(
            id,
            Progress::Output {
                stream: Stream::Stdout,
                bytes: says.as_bytes().into(),
            },
        ));
        match line {
            "serve" => self.living.push(id),
            "exit 3" => self.exited(id, Exit::Code(3)),
            _ => self.exited(id, Exit::Code(0)),
        }
    }

    fn exited(&mut self, id: ActionId, exit: Exit) {
        let ended = Ended {
            exit,
            leaked: false,
        };
        self.inputs
            .push_back(Input::Progress(id, Progress::Exited(exit)));
        self.complete(id, Completed::World(Completion::Exec(Ok(ended))));
    }
}
