//! Daemons that have ended, and are told to run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;

use collodi_action::{Completion, Progress};
use collodi_command::Exit;
use collodi_contain::Name;
use collodi_file::FileAnswer;
use collodi_host::{AppChange, Command, Host, Input, ProcessId, Refused};
use collodi_machine::ActionId;
use collodi_time::Duration;
use insta::assert_snapshot;
use play::{DAEMON, Play, TWO, ended, request, said};

/// The next command that is to be executed runs.
fn begins(play: &mut Play, pid: u32) -> ActionId {
    let exec = play.asked("exec bash");
    let spawned = Progress::Spawned { pid: Some(pid) };
    play.input(Input::Progress(exec, spawned));
    exec
}

fn ends(play: &mut Play, exec: ActionId, code: i32) {
    play.input(Input::Progress(exec, Progress::Exited(Exit::Code(code))));
    play.input(Input::Completed(exec, ended(Exit::Code(code))));
    play.complete("await end", Completion::Empty(Ok(())));
}

/// The process at this place, in the order of their names.
fn id_at(host: &Host, at: usize) -> ProcessId {
    host.processes().nth(at).unwrap().id().clone()
}

fn refused(play: &mut Play, command: Command) -> Refused {
    let host = &mut play.traced.machine;
    host.command(play.now, command).unwrap_err()
}

fn stopped(play: &mut Play, exec: ActionId) {
    play.command(Command::StopApp("demo".into()));
    play.complete("signal SIGTERM", Completion::Signalled(Ok(())));
    ends(play, exec, 0);
}

#[test]
fn a_daemon_that_was_stopped_runs_again_under_its_name_with_its_log() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = begins(&mut play, 7);
    play.at(10).input(Input::Progress(exec, said("first\n")));
    stopped(&mut play, exec);
    let id = id_at(&play.traced.machine, 0);
    play.at(20).command(Command::StartProcess(id.clone()));
    let exec = begins(&mut play, 8);
    play.at(30).input(Input::Progress(exec, said("second\n")));
    assert_snapshot!("stopped_and_started", play.trace());
    let process = play.traced.machine.process(&id).unwrap();
    let lines: Vec<_> = process
        .log()
        .last(9)
        .map(|line| line.text.clone())
        .collect();
    assert_snapshot!("its_log_goes_on", lines.join("\n"));
    assert!(play.traced.machine.busy_by("demo").is_some());
}

/// What it was restarted for is over: the next delays are those of one that never died.
#[test]
fn restarts_and_delays_begin_anew() {
    let mut play = Play::new();
    play.run(&DAEMON.replace(
        r#""autoRestart": true"#,
        r#""restart": {"policy": "always", "giveUp": {"restarts": 2}}"#,
    ));
    for pid in 7..10 {
        let exec = begins(&mut play, pid);
        ends(&mut play, exec, 1);
        play.at(u64::from(pid) * 100_000).input(Input::Timeout);
    }
    let id = id_at(&play.traced.machine, 0);
    let told = |play: &Play| {
        let process = play.traced.machine.process(&id).unwrap();
        (process.status().to_string(), process.status().restarts)
    };
    assert!(told(&play).0.contains("gave up"), "{:?}", told(&play));
    play.command(Command::RestartProcess(id.clone()));
    begins(&mut play, 10);
    assert_eq!(told(&play), ("running (pid 10)".to_owned(), 0));
}

#[test]
fn one_that_lives_is_left_alone_and_one_that_waits_begins_at_once() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = begins(&mut play, 7);
    let id = id_at(&play.traced.machine, 0);
    play.command(Command::StartProcess(id.clone()));
    assert!(play.asked.is_empty(), "it lives");
    ends(&mut play, exec, 1);
    play.command(Command::StartProcess(id));
    begins(&mut play, 8);
}

#[test]
fn what_cannot_be_started_is_refused_and_nothing_changes() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = begins(&mut play, 7);
    let id = id_at(&play.traced.machine, 0);
    let start = || Command::StartProcess(id.clone());
    let unknown = Command::StartProcess(ProcessId::from_text("demo-00000000"));
    let mut told = Vec::from([refused(&mut play, unknown).to_string()]);
    let mut refuses = |play: &mut Play| told.push(refused(play, start()).to_string());
    play.command(Command::StopProcess(id.clone()));
    refuses(&mut play);
    play.complete("signal SIGTERM", Completion::Signalled(Ok(())));
    ends(&mut play, exec, 0);
    let app = || Name::parse("demo").unwrap();
    let change = AppChange::Update;
    play.command(Command::ClaimApp { app: app(), change });
    refuses(&mut play);
    play.command(Command::ReleaseApp(app()));
    play.command(Command::Run(request(DAEMON)));
    refuses(&mut play);
    play.command(Command::Shutdown(Duration::from_secs(1)));
    refuses(&mut play);
    assert_snapshot!(told.join("\n"));
}

/// Each starts when those that it depends on are up, as at the first time.
#[test]
fn those_that_it_depends_on_are_started_too() {
    let mut play = Play::new();
    play.run(TWO);
    let db = begins(&mut play, 7);
    let server = begins(&mut play, 8);
    ends(&mut play, server, 0);
    ends(&mut play, db, 0);
    let host = &play.traced.machine;
    let server = host.processes().find(|p| p.line() == "serve").unwrap();
    let id = server.id().clone();
    assert!(host.busy_by("demo").is_none());
    play.command(Command::StartProcess(id.clone()));
    let waits = |play: &Play| {
        let host = &play.traced.machine;
        host.waits_for(host.process(&id).unwrap())
    };
    assert_eq!(waits(&play), ["db"]);
    begins(&mut play, 9);
    begins(&mut play, 10);
    assert!(waits(&play).is_empty());
    assert!(play.asked.is_empty(), "one life each");
}

/// A command that a script served with is a daemon as any other then: the run that served
/// has ended, and whoever ends the app ends it.
#[test]
fn what_was_a_command_of_its_run_is_started_as_a_daemon() {
    let mut play = Play::new();
    play.run(
        r#"{"daemon": true, "run": [{"method": "shell.run", "params": {"message": "serve",
        "on": [{"event": "/ready/", "done": true}]}}]}"#,
    );
    play.no_files();
    let exec = begins(&mut play, 7);
    play.input(Input::Progress(exec, said("ready\n")));
    stopped(&mut play, exec);
    let id = id_at(&play.traced.machine, 0);
    assert!(play.traced.machine.busy_by("demo").is_none());
    play.command(Command::StartProcess(id.clone()));
    let exec = begins(&mut play, 8);
    assert_eq!(play.traced.machine.busy_by("demo"), Some(id.to_string()));
    stopped(&mut play, exec);
    assert!(play.traced.machine.busy_by("demo").is_none());
}

/// Its file, and what it said, go when it has ended. What is started meanwhile waits for both:
/// nothing of it is removed while it runs.
#[test]
fn one_that_is_started_while_its_files_go_waits_for_them() {
    let mut play = Play::with(|options| (options.journal, options.recordings) = (true, true));
    let done = || Completion::File(Ok(FileAnswer::Done));
    play.run(DAEMON);
    play.complete("note", done());
    let exec = begins(&mut play, 7);
    stopped(&mut play, exec);
    while play.has_asked("write") {
        play.complete("write", done());
    }
    let id = id_at(&play.traced.machine, 0);
    play.command(Command::StartProcess(id.clone()));
    play.complete(&format!("remove /w/.vatn/python/state/{id}"), done());
    play.complete(&format!("note /w/.vatn/python/state/{id}"), done());
    assert!(!play.has_asked("exec"), "what it said is being removed");
    play.complete(&format!("remove /w/.vatn/python/logs/{id}"), done());
    begins(&mut play, 8);
}
