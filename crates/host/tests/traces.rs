//! Histories of a host as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;

use collodi_action::{Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Signal};
use collodi_contain::{Name, RelPath, Root};
use collodi_file::{Claim, FileAnswer, FileError, FileErrorKind};
use collodi_host::{AppChange, Command, Input, Reader, Refused, RunRequest};
use insta::assert_snapshot;
use play::{DAEMON, Play, ended, request, said};

#[test]
fn an_environment_that_is_wanted_while_it_is_deleted_waits() {
    let mut play = Play::new();
    let name = || Name::parse("myapp").unwrap();
    play.command(Command::DeleteEnv {
        name: name(),
        force: false,
    });
    play.command(Command::CreateEnv(name()));
    play.complete("claim", Completion::File(Ok(FileAnswer::Claimed(None))));
    for deed in ["remove", "remove", "release"] {
        play.complete(deed, Completion::File(Ok(FileAnswer::Done)));
    }
    assert_snapshot!(play.trace());
}

#[test]
fn an_app_that_is_changed_does_not_run_and_one_that_runs_is_not_changed() {
    let mut play = Play::new();
    let app = || Name::parse("demo").unwrap();
    let refused = |play: &mut Play, command: Command| {
        let host = &mut play.traced.machine;
        host.command(play.now, command).unwrap_err().to_string()
    };
    let (claim, run) = (
        |change| Command::ClaimApp { app: app(), change },
        || Command::Run(request(DAEMON)),
    );
    play.command(claim(AppChange::Update));
    let both = [run(), claim(AppChange::Removal)];
    let mut told = both.map(|command| refused(&mut play, command)).to_vec();
    play.command(Command::ReleaseApp(app()));
    play.command(run());
    told.push(refused(&mut play, claim(AppChange::Removal)));
    assert_snapshot!("claimed_refused", told.join("\n"));
    assert_snapshot!("claimed", play.trace());
}

#[test]
fn an_environment_that_another_program_makes_is_not_deleted() {
    let mut play = Play::new();
    let (name, force) = (Name::parse("myapp").unwrap(), true);
    play.command(Command::DeleteEnv { name, force });
    let (pid, note) = (Some(4711), String::new());
    let held = FileAnswer::Held(Claim { pid, note });
    play.complete("claim", Completion::File(Ok(held)));
    assert_snapshot!(play.trace());
}

#[test]
fn a_deletion_that_fails_lets_go_of_what_it_claimed() {
    let mut play = Play::new();
    let (name, force) = (Name::parse("myapp").unwrap(), false);
    play.command(Command::DeleteEnv { name, force });
    play.complete("claim", Completion::File(Ok(FileAnswer::Claimed(None))));
    let path = Root::new("/w").at(RelPath::root());
    let refused = FileError::new(FileErrorKind::PermissionDenied, path);
    play.complete("remove", Completion::File(Err(refused)));
    play.complete("release", Completion::File(Ok(FileAnswer::Done)));
    assert_snapshot!(play.trace());
}

#[test]
fn a_daemon_that_is_started_as_its_run_is_cancelled_ends_too() {
    let mut play = Play::new();
    play.run(DAEMON);
    play.at(10).command(Command::StopApp("demo".into()));
    let exec = play.asked("exec bash");
    play.at(20)
        .input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.complete("signal SIGTERM", Completion::Signalled(Ok(())));
    play.at(30)
        .input(Input::Progress(exec, Progress::Exited(Exit::Code(0))));
    let ended = Ended {
        exit: Exit::Code(0),
        leaked: false,
    };
    play.input(Input::Completed(exec, Completion::Exec(Ok(ended))));
    play.complete("await end", Completion::Empty(Ok(())));
    assert_snapshot!(play.trace());
    assert!(play.traced.machine.busy_by("demo").is_none());
}

#[test]
fn of_the_addresses_that_a_daemon_says_the_one_that_answers_is_its_own() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    let text = "metrics at http://127.0.0.1:9009\nui at http://127.0.0.1:8000\n";
    play.at(10).input(Input::Progress(exec, said(text)));
    let refused = || Error::new(ErrorKind::Refused, "connect to", "it");
    play.complete("connect", Completion::Connected(Err(refused())));
    play.complete("connect", Completion::Connected(Err(refused())));
    play.at(60).input(Input::Timeout);
    play.complete("connect", Completion::Connected(Err(refused())));
    play.complete("connect", Completion::Connected(Ok(())));
    assert_snapshot!(play.trace());
}

/// Where nobody hears lines, a log is told to grow; what is in the lines is understood, and
/// kept, all the same.
#[test]
fn lines_that_nobody_hears_are_not_told() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.traced.machine.tell_lines(false);
    let text = "ui at http://127.0.0.1:8000\nunfinished";
    play.at(10).input(Input::Progress(exec, said(text)));
    play.input(Input::Progress(exec, said(" still")));
    play.complete("connect", Completion::Connected(Ok(())));
    play.traced.machine.tell_lines(true);
    play.at(20).input(Input::Progress(exec, said("\n")));
    assert_snapshot!(play.trace());
    let process = play.traced.machine.processes().next().unwrap();
    let kept: Vec<_> = process
        .log()
        .last(2)
        .map(|line| line.text.clone())
        .collect();
    assert_eq!(kept, ["ui at http://127.0.0.1:8000", "unfinished still"]);
}

#[test]
fn an_answer_to_a_try_of_an_earlier_life_says_nothing() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.input(Input::Progress(exec, said("http://127.0.0.1:8000\n")));
    let ended = Ended {
        exit: Exit::Code(1),
        leaked: false,
    };
    play.at(10)
        .input(Input::Completed(exec, Completion::Exec(Ok(ended))));
    play.complete("await end", Completion::Empty(Ok(())));
    play.at(5000).input(Input::Timeout);
    let again = play.asked("exec bash");
    play.input(Input::Progress(again, Progress::Spawned { pid: Some(10) }));
    play.input(Input::Progress(again, said("http://127.0.0.1:8000\n")));
    play.complete("connect", Completion::Connected(Ok(())));
    let daemon = |play: &Play| {
        let process = play.traced.machine.processes().next().unwrap();
        process.url().map(ToString::to_string)
    };
    assert_eq!(daemon(&play), None);
    play.complete("connect", Completion::Connected(Ok(())));
    assert_eq!(daemon(&play).as_deref(), Some("http://127.0.0.1:8000"));
}

#[test]
fn a_life_whose_end_only_the_completion_tells_is_over_too() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    play.input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    let ended = Ended {
        exit: Exit::Unknown,
        leaked: false,
    };
    play.at(10)
        .input(Input::Completed(exec, Completion::Exec(Ok(ended))));
    play.complete("await end", Completion::Empty(Ok(())));
    assert_snapshot!(play.trace());
}

#[test]
fn an_app_that_is_busy_is_refused_by_name() {
    let mut play = Play::new();
    play.run(DAEMON);
    let by = play.traced.machine.busy_by("demo").unwrap();
    assert!(by.starts_with("demo-"), "{by}");
    let before = play.traced.machine.runs().count();
    play.run(DAEMON);
    assert_eq!(play.traced.machine.runs().count(), before);
}

#[test]
fn no_more_runs_are_under_way_than_may_be() {
    let mut play = Play::with(|options| options.runs = 2);
    let again = || RunRequest {
        again: true,
        ..play::request(STEPS)
    };
    play.command(Command::Run(again()));
    play.command(Command::Run(again()));
    let refused = |play: &mut Play, command| play.traced.machine.command(play.now, command);
    let full = Err(Refused::TooManyRuns(2));
    assert_eq!(refused(&mut play, Command::Run(again())), full);
    let (request, from, of) = (again(), 1, None);
    let rerun = Command::RunFrom { request, from, of };
    assert_eq!(refused(&mut play, rerun), full);
    // The first one fails at its first step.
    end(&mut play, &[1]);
    assert!(refused(&mut play, Command::Run(again())).is_ok());
}

#[test]
fn a_shutdown_refuses_what_begins_something() {
    let mut play = Play::new();
    play.command(Command::Shutdown(std::time::Duration::from_secs(1)));
    play.run(DAEMON);
    play.command(Command::CreateEnv(Name::parse("x").unwrap()));
    assert_snapshot!(play.trace());
    assert!(play.traced.machine.runs().next().is_none());
}

/// Who wants an environment whose cancelled making is still being undone gets a new one.
#[test]
fn an_environment_that_is_wanted_while_its_making_is_undone_is_made_anew() {
    let script = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
        "params": {"message": "x", "venv": "myapp"}}]}"#;
    let mut play = Play::new();
    play.run(script);
    play.command(Command::StopApp("demo".into()));
    play.run(script);
    let nothing = Completion::File(Ok(FileAnswer::Stat(None)));
    play.complete("look at", nothing);
    play.asked("look at");
    assert!(
        play.trace().contains("cancelled after 1 steps"),
        "{}",
        play.trace()
    );
    assert!(!play.trace().contains("failed"), "{}", play.trace());
}

#[test]
fn what_is_written_goes_to_whom_it_is_for() {
    let mut play = Play::new();
    play.run(
        r#"{"dialect": "pinokio", "run": [{"method": "shell.run",
        "params": {"message": "ask", "input": true}}]}"#,
    );
    play.no_files();
    let run = play.traced.machine.runs().next().unwrap().id().clone();
    let to = Reader::Run(run);
    let bytes = b"yes\n".as_slice();
    play.command(Command::Write {
        to: to.clone(),
        bytes: bytes.into(),
    });
    let exit = Exit::Code(0);
    let ended = Ended {
        exit,
        leaked: false,
    };
    play.complete("write", Completion::Written(Ok(())));
    play.complete("exec", Completion::Exec(Ok(ended)));
    let late = Command::Write {
        to,
        bytes: bytes.into(),
    };
    let refused = play.traced.machine.command(play.now, late).unwrap_err();
    assert!(matches!(refused, Refused::NobodyReads(_)), "{refused}");
    assert_snapshot!(play.trace());
}

#[test]
fn a_run_without_end_hears_of_its_cancellation_between_two_turns() {
    let mut play = Play::new();
    play.run(
        r#"{"dialect": "pinokio", "run": [
            {"id": "again", "method": "log", "params": {"text": "again"}},
            {"method": "jump", "params": {"id": "again"}}]}"#,
    );
    play.no_files();
    let told = play.traced.text().len();
    play.input(Input::Timeout);
    let turn = play.traced.text().len() - told;
    assert!(turn < 100_000, "one turn tells {turn} bytes");
    play.command(Command::StopApp("demo".into()));
    let host = &play.traced.machine;
    let outcomes: Vec<_> = host.runs().filter_map(|run| run.outcome()).collect();
    let words: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.status.word())
        .collect();
    assert_eq!(words, ["cancelled"]);
}

/// A host that is not told at once what the machine is keeps runs waiting until it is.
#[test]
fn a_run_waits_until_the_machine_is_known() {
    let mut play = Play::with(|options| options.facts = None);
    play.run(r#"{"run": [{"when": "{{gpu === 'nvidia'}}", "method": "log", "params": {"raw": "{{vram}} GB"}}]}"#);
    let facts = [("gpu", "nvidia".into()), ("vram", 24.into())];
    play.at(5)
        .command(Command::Know(facts.into_iter().collect()));
    play.no_files();
    assert_snapshot!(play.trace());
}

#[test]
fn a_signal_goes_to_all_that_lives_of_a_daemon_and_its_end_is_a_death() {
    let mut play = Play::new();
    play.run(DAEMON);
    let exec = play.asked("exec bash");
    let id = play.traced.machine.processes().next().unwrap().id().clone();
    play.at(10)
        .input(Input::Progress(exec, Progress::Spawned { pid: Some(9) }));
    play.at(20)
        .command(Command::Signal(id.clone(), Signal::USR1));
    play.complete("signal SIGUSR1", Completion::Signalled(Ok(())));
    play.at(30)
        .command(Command::Signal(id.clone(), Signal::KILL));
    play.complete("signal SIGKILL", Completion::Signalled(Ok(())));
    let killed = Exit::Signal(Signal::KILL);
    play.input(Input::Progress(exec, Progress::Exited(killed)));
    play.input(Input::Completed(exec, ended(killed)));
    // What it has started may live on, and gets one, too. Between two lives nobody does.
    play.command(Command::Signal(id.clone(), Signal::HUP));
    play.complete("signal SIGHUP", Completion::Signalled(Ok(())));
    play.complete("await end", Completion::Empty(Ok(())));
    play.command(Command::Signal(id, Signal::HUP));
    assert_snapshot!(play.trace());
}

const STEPS: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "id": "first", "params": {"message": "one"}},
    {"method": "local.set", "params": {"key": "kept", "value": "a value"}},
    {"method": "shell.run", "params": {"message": "two {{first}} {{kept}} {{input}}"}}]}"#;

/// Ends the commands of a run, each with this, and then the run.
fn end(play: &mut Play, exits: &[i32]) {
    for exit in exits {
        let exec = play.asked("exec bash");
        play.input(Input::Progress(exec, said("said\n")));
        play.input(Input::Completed(exec, ended(Exit::Code(*exit))));
    }
    play.complete("await end", Completion::Empty(Ok(())));
}

#[test]
fn a_run_from_a_step_on_knows_what_the_earlier_one_knew() {
    let mut play = Play::new();
    play.run(STEPS);
    end(&mut play, &[0, 1]);
    let of = play.traced.machine.runs().next().unwrap().id().clone();
    let request = || play::request(STEPS);
    for (from, of) in [(2, Some(of.clone())), (1, Some(of)), (2, None)] {
        let request = request();
        play.command(Command::RunFrom { request, from, of });
        end(&mut play, &[0]);
    }
    let refused = play.traced.machine.command(
        play.now,
        Command::RunFrom {
            request: request(),
            from: 3,
            of: None,
        },
    );
    assert_eq!(refused, Err(Refused::NoSuchStep { step: 3, steps: 3 }));
    assert_snapshot!(play.trace());
}
