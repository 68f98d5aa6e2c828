//! `fs.link` and `fs.share`, as the operations that they ask for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Layout, Platform};
use collodi_run::{Action, App, Completed, Input, Run, RunOptions};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::fmt::Write as _;

/// What a step with these parameters does: `there` says what is at a path of the app,
/// and whether a link there leads somewhere.
fn done(params: &str, there: &[(&str, FileKind, Result<(), FileErrorKind>)]) -> String {
    let script = format!(
        r#"{{"dialect": "pinokio", "run": [{{"method": "fs.link", "params": {params}}}]}}"#
    );
    let parsed = parse(&script, &Options::for_file("start.json"));
    let app = App::new(
        "demo",
        Root::new("/work/demo"),
        RelPath::root(),
        "start.json",
    );
    let mut options = RunOptions::new(parsed.script().unwrap().clone(), app);
    options.layout = Layout::new(Root::new("/work"), Platform::LINUX_X64);
    let mut run = Run::new(options);
    let mut said = String::new();
    run.handle_input(Instant::ZERO, Input::Start).unwrap();
    loop {
        match run.poll_output() {
            Output::Action(id, Action::World(World::File(op))) => {
                writeln!(said, "{op}").unwrap();
                let at = there
                    .iter()
                    .find(|(path, ..)| op.path().absolute().ends_with(path));
                let answer = match (&op, at) {
                    (FileOp::Stat { .. }, at) => {
                        Ok(FileAnswer::Stat(at.map(|(_, kind, _)| Stat {
                            kind: *kind,
                            size: 0,
                        })))
                    }
                    (FileOp::List { path }, Some((_, _, Err(kind)))) => {
                        Err(FileError::new(*kind, path.clone()))
                    }
                    _ => Ok(FileAnswer::Done),
                };
                let completed = Completed::World(Completion::File(answer));
                run.handle_input(Instant::ZERO, Input::Completed(id, completed))
                    .unwrap();
            }
            Output::Event(event) => writeln!(said, "{event}").unwrap(),
            Output::Done(outcome) => {
                writeln!(said, "{outcome}").unwrap();
                return said;
            }
            other => panic!("{other:?}\n{said}"),
        }
    }
}

#[test]
fn folders_move_into_the_drive() {
    let params = r#"{"drive": {"models": "app/models", "loras": ["app/loras", "app/extra"]}}"#;
    let there = [("app/models", FileKind::Directory, Ok(()))];
    assert_snapshot!(done(params, &there));
}

#[test]
fn what_is_linked_stays_linked() {
    let params = r#"{"drive": {"a": "a", "b": "b", "c": "c"}, "peers": ["https://x/y.git"]}"#;
    let there = [
        ("demo/a", FileKind::Link, Ok(())),
        ("demo/b", FileKind::Link, Err(FileErrorKind::NotFound)),
        ("demo/c", FileKind::Link, Err(FileErrorKind::Escapes)),
    ];
    assert_snapshot!(done(params, &there));
}

#[test]
fn environments_are_left_alone() {
    assert_snapshot!(done(r#"{"venv": "app/env"}"#, &[]));
}

#[test]
fn what_cannot_be_linked() {
    let table = [
        (r#"{}"#, "expected folders to keep in the drive"),
        (r#"{"drive": "models"}"#, "expected an object of folders"),
        (r#"{"drive": {"models": 7}}"#, "expected paths of folders"),
        (r#"{"drive": {"models": "../x"}}"#, "climbs out"),
        (r#"{"drive": {"../../envs": "x"}}"#, "climbs out"),
    ];
    for (params, expected) in table {
        let said = done(params, &[]);
        assert!(said.contains(expected), "{params}: {said}");
    }
    let file = [("demo/x", FileKind::File, Ok(()))];
    let said = done(r#"{"drive": {"models": "x"}}"#, &file);
    assert!(said.contains("failed"), "{said}");
}
