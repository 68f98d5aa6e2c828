//! Daemons that wait for their next start when another host goes on.

use super::{
    machinery::{DAEMON, Machinery, Play, SERVER, daemon_files, state_files},
    says, since_1970,
};
use collodi_action::Progress;
use collodi_command::{Exit, Identity, Signal};
use collodi_host::{Command, Follower, Process};
use collodi_restart::{Death, Ended, Phase};
use collodi_time::{Duration, Instant};

/// A daemon with this restart policy.
pub(super) fn daemon(restart: &str) -> String {
    let restart = format!(r#""restart": {restart}"#);
    DAEMON.replace(r#""autoRestart": true"#, &restart)
}

/// Starts again a minute after each death.
fn patient() -> String {
    daemon(r#"{"policy": "always", "delay": 60000, "factor": 1, "jitter": 0}"#)
}

/// A host that is started when the clock of the world shows this; its own began half as long ago.
pub(super) fn at(machine: &mut Machinery, secs: u64) -> Play<'_> {
    let now = Instant::ZERO + Duration::from_secs(secs - secs / 2);
    Play::since(machine, now, |options| since_1970(options, secs / 2))
}

/// What the clock of the world shows at that time of the host.
pub(super) fn shown(play: &Play<'_>, at: Instant) -> u64 {
    (play.host.options().epoch + at.since_origin())
        .as_duration()
        .as_secs()
}

/// How far the daemons are, and until when they wait.
fn states(play: &Play<'_>) -> Vec<String> {
    let state = |process: &Process| {
        let status = process.status();
        match (status.next_start, status.last_exit) {
            (Some(next), Some(exit)) => format!("waits until {}, {exit}", shown(play, next)),
            _ => status.to_string(),
        }
    };
    play.host.processes().map(state).collect()
}

/// A daemon that died at 1 005 s, and is to be started again at 1 065 s.
fn waiting() -> Machinery {
    let mut machine = Machinery::default();
    at(&mut machine, 1_000)
        .run(&patient())
        .wait(5)
        .dies()
        .wait(5);
    machine
}

pub(super) fn first<'p>(play: &'p Play<'_>) -> &'p Process {
    play.host.processes().next().unwrap()
}

pub(super) fn said(play: &Play<'_>) -> Vec<String> {
    let lines = first(play).log().last(9);
    lines.map(|line| line.text.clone()).collect()
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_daemon_goes_on_waiting_under_the_next_host() {
    let mut machine = waiting();
    let mut play = at(&mut machine, 1_030);
    let (term, status) = (Exit::Signal(Signal::TERM), first(&play).status());
    assert_eq!(states(&play), ["waits until 1065, killed by SIGTERM"]);
    assert_eq!((status.last_exit, status.restarts), (Some(term), 0));
    assert_eq!(status.last_death, Some(Death::Exited(term)));
    assert_eq!(first(&play).next_delays(2), [MINUTE; 2]);
    assert_eq!(
        said(&play),
        ["[VATN] Still waiting: auto-restarting in 35000 ms (restart #1)"]
    );
    assert!(play.host.busy_by("demo").is_some());
    play.wait(34);
    assert_eq!(play.machine.last_pid, 1);
    play.wait(2);
    assert_eq!(states(&play), ["running (pid 2)"]);
    assert_eq!(first(&play).status().restarts, 1);
    assert_eq!(at(&mut machine, 1_066).phases(), ["running (pid 2)"]);
}

#[test]
fn what_waits_when_a_host_lets_go_is_written_down_at_once() {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&patient())
        .dies()
        .command(Command::HandOver(Follower::SameProcess));
    assert_eq!(play.host.let_go(), Some(Follower::SameProcess));
    let play = at(&mut machine, 1_000);
    assert_eq!(states(&play), ["waits until 1060, killed by SIGTERM"]);
}

/// The clock of the world may have been set.
#[test]
fn no_wait_is_longer_than_it_was_to_be() {
    for (secs, phase) in [
        (1_064, "waits until 1065, killed by SIGTERM"),
        (1_065, "running (pid 2)"),
        (9_000_000, "running (pid 2)"),
        (1_000, "waits until 1060, killed by SIGTERM"),
        (0, "waits until 60, killed by SIGTERM"),
    ] {
        let mut machine = waiting();
        let mut play = at(&mut machine, secs);
        play.wait(0);
        assert_eq!(states(&play), [phase], "{secs} s");
    }
}

#[test]
fn a_wait_that_goes_on_is_ended_by_a_stop() {
    let mut machine = waiting();
    let mut play = at(&mut machine, 1_030);
    play.command(Command::StopApp("demo".into())).wait(90);
    assert_eq!(states(&play), ["stopped"]);
    assert!(state_files(&machine).is_empty());
    assert_eq!(machine.last_pid, 1, "nothing else was started");
}

/// It is known before what it said is read.
#[test]
fn what_is_asked_of_a_daemon_that_waits_is_done_when_it_goes_on() {
    let stop = |_: &Play<'_>| Command::StopApp("demo".into());
    let restart = |play: &Play<'_>| Command::RestartProcess(first(play).id().clone());
    let start = |play: &Play<'_>| Command::StartProcess(first(play).id().clone());
    let ways: [&dyn Fn(&Play<'_>) -> Command; 3] = [&stop, &restart, &start];
    let states_then = ["stopped", "running (pid 2)", "running (pid 2)"];
    for (command, state) in ways.into_iter().zip(states_then) {
        let mut machine = waiting();
        machine.is_slow = true;
        let mut play = at(&mut machine, 1_030);
        play.answer_these();
        let command = command(&play);
        play.command(command);
        assert_eq!(play.machine.last_pid, 1);
        play.answer();
        assert_eq!(states(&play), [state]);
    }
}

/// Whoever ends it, and in whatever way.
#[test]
fn what_lives_is_ended_also_before_what_it_said_is_read() {
    let stop = |play: &Play<'_>| Command::StopProcess(first(play).id().clone());
    let stop_app = |_: &Play<'_>| Command::StopApp("demo".into());
    let cancel = |play: &Play<'_>| Command::CancelRun(first(play).run().clone());
    let kill = |_: &Play<'_>| Command::Kill;
    let ways: [&dyn Fn(&Play<'_>) -> Command; 4] = [&stop, &stop_app, &cancel, &kill];
    let scripts = [patient(), SERVER.to_owned()];
    for (command, script) in ways
        .iter()
        .flat_map(|way| scripts.iter().map(move |s| (way, s)))
    {
        let mut machine = Machinery::default();
        at(&mut machine, 1_000).run(script).wait(1);
        machine.is_slow = true;
        let mut play = at(&mut machine, 1_010);
        play.answer_these();
        let command = command(&play);
        play.command(command.clone()).answer();
        assert_eq!(states(&play), ["stopped"], "{command:?}");
        assert!(play.machine.processes.is_empty(), "{command:?}");
    }
}

/// The intent to start it is not written down, only how to find it: a host may die between the two.
#[test]
fn a_daemon_that_was_started_since_gets_no_second_life_beside_the_first() {
    let mut machine = waiting();
    let file = daemon_files(&machine)[0].clone();
    let waits = machine.files[&file].clone();
    let mut play = at(&mut machine, 1_030);
    play.wait(40);
    assert_eq!(states(&play), ["running (pid 2)"]);
    machine.files.insert(file, waits);
    let mut play = at(&mut machine, 1_080);
    assert!(play.machine.processes.is_empty(), "leftovers first");
    assert!(play.machine.asked.contains(&"signal SIGKILL".to_owned()));
    assert!(
        said(&play)[0].contains("while nobody looked"),
        "{:?}",
        said(&play)
    );
    play.wait(61);
    assert_eq!(play.machine.processes.len(), 1);
    assert_eq!(states(&play), ["running (pid 3)"]);
}

#[test]
fn where_nobody_says_who_lives_somebody_may() {
    let mut machine = waiting();
    machine.are_hidden = true;
    let play = at(&mut machine, 1_030);
    assert!(play.machine.asked.contains(&"signal SIGKILL".to_owned()));
    assert_eq!(first(&play).status().last_exit, Some(Exit::Unknown));
}

/// A start of a server does not wait for them for ever.
#[test]
fn where_nobody_answers_who_lives_somebody_may() {
    let mut machine = waiting();
    machine.is_silent = true;
    let mut play = at(&mut machine, 1_030);
    assert!(!play.host.has_recovered());
    play.wait(11);
    assert!(play.host.has_recovered());
    assert!(play.machine.asked.contains(&"signal SIGKILL".to_owned()));
    assert_eq!(first(&play).status().last_exit, Some(Exit::Unknown));
}

/// It dies for ever, and hosts come and go after so many of its deaths.
fn restarts_until_it_is_given_up(give_up: &str, deaths_of_a_host: usize) -> u32 {
    let waits = r#""delay": 5000, "factor": 1, "jitter": 10"#;
    let restart = format!(r#"{{"policy": "always", {waits}, "giveUp": {give_up}}}"#);
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&daemon(&restart));
    for death in 1..100 {
        play.dies().wait(1);
        let status = first(&play).status();
        if matches!(status.phase, Phase::Ended(Ended::GaveUp(_))) {
            return status.restarts;
        }
        if death % deaths_of_a_host == 0 {
            let secs = shown(&play, play.now);
            play = at(play.machine, secs);
        }
        play.wait(9);
        assert_eq!(first(&play).status().phase, Phase::Running, "{death}");
    }
    panic!("it goes on for ever");
}

#[test]
fn a_daemon_is_given_up_when_it_would_have_been_under_one_host() {
    for give_up in [r#"{"restarts": 5}"#, r#"{"restarts": 5, "within": 600000}"#] {
        for deaths_of_a_host in [1, 2, 3, 100] {
            let restarts = restarts_until_it_is_given_up(give_up, deaths_of_a_host);
            assert_eq!(restarts, 5, "{give_up}, {deaths_of_a_host}");
        }
    }
}

/// Its end was not seen: it may have been the end of the machine.
#[test]
fn a_life_that_was_long_before_it_was_lost_starts_the_count_over() {
    for (lived, phase) in [
        (3, "failed (gave up after 1 restart in a row)"),
        (3_000, "waits until 4120, ended, status unknown"),
    ] {
        let restart =
            r#"{"policy": "always", "delay": 60000, "jitter": 0, "giveUp": {"restarts": 1}}"#;
        let mut machine = Machinery::default();
        at(&mut machine, 1_000)
            .run(&daemon(restart))
            .dies()
            .wait(61);
        assert_eq!(machine.last_pid, 2);
        machine.processes.clear();
        let play = at(&mut machine, 1_060 + lived);
        assert_eq!(states(&play), [phase], "{lived} s");
    }
}

/// How often a file is written when a daemon dies `times` in lives of a second.
fn writes_of(restart: &str, times: usize) -> usize {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&daemon(restart)).wait(1);
    play.machine.asked.clear();
    for _ in 0..times {
        play.dies().wait(1);
        assert_eq!(first(&play).status().phase, Phase::Running);
    }
    let asked = play.machine.asked.iter();
    asked.filter(|asked| asked.starts_with("write")).count()
}

/// That it can be found, and where it answers, is written of each life. A wait that is over soon is not.
#[test]
fn a_start_at_once_or_soon_costs_no_write_more() {
    let by_rule = writes_of(
        r#"{"policy": "always", "rules": {"signal": "restart-now"}}"#,
        20,
    );
    assert_eq!(by_rule, 40);
    for (delay, writes) in [(0, 40), (80, 40), (500, 60)] {
        let waits =
            format!(r#"{{"policy": "always", "delay": {delay}, "jitter": 0, "factor": 1}}"#);
        assert_eq!(writes_of(&waits, 20), writes, "{waits}");
    }
}

/// A daemon that others depend on, and one that depends on it.
fn two(supervision: &str, needs: &str, ready: &str) -> String {
    let of = |more: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "serve", "daemon": true,
            "restart": {{"policy": "always", "delay": 60000, "jitter": 0}}{more}}}}}"#
        )
    };
    let (db, serve) = (of(&format!(r#", "id": "db"{ready}"#)), of(needs));
    format!(r#"{{"dialect": "vatn", "supervision": "{supervision}", "run": [{db}, {serve}]}}"#)
}

fn pids(machine: &Machinery) -> Vec<u32> {
    machine.processes.keys().copied().collect()
}

/// What died with it, or has to wait for it, is not started before it is up.
#[test]
fn what_is_held_is_held_under_the_next_host() {
    for (supervision, needs) in [
        ("one_for_all", ""),
        ("rest_for_one", r#", "dependsOn": "db""#),
    ] {
        let script = two(supervision, needs, "");
        let mut machine = Machinery::default();
        let mut play = at(&mut machine, 1_000);
        play.run(&script);
        assert_eq!(first(&play).name(), Some("db"));
        play.dies().wait(5);
        let phases = ["waits until 1060, killed by SIGTERM", "held"];
        assert_eq!(states(&play), phases);
        let mut play = at(&mut machine, 1_010);
        let phases = ["waits until 1060, killed by SIGTERM", "held"];
        assert_eq!(states(&play), phases);
        play.wait(49);
        assert!(play.machine.processes.is_empty());
        play.wait(2);
        assert_eq!(states(&play), ["running (pid 3)", "running (pid 4)"]);
        assert_eq!(pids(&machine), [3, 4]);
    }
}

#[test]
fn what_waits_for_others_before_its_first_start_waits_on() {
    let ready = r#", "ready": {"pattern": "/nobody says this/", "timeout": 900000}"#;
    let script = two("one_for_one", r#", "dependsOn": "db""#, ready);
    let mut machine = Machinery::default();
    at(&mut machine, 1_000).run(&script).wait(1);
    assert_eq!(pids(&machine), [1]);
    let play = at(&mut machine, 1_010);
    assert_eq!(states(&play), ["warming (pid 1)", "held"]);
    let serve = play.host.processes().last().unwrap();
    assert_eq!(play.host.waits_for(serve), ["db"]);
    assert_eq!(serve.status().last_exit, None);
    assert_eq!(pids(&machine), [1]);
}

/// It did not write down how far a life was.
#[test]
fn what_a_host_of_an_earlier_version_was_ending_is_ended_anew() {
    let mut machine = deaf();
    let mut play = at(&mut machine, 1_000);
    play.run(&patient())
        .command(Command::StopApp("demo".into()));
    assert_eq!(second(&mut play, Goes::LetsGo), ["SIGTERM"]);
    let file = daemon_files(&machine)[0].clone();
    let text = String::from_utf8(machine.files[&file].clone()).unwrap();
    let (before, rest) = text.split_once("    \"course\": {").unwrap();
    let (_, after) = rest.split_once("},\n").unwrap();
    machine
        .files
        .insert(file, format!("{before}{after}").into());
    assert_eq!(
        signals(&mut machine, 1_001..1_009, Goes::IsKilled),
        ["SIGTERM from 1001 on", "SIGKILL from 1003 on"]
    );
}

/// Of what it did not write down nothing is known.
#[test]
fn of_a_daemon_of_an_earlier_version_the_restarts_and_the_exit_are_known() {
    let mut machine = waiting();
    let file = daemon_files(&machine)[0].clone();
    let text = String::from_utf8(machine.files[&file].clone()).unwrap();
    let (before, rest) = text.split_once("  \"standing\": {").unwrap();
    let (_, after) = rest.split_once("},\n").unwrap();
    machine
        .files
        .insert(file, format!("{before}{after}").into());
    let play = at(&mut machine, 1_030);
    assert!(
        said(&play)[0].contains("while nobody looked"),
        "{:?}",
        said(&play)
    );
    assert_eq!(states(&play), ["waits until 1090, ended, status unknown"]);
}

/// A machine whose processes are deaf to SIGTERM, and say nothing.
fn deaf() -> Machinery {
    Machinery {
        are_deaf: true,
        is_mute: true,
        ..Machinery::default()
    }
}

/// How a host ends.
#[derive(Clone, Copy, Debug)]
enum Goes {
    LetsGo,
    IsKilled,
}

/// A second of this host, until another one follows. Which signals it sends.
fn second(play: &mut Play<'_>, goes: Goes) -> Vec<String> {
    play.wait(1);
    if matches!(goes, Goes::LetsGo) {
        play.command(Command::HandOver(Follower::SameProcess));
        assert!(play.host.let_go().is_some());
    }
    let asked = play.machine.asked.iter();
    let signals = asked.filter_map(|asked| asked.strip_prefix("signal "));
    signals.map(ToOwned::to_owned).collect()
}

/// The signals that hosts of a second each send, with the second of each.
fn signals(machine: &mut Machinery, secs: core::ops::Range<u64>, goes: Goes) -> Vec<String> {
    let mut signals = Vec::new();
    for sec in secs {
        let sent = second(&mut at(machine, sec), goes);
        signals.extend(sent.iter().map(|signal| format!("{signal} from {sec} on")));
    }
    signals
}

/// However short the lives of its hosts are.
#[test]
fn what_is_deaf_is_killed_when_it_would_have_been_under_one_host() {
    let stop = |_: &Play<'_>| Command::StopApp("demo".into());
    let restart = |play: &Play<'_>| Command::RestartProcess(first(play).id().clone());
    let ways: [&dyn Fn(&Play<'_>) -> Command; 2] = [&stop, &restart];
    for (way, lives) in ways.into_iter().zip([0, 1]) {
        for goes in [Goes::LetsGo, Goes::IsKilled] {
            let mut machine = deaf();
            let mut play = at(&mut machine, 1_000);
            play.run(&patient());
            let command = way(&play);
            play.command(command);
            assert_eq!(second(&mut play, goes), ["SIGTERM"]);
            let signals = signals(&mut machine, 1_001..1_010, goes);
            assert_eq!(signals, ["SIGKILL from 1002 on"], "{goes:?}");
            assert_eq!(machine.processes.len(), lives, "{goes:?}");
        }
    }
}

/// Each is told when those that depend on it have ended, which is noted as well.
#[test]
fn what_is_deaf_is_killed_after_those_that_depend_on_it() {
    let script = two(
        "one_for_one",
        r#", "dependsOn": "db""#,
        r#", "id": "db", "ready": {"pattern": "/is up/", "timeout": 900000}"#,
    );
    for goes in [Goes::LetsGo, Goes::IsKilled] {
        let mut machine = deaf();
        let mut play = at(&mut machine, 1_000);
        play.run(&script).hear(says("is up\n"));
        assert_eq!(play.machine.processes.len(), 2);
        play.now = play.now + Duration::from_millis(500);
        play.command(Command::StopApp("demo".into()));
        assert_eq!(second(&mut play, goes), ["SIGTERM"]);
        assert_eq!(
            signals(&mut machine, 1_001..1_012, goes),
            [
                "SIGKILL from 1003 on",
                "SIGTERM from 1003 on",
                "SIGKILL from 1006 on"
            ],
            "{goes:?}"
        );
    }
}

/// Also one that nobody asked for: with it, another one was given up.
#[test]
fn a_stop_goes_on_under_the_next_host() {
    let script = two("one_for_all", "", r#", "id": "db""#);
    let script = script.replace(
        r#""jitter": 0"#,
        r#""jitter": 0, "giveUp": {"restarts": 0}"#,
    );
    let mut machine = deaf();
    let mut play = at(&mut machine, 1_000);
    play.run(&script).dies();
    assert_eq!(second(&mut play, Goes::LetsGo), ["SIGTERM"]);
    let mut play = at(&mut machine, 1_001);
    let given_up = "failed (gave up after 0 restarts in a row)";
    assert_eq!(states(&play), [given_up, "stopping (pid 2)"]);
    let serve = play.host.processes().last().unwrap().id().clone();
    play.command(Command::StartProcess(serve));
    play.wait(3);
    assert_eq!(states(&play), [given_up, "stopped"]);
    assert_eq!(play.machine.last_pid, 2);
}

/// What was begun by a host that ends is none of the next one's, also when that was written down.
#[test]
fn an_end_with_its_host_does_not_go_on_under_the_next() {
    let mut machine = Machinery {
        is_coy: true,
        ..deaf()
    };
    let mut play = at(&mut machine, 1_000);
    let identity = Identity {
        pid: 1,
        started: 1,
        boot: "boot".into(),
    };
    play.run(&patient())
        .command(Command::Shutdown(MINUTE))
        .hear(Progress::Identified(identity));
    assert_eq!(second(&mut play, Goes::IsKilled), ["SIGTERM"]);
    let mut play = at(&mut machine, 1_001);
    assert_eq!(states(&play), ["running (pid 1)"]);
    play.command(Command::StopApp("demo".into()));
    assert_eq!(second(&mut play, Goes::IsKilled), ["SIGTERM"]);
    assert_eq!(
        signals(&mut machine, 1_002..1_009, Goes::IsKilled),
        ["SIGKILL from 1003 on"]
    );
}

/// Has five seconds to say so.
fn slow() -> String {
    let ready = r#""ready": {"pattern": "/is up/", "timeout": 5000}, "restart": "never""#;
    DAEMON.replace(r#""autoRestart": true"#, ready)
}

#[test]
fn what_is_never_ready_fails_when_it_would_have_under_one_host() {
    let mut machine = deaf();
    assert!(second(at(&mut machine, 1_000).run(&slow()), Goes::LetsGo).is_empty());
    let signals = signals(&mut machine, 1_001..1_010, Goes::LetsGo);
    assert_eq!(signals, ["SIGTERM from 1004 on", "SIGKILL from 1007 on"]);
    let states = states(&at(&mut machine, 1_010));
    assert_eq!(states, ["failed (not ready in time)"]);
}

/// As under the host that began to end it.
#[test]
fn what_keeps_an_end_waiting_is_named_under_the_next_host() {
    let mut machine = deaf();
    at(&mut machine, 1_000).run(&slow()).wait(6);
    let mut play = at(&mut machine, 1_006);
    assert_eq!(states(&play), ["clearing"]);
    play.wait(1);
    let lingering = first(&play).lingering().iter().map(|member| member.pid);
    assert_eq!(lingering.collect::<Vec<_>>(), [1]);
}

/// Nobody looked for so long that its time is over. That is no reason to end what has got ready since.
#[test]
fn what_had_to_be_ready_while_nobody_looked_is_looked_at_first() {
    for (secs, is_ready, phase) in [
        (1_004, false, "warming (pid 1)"),
        (1_004, true, "running (pid 1)"),
        (4_600, false, "warming (pid 1)"),
        (4_600, true, "running (pid 1)"),
    ] {
        let mut machine = Machinery::default();
        at(&mut machine, 1_000).run(&slow()).wait(1);
        let mut play = at(&mut machine, secs);
        play.wait(4);
        assert_eq!(states(&play), ["warming (pid 1)"], "{secs} s");
        if is_ready {
            play.hear(says("is up\n"));
        }
        assert_eq!(states(&play), [phase], "{secs} s");
        play.wait(2);
        let is_up = states(&play) == ["running (pid 1)"];
        assert_eq!(is_up, is_ready, "{secs} s");
    }
}
