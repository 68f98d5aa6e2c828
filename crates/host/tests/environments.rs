//! Environments that are made on a full disk, and deleted while they are used.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;

use collodi_action::{Action, Completion, Progress};
use collodi_command::Exit;
use collodi_contain::{Name, Root};
use collodi_disk::Space;
use collodi_file::{Claim, FileAnswer, FileKind, FileOp, Stat};
use collodi_host::{Command, Event, Host, HostOptions, Input, Refused};
use collodi_machine::{Machine, Output};
use collodi_python::{Layout, Platform};
use collodi_time::Instant;
use play::{ended, request, said};
use std::collections::VecDeque;

const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "serve", "venv": "web", "daemon": true}},
    {"method": "shell.run", "params": {"message": "train", "venv": "web"}}
]}"#;

/// A machine with Python, and so much room. What begins with `serve` or `train` does not end.
struct World {
    host: Host,
    free: u64,
    /// The note of a maker that has ended, in the marker.
    left: Option<&'static str>,
    told: Vec<String>,
    /// The trees that were killed.
    killed: Vec<String>,
}

impl World {
    fn new(free: u64) -> Self {
        let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
        let mut world = Self {
            host: Host::new(HostOptions {
                prefer_uv: false,
                ..HostOptions::new(layout, 7)
            }),
            free,
            left: None,
            told: Vec::new(),
            killed: Vec::new(),
        };
        world.settle(Input::Start);
        world
    }

    fn command(&mut self, command: Command) -> Result<(), Refused> {
        self.host.command(Instant::ZERO, command)?;
        self.drain(VecDeque::new());
        Ok(())
    }

    fn settle(&mut self, input: Input) {
        self.drain(VecDeque::from([input]));
    }

    /// Goes on until nobody asks for anything but time.
    fn drain(&mut self, mut inputs: VecDeque<Input>) {
        for _ in 0..1000 {
            if let Some(input) = inputs.pop_front() {
                let _ = self.host.handle_input(Instant::ZERO, input);
            }
            loop {
                match self.host.poll_output() {
                    Output::Action(id, action) => {
                        let (progress, completion) = self.answer(&action);
                        inputs.extend(progress.map(|p| Input::Progress(id, p)));
                        inputs.extend(completion.map(|c| Input::Completed(id, c)));
                    }
                    Output::Event(Event::Env { what, .. }) => self.told.push(what.to_string()),
                    Output::Event(_) => {}
                    Output::Wait(_) | Output::Done(_) if inputs.is_empty() => return,
                    Output::Wait(_) | Output::Done(_) => break,
                }
            }
        }
        panic!("it never settles");
    }

    fn answer(&mut self, action: &Action) -> (Option<Progress>, Option<Completion>) {
        let file = |answer| Some(Completion::File(Ok(answer)));
        match action {
            Action::Exec(spec) if spec.args.iter().any(|arg| arg == "--version") => {
                let version = if spec.program == "python3" {
                    "Python 3.12.1"
                } else {
                    ""
                };
                (Some(said(version)), Some(ended(Exit::Code(0))))
            }
            Action::Exec(spec) if spec.args.iter().any(|arg| arg.contains("venv")) => {
                (None, Some(ended(Exit::Code(0))))
            }
            Action::Exec(_) => (Some(Progress::Spawned { pid: Some(1) }), None),
            Action::File(FileOp::Space { .. }) => {
                let (free, total) = (self.free, 100 << 30);
                (None, file(FileAnswer::Space(Space { free, total })))
            }
            Action::File(FileOp::Claim { .. }) => {
                let left = self.left.map(|note| Claim {
                    pid: Some(4711),
                    note: note.into(),
                });
                (None, file(FileAnswer::Claimed(left)))
            }
            Action::Signal(tree, _) => {
                self.killed.push(tree.to_string());
                (None, Some(Completion::Signalled(Ok(()))))
            }
            Action::AwaitEmpty(_) => (None, Some(Completion::Empty(Ok(())))),
            Action::File(FileOp::Stat { path })
                if self.left.is_some() && path.absolute().ends_with(".creating") =>
            {
                let (kind, size) = (FileKind::File, 4);
                (None, file(FileAnswer::Stat(Some(Stat { kind, size }))))
            }
            Action::File(FileOp::Stat { .. }) => (None, file(FileAnswer::Stat(None))),
            Action::File(FileOp::List { .. }) => (None, file(FileAnswer::Entries(Vec::new()))),
            Action::File(_) => (None, file(FileAnswer::Done)),
            _ => (None, None),
        }
    }
}

fn web() -> Name {
    Name::parse("web").unwrap()
}

#[test]
fn space_that_is_short_is_told_and_does_not_stop_the_making() {
    let mut world = World::new(300 << 20);
    world.command(Command::CreateEnv(web())).unwrap();
    insta::assert_debug_snapshot!(world.told);
    let mut roomy = World::new(300 << 30);
    roomy.command(Command::CreateEnv(web())).unwrap();
    assert_eq!(roomy.told.len(), world.told.len() - 1);
}

/// A run may want what is being cleared.
#[test]
fn what_is_wanted_while_it_is_cleared_is_made_after_that() {
    let mut world = World::new(1 << 40);
    world.left = Some("env-0123456789abcdef");
    let clear = Command::ClearEnv(web());
    world.command(clear.clone()).unwrap();
    insta::assert_debug_snapshot!("cleared", world.told);
    world.told.clear();
    world.host.command(Instant::ZERO, clear).unwrap();
    world.command(Command::CreateEnv(web())).unwrap();
    insta::assert_debug_snapshot!("cleared_and_made", world.told);
}

/// What makers that are gone have begun goes on otherwise, in what is being removed.
#[test]
fn who_deletes_ends_what_is_left_of_makers() {
    let mut world = World::new(1 << 40);
    world.left = Some("\nenv-0123456789abcdef\nweb-1234\nenv-fedcba9876543210");
    let force = false;
    world
        .command(Command::DeleteEnv { name: web(), force })
        .unwrap();
    assert_eq!(
        world.killed,
        ["env-0123456789abcdef", "env-fedcba9876543210"]
    );
    assert_eq!(world.told.last().unwrap(), "deleted");
}

#[test]
fn what_is_used_is_deleted_only_by_force() {
    let mut world = World::new(1 << 40);
    world.command(Command::Run(request(SCRIPT))).unwrap();
    let delete = |force| Command::DeleteEnv { name: web(), force };
    let refused = world.command(delete(false)).unwrap_err();
    insta::assert_snapshot!(refused);
    world.command(delete(true)).unwrap();
    assert_eq!(world.told.last().unwrap(), "deleted");
}
