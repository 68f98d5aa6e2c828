//! One run, and the host of many.

use super::{Player, answers};
use collodi_action::{Error, ErrorKind};
use collodi_contain::{Name, RelPath, Root};
use collodi_host::{
    Accepted, AppChange, Command, Follower, Host, HostOptions, ProcessId, Reader, RunId, RunRequest,
};
use collodi_machine::ActionId;
use collodi_python::{EnvDir, Layout, Platform, ProvisionError};
use collodi_run::{Action, App, Completed, DaemonStarted, Input, Run, RunOptions, ScriptFault};
use collodi_script::Script;
use collodi_time::{Duration, Instant};
use collodi_value::{Object, Value};
use std::sync::Arc;

/// A run of a script.
pub fn run(script: Script) -> Player<Run> {
    Player {
        start: Box::new(move || Run::new(RunOptions::new(script.clone(), app()))),
        input: Box::new(|&(kind, number, detail), ids| match kind % 9 {
            0 | 1 => Input::Start,
            2 => Input::Progress(ids.pick(number), answers::progress(detail)),
            3 => {
                let completed = Completed::World(answers::completion(detail));
                Input::Completed(ids.pick(number), completed)
            }
            4 if detail > 230 => Input::Kill,
            4 if detail > 200 => Input::Cancel,
            4 => Input::Timeout,
            5 => Input::Completed(ids.pick(number), daemon(detail > 127)),
            6 => Input::Answer(u64::from(detail % 4), answer(detail)),
            7 => Input::Write(b"yes\n".as_slice().into()),
            _ => Input::Completed(ids.pick(number), Completed::Env(Ok(environment()))),
        }),
        answers: Box::new(run_answers),
    }
}

fn run_answers(action: &Action, id: ActionId) -> Vec<Input> {
    let completions = match action {
        Action::World(action) => {
            let completions = answers::completions(action).into_iter();
            completions.map(Completed::World).collect()
        }
        Action::StartDaemon(_) | Action::KeepDaemon(_) => vec![daemon(true), daemon(false)],
        Action::Script(_) => {
            let failed = ScriptFault::Stopped("other.json".into());
            let place = Ok(Value::from("/app/.vatn/python/apps/repo/a"));
            [
                Ok(Value::Null),
                Err(ScriptFault::Cancelled),
                Err(failed),
                place,
            ]
            .map(Completed::Script)
            .into()
        }
        Action::TakeTurn(_) => vec![Completed::Turn],
        Action::Release(_) => vec![Completed::Released],
        _ => vec![
            Completed::Env(Ok(environment())),
            Completed::Env(Err(ProvisionError::TimedOut)),
        ],
    };
    let completions = completions.into_iter();
    completions
        .map(|completed| Input::Completed(id, completed))
        .collect()
}

fn daemon(started: bool) -> Completed {
    let daemon = DaemonStarted {
        id: "demo-1".into(),
        pid: None,
    };
    let refused = || Error::new(ErrorKind::Refused, "start", "x");
    Completed::Daemon(started.then_some(daemon).ok_or_else(refused))
}

/// A host that is told to run a script, again and again, among other things.
pub fn host(script: Script) -> Player<Host> {
    player(script, false)
}

/// A host that writes down what the next one needs, and finds what an earlier one left.
pub fn journaled_host(script: Script) -> Player<Host> {
    player(script, true)
}

fn player(script: Script, journal: bool) -> Player<Host> {
    use collodi_host::Input;
    let request = RunRequest {
        app: app(),
        script: Arc::new(script),
        args: Value::Null,
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    };
    let first = first_run(&request);
    Player {
        start: Box::new(move || new_host(journal)),
        input: Box::new(move |&(kind, number, detail), ids| match kind % 8 {
            0 | 1 => Input::Start,
            2 => Input::Progress(ids.pick(number), answers::progress(detail)),
            3 => Input::Completed(ids.pick(number), answers::completion(detail)),
            4 | 5 => Input::Command(Command::Run(request.clone())),
            6 => Input::Command(command(detail, first.as_ref())),
            _ => Input::Timeout,
        }),
        answers: Box::new(|action, id| {
            let completions = answers::completions(action).into_iter();
            completions
                .map(|completion| Input::Completed(id, completion))
                .collect()
        }),
    }
}

fn command(detail: u8, first: Option<&RunId>) -> Command {
    let name = Name::parse("demo");
    match (detail % 10, name, first) {
        (0, ..) => Command::StopApp("demo".into()),
        (1, Ok(env), _) => Command::CreateEnv(env),
        (2, Ok(env), _) => Command::DeleteEnv {
            name: env,
            force: false,
        },
        (3, _, Some(run)) => Command::CancelRun(run.clone()),
        (4, ..) if detail > 127 => Command::HandOver(Follower::SameProcess),
        (4, ..) => Command::Kill,
        (5, _, Some(run)) => Command::Answer {
            run: run.clone(),
            step: None,
            question: None,
            values: answer(detail),
        },
        (6, _, Some(run)) => Command::Write {
            to: Reader::Run(run.clone()),
            bytes: b"yes\n".as_slice().into(),
        },
        (7, ..) if detail > 127 => Command::StopProcess(ProcessId::from_text(answers::LEFT)),
        (8, Ok(app), _) => Command::ReleaseApp(app),
        (9, Ok(app), _) => Command::ClaimApp {
            app,
            change: AppChange::Update,
        },
        _ => Command::Shutdown(Duration::from_secs(5)),
    }
}

/// What somebody may answer, whether it fits or not.
fn answer(detail: u8) -> Object {
    let value = match detail % 5 {
        0 => Value::Null,
        1 => Value::from(7),
        2 => Value::from("again"),
        3 => Value::from("../.."),
        _ => Value::from("a"),
    };
    let key = if detail > 127 { "name" } else { "paths" };
    [(key.to_owned(), value)].into_iter().collect()
}

/// The first run of every host with this seed has the same name.
fn first_run(request: &RunRequest) -> Option<RunId> {
    match new_host(false).command(Instant::ZERO, Command::Run(request.clone())) {
        Ok(Accepted::Run(run)) => Some(run),
        _ => None,
    }
}

fn new_host(journal: bool) -> Host {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    Host::new(HostOptions {
        journal,
        ..HostOptions::new(layout, 42)
    })
}

fn app() -> App {
    App::new("demo", Root::new("/app"), RelPath::root(), "start.json")
}

/// One that is there, wherever it was asked for.
fn environment() -> EnvDir {
    EnvDir::conda(Root::new("/app").at(RelPath::root()), Platform::LINUX_X64)
}
