//! What goes wrong in the plugin that this replaces, by the numbers of the list of its
//! defects about processes: the part of it that is for a host.
#![allow(clippy::unwrap_used, reason = "tests")]

mod play;

use collodi_action::{Action, Completion, Error, ErrorKind, Progress};
use collodi_command::Exit;
use collodi_host::{Command, Input, Refused, Retention};
use collodi_run::Status;
use insta::assert_snapshot;
use play::{DAEMON, Play, ended, said};
use std::time::Duration;

fn log(play: &Play) -> Vec<String> {
    let process = play.traced.machine.processes().next().unwrap();
    let lines = process.log().last(50);
    lines.map(|line| line.text.clone()).collect()
}

/// A daemon that was not to be started again.
fn once() -> String {
    DAEMON.replace(r#", "autoRestart": true"#, "")
}

/// The line about the end could stand before the last of the output.
#[test]
fn p9_the_exit_line_stands_behind_the_last_output() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.input(Input::Progress(exec, Progress::Exited(Exit::Code(3))));
    play.input(Input::Progress(exec, said("last words")));
    play.input(Input::Completed(exec, ended(Exit::Code(3))));
    let expected = [
        "[VATN] Process started (pid=9)",
        "last words",
        "[VATN] Process exited (code=3)",
    ];
    assert_eq!(log(&play), expected);
}

/// A progress bar pushed everything else out of the log.
#[test]
fn p10_what_is_written_over_is_one_line() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    for percent in 0..2_000 {
        play.input(Input::Progress(exec, said(&format!("\r{percent} of 1999"))));
    }
    play.input(Input::Progress(exec, said("\n")));
    assert_eq!(log(&play)[1..], ["1999 of 1999"]);
}

/// What had ended was counted as running, and kept for ever.
#[test]
fn p11_what_has_ended_is_kept_by_number_and_age_and_counted_apart() {
    let mut play = Play::with(|options| {
        options.retention = Retention {
            runs: 2,
            processes: 3,
            age: Duration::from_secs(60),
        };
    });
    let life = |play: &mut Play| {
        play.run(&once());
        let exec = play.asked("exec bash");
        play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
        play.input(Input::Completed(exec, ended(Exit::Code(0))));
        play.complete("await end", Completion::Empty(Ok(())));
    };
    for _ in 0..5 {
        life(&mut play);
    }
    let counts = |play: &Play| {
        let host = &play.traced.machine;
        let living = host.processes().filter(|p| !p.has_ended()).count();
        (host.runs().count(), host.processes().count(), living)
    };
    assert_eq!(counts(&play), (2, 3, 0));
    assert_eq!(play.traced.machine.forgotten_processes(), 2);
    play.at(120_000);
    life(&mut play);
    assert_eq!(counts(&play), (1, 1, 0), "the others are too old");
    assert_eq!(play.traced.machine.forgotten_processes(), 2);
}

/// Two runs of an app fought over its port.
#[test]
fn p12_an_app_runs_once_unless_it_is_asked_for_again() {
    let mut play = Play::new();
    play.run(DAEMON);
    let request = || play::request(DAEMON);
    let now = play.now;
    let twice = Command::Run(request());
    let refused = play.traced.machine.command(now, twice).unwrap_err();
    assert!(matches!(refused, Refused::Busy { .. }), "{refused}");
    let mut again = request();
    again.again = true;
    play.command(Command::Run(again));
    assert_eq!(play.traced.machine.processes().count(), 2);
}

/// When a later step failed, daemons lived on, and nobody was told their names.
#[test]
fn p13_a_failing_step_names_the_daemons_and_ends_them() {
    let mut play = Play::new();
    play.run(
        r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "serve", "daemon": true}},
        {"method": "fs.read", "params": {"path": "missing"}}]}"#,
    );
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.no_files();
    let run = play.traced.machine.runs().next().unwrap();
    let outcome = run.outcome().unwrap();
    assert!(matches!(outcome.status, Status::Failed(_)));
    assert_eq!(outcome.daemons.len(), 1);
    play.asked("signal SIGTERM");
}

/// Output waited in a buffer of Python's, and was read in the encoding of the platform.
#[test]
fn p14_python_writes_at_once_and_in_utf8_and_what_is_not_is_shown_all_the_same() {
    let mut play = Play::new();
    play.run(DAEMON);
    let of_daemon = |(_, action): &&(_, Action)| action.to_string().starts_with("exec bash");
    let Some((exec, Action::Exec(spec))) = play.asked.iter().find(of_daemon).cloned() else {
        unreachable!("it was asked for");
    };
    let vars = ["PYTHONUNBUFFERED", "PYTHONUTF8"].map(|name| spec.env.get(name).cloned());
    assert_eq!(vars, [Some("1".into()), Some("1".into())]);
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    let stream = collodi_command::Stream::Stdout;
    let bytes = b"caf\xe9\n".as_slice().into();
    play.input(Input::Progress(exec, Progress::Output { stream, bytes }));
    assert_eq!(log(&play)[1], "caf\u{fffd}");
}

/// A missing directory was called a missing bash.
#[test]
fn p15_what_is_missing_is_named() {
    let mut play = Play::new();
    play.run(&once());
    let missing = Error::new(ErrorKind::NoWorkingDirectory, "start in", "/app/x");
    play.complete("exec bash", Completion::Exec(Err(missing)));
    assert_snapshot!(log(&play).join("\n"), @"[VATN] Error: failed to start in /app/x: no such working directory");
    let run = play.traced.machine.runs().next().unwrap();
    let told = run.outcome().unwrap().to_string();
    assert!(told.contains("no such working directory"), "{told}");
}

/// Fifty of the lines that were kept could be read, without their times and streams.
#[test]
fn p16_every_line_that_is_kept_can_be_read_with_its_number_time_and_stream() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    for number in 0..600 {
        play.at(number)
            .input(Input::Progress(exec, said(&format!("line {number}\n"))));
    }
    let process = play.traced.machine.processes().next().unwrap();
    let page = process.log().read(0, usize::MAX);
    assert_eq!(page.lines.len(), 500);
    let last = page.lines.last().unwrap();
    assert_eq!((last.seq, last.text.as_str()), (600, "line 599"));
    assert_eq!(last.source.as_str(), "stdout");
}
