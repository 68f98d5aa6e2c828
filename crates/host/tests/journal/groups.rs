//! Daemons that depend on each other, when another host goes on with them.

use super::{
    machinery::{Machinery, Play, daemon_files},
    waits::at,
};
use collodi_host::{Command, Follower, Process};

/// Each has a name, the name of one that it depends on, and a restart policy.
fn group(supervision: &str, daemons: &[(&str, &str, &str)]) -> String {
    let steps = daemons.iter().map(|(name, needs, restart)| {
        let needs: Vec<_> = needs.split_whitespace().collect();
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "{name}", "daemon": true, "id": "{name}",
                "dependsOn": {needs:?}, "restart": {restart}}}}}"#
        )
    });
    let steps = steps.collect::<Vec<_>>().join(",");
    format!(r#"{{"dialect": "vatn", "supervision": "{supervision}", "run": [{steps}]}}"#)
}

const ALWAYS: &str = r#""always""#;
const UNLESS_STOPPED: &str = r#""unless-stopped""#;
const NEVER: &str = r#""never""#;
const GIVES_UP: &str = r#"{"policy": "always", "delay": 1000, "giveUp": 1}"#;
const STAYS_UP: &str = r#"{"policy": "unless-stopped", "delay": 1000, "giveUp": 1}"#;

/// How far each is, by its name, and why it does not run.
fn states(play: &Play<'_>) -> Vec<String> {
    let state = |process: &Process| {
        let (name, status) = (process.name().unwrap(), process.status());
        let why = process.reason().map(|why| format!(" ({why})"));
        let status = match status.phase {
            collodi_restart::Phase::Running => "runs".to_owned(),
            _ => status.to_string(),
        };
        format!("{name} {status}{}", why.unwrap_or_default())
    };
    let mut all: Vec<_> = play.host.processes().map(state).collect();
    all.sort();
    all
}

fn named<'p>(play: &'p Play<'_>, name: &str) -> &'p Process {
    let mut all = play.host.processes();
    all.find(|process| process.name() == Some(name)).unwrap()
}

fn dies(play: &mut Play<'_>, name: &str) {
    let tree = named(play, name).tree().clone();
    play.kill(&tree);
    let ended = play.inputs.pop_front().unwrap();
    play.input(ended);
    play.wait(0);
}

fn stop(play: &mut Play<'_>, name: &str) {
    let id = named(play, name).id().clone();
    play.command(Command::StopProcess(id)).wait(1);
}

/// One that dies twice, and takes the other with it.
fn given_up(script: &str) -> Machinery {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(script).wait(1);
    dies(&mut play, "db");
    play.wait(5);
    dies(&mut play, "db");
    play.wait(5);
    drop(play);
    machine
}

/// Of a group that was given up people see all of it, and all of it is started again.
#[test]
fn what_was_ended_with_one_that_gave_up_is_known_to_the_next_host() {
    for restart in [ALWAYS, UNLESS_STOPPED] {
        let script = group(
            "rest_for_one",
            &[("db", "", GIVES_UP), ("web", "db", restart)],
        );
        let mut machine = given_up(&script);
        for secs in [2_000, 3_000] {
            let mut play = at(&mut machine, secs);
            play.wait(10);
            let known = [
                "db failed (gave up after 1 restart in a row)",
                "web stopped (ended with db, which gave up)",
            ];
            assert_eq!(states(&play), known);
            let last = named(&play, "web")
                .log()
                .last(1)
                .next()
                .unwrap()
                .text
                .clone();
            assert!(
                last.ends_with("Ended under an earlier server: ended with db, which gave up"),
                "{last}"
            );
        }
        let mut play = at(&mut machine, 4_000);
        let web = named(&play, "web").id().clone();
        play.command(Command::StartProcess(web)).wait(5);
        assert_eq!(states(&play), ["db runs", "web runs"]);
    }
}

/// Both are started with each host, or the other one alone would be.
#[test]
fn what_was_ended_with_one_that_each_host_starts_is_started_with_it() {
    let daemons = [("db", "", STAYS_UP), ("web", "db", UNLESS_STOPPED)];
    let mut machine = given_up(&group("rest_for_one", &daemons));
    let mut play = at(&mut machine, 2_000);
    play.wait(10);
    assert_eq!(states(&play), ["db runs", "web runs"]);
}

#[test]
fn what_was_not_started_is_known_to_the_next_host() {
    let script = group("one_for_one", &[("db", "", NEVER), ("web", "db", ALWAYS)]);
    let script = script.replace(
        r#""id": "db","#,
        r#""id": "db", "ready": {"pattern": "/never said/"},"#,
    );
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&script).wait(1);
    dies(&mut play, "db");
    play.wait(1);
    let known = states(&play);
    assert!(
        known[1].starts_with("web stopped (not started: db"),
        "{known:?}"
    );
    let play = at(&mut machine, 2_000);
    assert_eq!(states(&play), known);
}

/// What is being ended with one that gave up does not live on because its host is replaced.
#[test]
fn what_is_being_ended_with_one_that_gave_up_ends_under_the_next_host() {
    let script = group("one_for_all", &[("db", "", GIVES_UP), ("web", "", ALWAYS)]);
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&script).wait(1);
    dies(&mut play, "db");
    play.wait(5);
    play.machine.are_deaf = true;
    dies(&mut play, "db");
    assert!(!named(&play, "web").has_ended());
    play.command(Command::HandOver(Follower::SameProcess));
    assert_eq!(play.host.let_go(), Some(Follower::SameProcess));
    let mut play = at(&mut machine, 1_010);
    play.machine.are_deaf = false;
    play.wait(10);
    assert_eq!(
        states(&play)[1],
        "web stopped (ended with db, which gave up)"
    );
    assert!(machine.processes.is_empty());
}

/// It lives on without it, and waits for it, under whichever host.
#[test]
fn who_lives_on_without_what_was_stopped_knows_that_it_depends_on_it() {
    let script = group("one_for_one", &[("db", "", ALWAYS), ("web", "db", ALWAYS)]);
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&script).wait(1);
    stop(&mut play, "db");
    let mut play = at(&mut machine, 2_000);
    assert_eq!(states(&play), ["db stopped", "web runs"]);
    dies(&mut play, "web");
    play.wait(5);
    assert_eq!(play.host.waits_for(named(&play, "web")), ["db"]);
    let mut play = at(&mut machine, 3_000);
    play.wait(5);
    assert_eq!(play.host.waits_for(named(&play, "web")), ["db"]);
    let db = named(&play, "db").id().clone();
    play.command(Command::StartProcess(db)).wait(5);
    assert_eq!(states(&play), ["db runs", "web runs"]);
    stop(&mut play, "db");
    stop(&mut play, "web");
    assert!(
        daemon_files(&machine).is_empty(),
        "nobody needs it any more"
    );
}

/// Else it could not run.
#[test]
fn what_each_host_starts_is_started_with_what_it_depends_on() {
    let daemons = [
        ("db", "", NEVER),
        ("api", "db", ALWAYS),
        ("web", "api", UNLESS_STOPPED),
        ("x", "", ALWAYS),
    ];
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&group("one_for_one", &daemons)).wait(1);
    play.command(Command::Shutdown(collodi_time::Duration::from_secs(5)))
        .wait(6);
    let mut play = at(&mut machine, 2_000);
    play.wait(5);
    assert_eq!(states(&play), ["api runs", "db runs", "web runs"]);
    stop(&mut play, "web");
    play.command(Command::Shutdown(collodi_time::Duration::from_secs(5)))
        .wait(6);
    let play = at(&mut machine, 3_000);
    assert_eq!(states(&play), ["web stopped"]);
}

/// A restart that one host began the next one ends.
#[test]
fn an_app_that_is_being_restarted_is_under_the_next_host() {
    let daemons = [("db", "", ALWAYS), ("web", "db", ALWAYS)];
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&group("one_for_one", &daemons)).wait(1);
    play.machine.are_deaf = true;
    play.command(Command::RestartApp("demo".into()));
    play.command(Command::HandOver(Follower::SameProcess));
    let mut play = at(&mut machine, 1_001);
    play.machine.are_deaf = false;
    play.wait(20);
    assert_eq!(states(&play), ["db runs", "web runs"]);
    let lives: Vec<_> = machine.processes.keys().copied().collect();
    assert_eq!(lives, [3, 4], "each has another life");
}
