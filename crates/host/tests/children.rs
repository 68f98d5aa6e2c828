//! Every command that a host asks for, whatever for: it has passed the policy, and says what it
//! is for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;

use collodi_action::{Action, Completion, Progress};
use collodi_command::{CommandSpec, Exit, Kind};
use collodi_contain::Root;
use collodi_env::{is_loader_name, is_secret_name};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_host::{Command, Host, HostOptions, Input};
use collodi_machine::{Machine, Output};
use collodi_python::{Layout, Platform};
use collodi_time::Instant;
use play::{ended, request, said};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

const SCRIPT: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "pip list", "venv": "env", "env": {"MY_TOKEN": "of_step"}}},
    {"method": "shell.run", "params": {"message": "tool", "conda": "base"}},
    {"method": "exec", "params": {"message": "make"}},
    {"method": "shell.run", "params": {"message": "serve", "daemon": true, "ready": {"command": "probe"}}},
    {"method": "script.start", "params": {"uri": "https://host/owner/repo.git/start.json"}}
]}"#;

/// Everything that is asked for ends well at once; files are not there.
fn answers(action: &Action) -> (Option<Progress>, Option<Completion>) {
    match action {
        Action::Exec(spec) if spec.args.iter().any(|arg| arg == "--version") => {
            let version = match &*spec.program {
                "python3" => "Python 3.12.1\n",
                "conda" => "conda 24.1.0\n",
                _ => "nothing\n",
            };
            (Some(said(version)), Some(ended(Exit::Code(0))))
        }
        Action::Exec(spec) if spec.purpose.kind == Kind::Daemon => {
            (Some(Progress::Spawned { pid: Some(1) }), None)
        }
        Action::Exec(_) => (None, Some(ended(Exit::Code(0)))),
        Action::File(FileOp::Read { path, .. }) => {
            let missing = FileError::new(FileErrorKind::NotFound, path.clone());
            (None, Some(Completion::File(Err(missing))))
        }
        Action::File(FileOp::Stat { .. }) => (None, Some(file(FileAnswer::Stat(None)))),
        Action::File(FileOp::List { .. }) => (None, Some(file(FileAnswer::Entries(Vec::new())))),
        Action::File(FileOp::Claim { .. }) => (None, Some(file(FileAnswer::Claimed(None)))),
        Action::File(_) => (None, Some(file(FileAnswer::Done))),
        Action::Signal(..) => (None, Some(Completion::Signalled(Ok(())))),
        Action::AwaitEmpty(_) => (None, Some(Completion::Empty(Ok(())))),
        Action::Members(_) => (None, Some(Completion::Members(Ok(Vec::new())))),
        _ => (None, None),
    }
}

fn file(answer: FileAnswer) -> Completion {
    Completion::File(Ok(answer))
}

/// Plays the script, and gives every command that was to be run.
fn commands(vars: BTreeMap<String, String>) -> Vec<CommandSpec> {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let mut host = Host::new(HostOptions {
        host_vars: Arc::new(vars),
        prefer_uv: false,
        ..HostOptions::new(layout, 7)
    });
    let run = Command::Run(request(SCRIPT));
    let mut inputs = VecDeque::from([Input::Start, Input::Command(run)]);
    let (mut commands, mut now) = (Vec::new(), Instant::ZERO);
    for _ in 0..2000 {
        let Some(input) = inputs.pop_front() else {
            break;
        };
        let _ = host.handle_input(now, input);
        loop {
            match host.poll_output() {
                Output::Action(id, action) => {
                    let (progress, completion) = answers(&action);
                    inputs.extend(progress.map(|p| Input::Progress(id, p)));
                    inputs.extend(completion.map(|c| Input::Completed(id, c)));
                    if let Action::Exec(spec) = action {
                        commands.push(spec);
                    }
                }
                Output::Event(_) => {}
                Output::Wait(Some(deadline)) if inputs.is_empty() && commands.len() < 100 => {
                    now = now.max(deadline.at);
                    inputs.push_back(Input::Timeout);
                    break;
                }
                Output::Wait(_) | Output::Done(_) => break,
            }
        }
    }
    commands
}

/// S16, S22: probes, environments and git have the same policy as the steps of scripts.
#[test]
fn no_command_gets_a_secret_or_a_loader_of_the_host() {
    let vars = [
        ("PATH", "/bin"),
        ("HF_TOKEN", "secret"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("LD_PRELOAD", "/x.so"),
        ("BASH_ENV", "/x"),
        ("GIT_SSH_COMMAND", "x"),
    ];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let commands = commands(vars.into());
    let mut kinds = BTreeSet::new();
    for spec in &commands {
        kinds.insert(spec.purpose.kind.as_str());
        assert_eq!(
            spec.env.get("PATH").map(|path| path.ends_with("/bin")),
            Some(true),
            "{spec}"
        );
        let ours = |name: &&String| !name.starts_with("GIT_") || *name == "GIT_SSH_COMMAND";
        for name in spec.env.keys().filter(ours) {
            assert!(
                !is_secret_name(name) && !is_loader_name(name),
                "{spec}: {name}"
            );
        }
        let decided: BTreeMap<_, _> = spec.purpose.environment.iter().cloned().collect();
        assert_eq!(decided.get("HF_TOKEN"), Some(&"default-exclude"), "{spec}");
    }
    let all = ["daemon", "environment", "probe", "repository", "step"];
    assert_eq!(kinds, BTreeSet::from(all));
}
