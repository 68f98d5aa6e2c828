//! A host, and a world that answers when it is told to.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests, each of which uses a part"
)]

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::Exit;
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_host::{Command, Host, HostOptions, Input, RunRequest};
use collodi_machine::{ActionId, Output, trace::Traced};
use collodi_python::{Layout, Platform};
use collodi_run::App;
use collodi_script::{Options, parse};
use collodi_time::Instant;
use std::sync::Arc;

/// A host that knows a machine with nothing on it, and what it has asked since.
pub(crate) struct Play {
    pub(crate) traced: Traced<Host>,
    pub(crate) now: Instant,
    pub(crate) asked: Vec<(ActionId, Action)>,
}

impl Play {
    /// What happens while the machine is looked at is not part of the trace.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut HostOptions)) -> Self {
        let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
        let mut options = HostOptions::new(layout, 7);
        change(&mut options);
        let mut play = Self {
            traced: Traced::new(Host::new(options)),
            now: Instant::ZERO,
            asked: Vec::new(),
        };
        play.input(Input::Start);
        while let Some((id, action)) = play.asked.pop() {
            let missing = Error::new(ErrorKind::ProgramNotFound, "start", "it");
            play.input(Input::Completed(
                id,
                match action {
                    Action::Exec(_) => Completion::Exec(Err(missing)),
                    Action::File(FileOp::List { .. }) => {
                        Completion::File(Ok(FileAnswer::Entries(Vec::new())))
                    }
                    _ => Completion::File(Ok(FileAnswer::Done)),
                },
            ));
        }
        play.traced = Traced::new(play.traced.machine);
        play
    }

    pub(crate) fn at(&mut self, millis: u64) -> &mut Self {
        self.now = self.now.max(Instant::from_millis(millis));
        self
    }

    pub(crate) fn input(&mut self, input: Input) {
        for output in self.traced.input(self.now, input) {
            if let Output::Action(id, action) = output {
                self.asked.push((id, action));
            }
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    /// The oldest question that reads like this.
    pub(crate) fn asked(&mut self, starts: &str) -> ActionId {
        let is_it = |(_, action): &(ActionId, Action)| action.to_string().starts_with(starts);
        let at = self.asked.iter().position(is_it);
        let at = at.unwrap_or_else(|| panic!("{starts} was not asked:\n{}", self.traced.text()));
        self.asked.remove(at).0
    }

    /// Whether a question that reads like this is open.
    pub(crate) fn has_asked(&self, starts: &str) -> bool {
        let mut open = self.asked.iter();
        open.any(|(_, action)| action.to_string().starts_with(starts))
    }

    pub(crate) fn complete(&mut self, starts: &str, completion: Completion) {
        let id = self.asked(starts);
        self.input(Input::Completed(id, completion));
    }

    pub(crate) fn run(&mut self, script: &str) {
        self.command(Command::Run(request(script)));
    }

    /// The files that a run looks for at its start are not there.
    pub(crate) fn no_files(&mut self) {
        while let Some(at) = self
            .asked
            .iter()
            .position(|(_, action)| matches!(action, Action::File(FileOp::Read { .. })))
        {
            let (id, action) = self.asked.remove(at);
            let Action::File(op) = action else { continue };
            let missing = FileError::new(FileErrorKind::NotFound, op.path().clone());
            self.input(Input::Completed(id, Completion::File(Err(missing))));
        }
    }

    pub(crate) fn trace(&self) -> &str {
        self.traced.text()
    }
}

pub(crate) const DAEMON: &str = r#"{"run": [{"method": "shell.run",
    "params": {"message": "serve", "daemon": true, "autoRestart": true}}]}"#;

pub(crate) fn said(text: &str) -> Progress {
    Progress::Output {
        stream: collodi_command::Stream::Stdout,
        bytes: text.as_bytes().into(),
    }
}

pub(crate) fn ended(exit: Exit) -> Completion {
    let leaked = false;
    Completion::Exec(Ok(Ended { exit, leaked }))
}

/// Two daemons, one of which depends on the other.
pub(crate) const TWO: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "store", "daemon": true, "id": "db"}},
    {"method": "shell.run", "params": {"message": "serve", "daemon": true, "dependsOn": "db"}}]}"#;

pub(crate) fn request(script: &str) -> RunRequest {
    let parsed = parse(script, &Options::for_file("pinokio.json"));
    RunRequest {
        app: App::new("demo", Root::new("/app"), RelPath::root(), "pinokio.json"),
        script: Arc::new(parsed.script().unwrap().clone()),
        args: collodi_value::Value::Null,
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    }
}
