//! The search for a named conda environment as text.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Stream, TreeId};
use collodi_contain::{Name, RelPath, Root};
use collodi_file::{FileAnswer, FileKind, FileOp, Stat};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Input, Locate, LocateOptions, Platform, ProvisionError, Tool};
use collodi_time::Instant;
use std::collections::BTreeMap;

/// What conda answers.
#[derive(Clone, Copy)]
enum Conda {
    Says(&'static str),
    Fails(&'static str),
    IsMissing,
    Hangs,
}

fn locate(conda: Option<&str>) -> Locate {
    Locate::new(LocateOptions {
        name: Name::parse("ml").unwrap(),
        conda: conda.map(|program| Tool {
            program: program.into(),
            version: "conda 24.1".into(),
        }),
        platform: Platform::LINUX_X64,
        vars: BTreeMap::new(),
        cwd: Root::new("/w").at(RelPath::root()),
        tree: TreeId::new("conda-1"),
    })
}

/// The answer to `conda info --json`, with these files on the disk: what came of it.
fn found(conda: Conda, disk: &[&str]) -> String {
    let mut locate = locate(Some("conda"));
    let mut now = Instant::ZERO;
    let mut hangs = None;
    let mut told = String::new();
    locate.handle_input(now, Input::Timeout).unwrap();
    loop {
        let input = match locate.poll_output() {
            Output::Action(id, action) => {
                told += &format!("{action}\n");
                match action {
                    Action::Exec(_) => match conda {
                        Conda::Hangs => {
                            hangs = Some(id);
                            continue;
                        }
                        conda => {
                            let (text, how) = ends(conda);
                            let bytes = text.as_bytes().into();
                            let stream = Stream::Stdout;
                            let says = Progress::Output { stream, bytes };
                            locate.handle_input(now, Input::Progress(id, says)).unwrap();
                            Input::Completed(id, Completion::Exec(how))
                        }
                    },
                    Action::File(FileOp::Stat { path }) => {
                        let there = disk.contains(&path.absolute().as_str());
                        let stat = there.then_some(Stat {
                            kind: FileKind::File,
                            size: 1,
                        });
                        Input::Completed(id, Completion::File(Ok(FileAnswer::Stat(stat))))
                    }
                    Action::File(_) => Input::Completed(id, Completion::File(Ok(FileAnswer::Done))),
                    _ => {
                        let signalled = Completion::Signalled(Ok(()));
                        locate
                            .handle_input(now, Input::Completed(id, signalled))
                            .unwrap();
                        let (_, how) = ends(Conda::Fails(""));
                        Input::Completed(hangs.unwrap(), Completion::Exec(how))
                    }
                }
            }
            Output::Wait(deadline) => {
                now = deadline.unwrap().at;
                Input::Timeout
            }
            Output::Done(Ok(env)) => return format!("{told}at {}", env.path()),
            Output::Done(Err(error)) => return format!("{told}{error}"),
        };
        locate.handle_input(now, input).unwrap();
    }
}

fn ends(conda: Conda) -> (&'static str, Result<Ended, Error>) {
    let ended = |code| {
        let exit = Exit::Code(code);
        let leaked = false;
        Ok(Ended { exit, leaked })
    };
    match conda {
        Conda::Says(text) => (text, ended(0)),
        Conda::Fails(text) => (text, ended(1)),
        Conda::IsMissing | Conda::Hangs => {
            let kind = ErrorKind::ProgramNotFound;
            ("", Err(Error::new(kind, "start", "conda")))
        }
    }
}

#[test]
fn a_new_one_is_where_conda_makes_those() {
    let said = [
        r#"{"envs_dirs": ["/c/envs", "/home/u/.conda/envs"], "root_prefix": "/c"}"#,
        r#"{"base environment": "/c", "envs directories": ["/c/envs", "/x"]}"#,
        r#"{"base environment": "/c"}"#,
        "  conda 4\nwelcome\n{\"root_prefix\": \"/c\"}\n",
    ];
    for said in said {
        let told = found(Conda::Says(said), &[]);
        assert!(
            told.ends_with("\nmake directory /c/envs\nat /c/envs/ml"),
            "{told}"
        );
    }
}

#[test]
fn one_that_is_there_is_found_in_whichever_folder_it_is() {
    let said = r#"{"envs_dirs": ["/c/envs", "/home/u/.conda/envs"]}"#;
    let told = found(
        Conda::Says(said),
        &["/home/u/.conda/envs/ml/conda-meta/history"],
    );
    insta::assert_snapshot!(told, @"
    exec conda info --json
    look at /c/envs/ml/conda-meta/history
    look at /home/u/.conda/envs/ml/conda-meta/history
    at /home/u/.conda/envs/ml
    ");
}

#[test]
fn what_cannot_be_had_of_conda_is_told() {
    let table = [
        (
            Conda::Says("{}"),
            r#"conda does not say where its environments are: says "{}""#,
        ),
        (
            Conda::Says(r#"{"envs_dirs": ["relative"]}"#),
            r#"conda does not say where its environments are: says "{\"envs_dirs\": [\"relative\"]}""#,
        ),
        (
            Conda::Says(""),
            "conda does not say where its environments are: it says nothing",
        ),
        (
            Conda::Fails("broken"),
            r#"conda does not say where its environments are: exit code 1: says "broken""#,
        ),
        (Conda::IsMissing, "failed to start conda: program not found"),
        (Conda::Hangs, "took too long"),
    ];
    for (conda, expected) in table {
        let told = found(conda, &[]);
        assert_eq!(told.lines().last(), Some(expected), "{told}");
    }
}

#[test]
fn without_conda_there_is_none() {
    let mut locate = locate(None);
    locate.handle_input(Instant::ZERO, Input::Timeout).unwrap();
    let none = Output::Done(Err(ProvisionError::NoConda));
    assert_eq!(locate.poll_output(), none);
}
