//! Daemons that depend on each other, when another host goes on with them.

use super::{
    group::group,
    machinery::{Machinery, Play, daemon_files},
    waits::{at, shown},
};
use collodi_host::{Command, Follower, HostOptions, Process};
use collodi_restart::Phase;
use collodi_time::Duration;
use proptest::{collection::vec, prelude::*, sample::select};

const ALWAYS: &str = r#""always""#;
const UNLESS_STOPPED: &str = r#""unless-stopped""#;
const NEVER: &str = r#""never""#;
const GIVES_UP: &str = r#"{"policy": "always", "delay": 1000, "giveUp": 1}"#;
const STAYS_UP: &str = r#"{"policy": "unless-stopped", "delay": 1000, "giveUp": 1}"#;

/// One that each host starts, what it depends on, and one that has nothing to do with them.
const FOUR: [(&str, &str, &str); 4] = [
    ("db", "", NEVER),
    ("api", "db", ALWAYS),
    ("web", "api", UNLESS_STOPPED),
    ("x", "", ALWAYS),
];

/// How far each is, by its name, and why it does not run.
fn states(play: &Play<'_>) -> Vec<String> {
    let state = |process: &Process| {
        let (name, status) = (process.name().unwrap(), process.status());
        let why = process.reason().map(|why| format!(" ({why})"));
        let status = match status.phase {
            Phase::Running => "runs".to_owned(),
            _ => status.to_string(),
        };
        format!("{name} {status}{}", why.unwrap_or_default())
    };
    let of_group = play.host.processes().filter(|p| p.app() == "demo");
    let mut all: Vec<_> = of_group.map(state).collect();
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
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&group("one_for_one", &FOUR)).wait(1);
    play.command(Command::Shutdown(Duration::from_secs(5)))
        .wait(6);
    let mut play = at(&mut machine, 2_000);
    play.wait(5);
    let all = ["api runs", "db runs", "web runs", "x stopped"];
    assert_eq!(states(&play), all, "nobody needs the last one");
    stop(&mut play, "web");
    play.command(Command::Shutdown(Duration::from_secs(5)))
        .wait(6);
    let mut play = at(&mut machine, 3_000);
    let none = ["api stopped", "db stopped", "web stopped", "x stopped"];
    assert_eq!(states(&play), none);
    let web = named(&play, "web").id().clone();
    play.command(Command::StartProcess(web)).wait(5);
    assert_eq!(states(&play), all);
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

/// Nobody wants it to be down but the one that it was ended with.
#[test]
fn what_was_ended_with_one_that_depends_on_it_is_started_with_that() {
    let daemons = [("web", "", ALWAYS), ("db", "web", STAYS_UP)];
    let script = group("one_for_all", &daemons);
    let mut machine = given_up(&script);
    let mut play = at(&mut machine, 2_000);
    play.wait(10);
    assert_eq!(states(&play), ["db runs", "web runs"]);
}

/// Else it would wait for one that nobody knows.
#[test]
fn who_waits_for_one_that_was_stopped_has_it_remembered() {
    let script = group("one_for_one", &[("db", "", ALWAYS), ("web", "db", ALWAYS)]);
    let short = group(
        "one_for_one",
        &[("x", "", NEVER), ("y", "", NEVER), ("z", "", NEVER)],
    );
    let mut machine = Machinery::default();
    let few = |options: &mut HostOptions| options.retention.processes = 2;
    let mut play = Play::with(&mut machine, few);
    play.run(&script).wait(1);
    stop(&mut play, "db");
    dies(&mut play, "web");
    play.wait(5).run_app("other", &short).wait(1);
    for name in ["x", "y", "z"] {
        dies(&mut play, name);
    }
    play.wait(5);
    assert_eq!(states(&play), ["db stopped", "web held"]);
    assert_eq!(play.host.waits_for(named(&play, "web")), ["db"]);
    assert_eq!(
        play.host.processes().filter(|p| p.app() == "other").count(),
        1
    );
    let web = named(&play, "web").id().clone();
    play.command(Command::StartProcess(web)).wait(5);
    assert_eq!(states(&play), ["db runs", "web runs"]);
}

/// Of those that a member of a run depends on the next host knows as much as of that.
#[test]
fn what_is_known_of_a_run_is_known_whole() {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&group("one_for_one", &FOUR)).wait(1);
    stop(&mut play, "db");
    stop(&mut play, "api");
    stop(&mut play, "x");
    let mut play = at(&mut machine, 2_000);
    let known = ["api stopped", "db stopped", "web runs", "x stopped"];
    assert_eq!(states(&play), known);
    play.command(Command::StopApp("demo".into())).wait(1);
    let mut play = at(&mut machine, 3_000);
    assert_eq!(
        states(&play),
        known.map(|state| state.replace("runs", "stopped"))
    );
    let web = named(&play, "web").id().clone();
    play.command(Command::StartProcess(web)).wait(5);
    assert_eq!(
        states(&play),
        ["api runs", "db runs", "web runs", "x stopped"]
    );
}

/// The one that died is up first, under whichever host.
#[test]
fn who_goes_down_in_its_turn_comes_up_after_the_one_that_died() {
    let daemons = [
        (
            "db",
            "",
            r#"{"policy": "always", "delay": 60000, "jitter": 0}"#,
        ),
        ("api", "", ALWAYS),
        ("web", "api", ALWAYS),
    ];
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&group("one_for_all", &daemons)).wait(1);
    play.machine.are_deaf = true;
    dies(&mut play, "db");
    play.command(Command::HandOver(Follower::SameProcess));
    let mut play = at(&mut machine, 1_002);
    play.machine.are_deaf = false;
    play.wait(30);
    assert_eq!(play.host.waits_for(named(&play, "api")), ["db"]);
    play.wait(60);
    assert_eq!(states(&play), ["api runs", "db runs", "web runs"]);
}

/// What happens to a group.
#[derive(Clone, Debug)]
enum Deed {
    Dies(&'static str),
    Stop(&'static str),
    Start(&'static str),
    Restart(&'static str),
    RestartApp,
    StopApp,
    /// From here on nobody minds SIGTERM, or everybody does.
    Deaf(bool),
    Wait(u64),
    /// Another host goes on: one that was waited for, or one after a SIGKILL.
    NextHost {
        lets_go: bool,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = select(&NAMES[..]);
    prop_oneof![
        4 => which.clone().prop_map(Deed::Dies),
        1 => which.clone().prop_map(Deed::Stop),
        1 => which.clone().prop_map(Deed::Start),
        1 => which.prop_map(Deed::Restart),
        1 => Just(Deed::RestartApp),
        1 => Just(Deed::StopApp),
        1 => any::<bool>().prop_map(Deed::Deaf),
        4 => (0_u64..5).prop_map(Deed::Wait),
        2 => any::<bool>().prop_map(|lets_go| Deed::NextHost { lets_go }),
    ]
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Each depends on some of those before it.
fn any_group() -> impl Strategy<Value = String> {
    let supervision = select(vec!["one_for_one", "one_for_all", "rest_for_one"]);
    let needs = vec(vec(any::<bool>(), NAMES.len()), NAMES.len());
    let policies = select(vec![ALWAYS, UNLESS_STOPPED, NEVER, GIVES_UP]);
    (supervision, needs, vec(policies, NAMES.len())).prop_map(|(supervision, needs, restarts)| {
        let mut daemons = Vec::new();
        for ((name, needs), restart) in NAMES.iter().zip(&needs).zip(restarts) {
            let below = daemons
                .iter()
                .zip(needs)
                .filter(|(_, is_needed)| **is_needed);
            let below: Vec<_> = below.map(|((name, _, _), _)| *name).collect();
            daemons.push((*name, below.join(" "), restart));
        }
        let daemons = daemons.iter();
        let daemons = daemons.map(|(name, needs, restart)| (*name, needs.as_str(), *restart));
        group(supervision, &daemons.collect::<Vec<_>>())
    })
}

fn does(play: &mut Play<'_>, deed: &Deed) {
    let id = |play: &Play<'_>, name: &str| {
        let mut all = play.host.processes();
        let found = all.find(|process| process.name() == Some(name));
        found.map(|process| process.id().clone())
    };
    let command = match *deed {
        Deed::Dies(name) => {
            let lives = |p: &&Process| p.name() == Some(name) && p.status().pid.is_some();
            if play.host.processes().any(|p| lives(&p)) {
                let tree = named(play, name).tree().clone();
                play.kill(&tree);
                if let Some(ended) = play.inputs.pop_front() {
                    play.input(ended);
                }
            }
            return;
        }
        Deed::Stop(name) => id(play, name).map(Command::StopProcess),
        Deed::Start(name) => id(play, name).map(Command::StartProcess),
        Deed::Restart(name) => id(play, name).map(Command::RestartProcess),
        Deed::StopApp => Some(Command::StopApp("demo".into())),
        Deed::RestartApp => Some(Command::RestartApp("demo".into())),
        Deed::Deaf(are_deaf) => {
            play.machine.are_deaf = are_deaf;
            return;
        }
        Deed::Wait(secs) => {
            play.wait(secs);
            return;
        }
        Deed::NextHost { .. } => return,
    };
    command.map(|command| play.command(command));
}

/// Whether one waits, and in the end for some that have ended.
fn waits_for_ended(play: &Play<'_>, process: &Process, depth: usize) -> bool {
    let waits_for = play.host.waits_for(process);
    let is_it = |p: &&Process, of: &String| p.name() == Some(of) || p.id().as_str() == of;
    let is_ended = |of: &String| {
        let mut named = play.host.processes().filter(|p| is_it(p, of));
        named.all(|p| p.has_ended() || depth > 0 && waits_for_ended(play, p, depth - 1))
    };
    !waits_for.is_empty() && waits_for.iter().all(is_ended)
}

/// Who should run, and does not.
fn stuck(play: &Play<'_>) -> Vec<String> {
    let is_stuck = |process: &&Process| match process.status().phase {
        Phase::Running | Phase::Ended(_) => false,
        Phase::New | Phase::Held => !waits_for_ended(play, process, NAMES.len()),
        _ => true,
    };
    let state = |process: &Process| {
        let waits_for = play.host.waits_for(process);
        let name = process.name().unwrap();
        format!("{name} {}, waits for {waits_for:?}", process.status())
    };
    play.host.processes().filter(is_stuck).map(state).collect()
}

proptest! {
    /// Whatever dies, is told and is replaced: in the end all that is to run does, once, or waits for one that somebody
    /// has to start.
    #[test]
    fn a_group_comes_through(script in any_group(), deeds in vec(deed(), 1..20)) {
        let mut machine = Machinery::default();
        let (mut secs, mut early) = (1_000, Vec::new());
        let mut play = at(&mut machine, secs);
        play.run(&script).wait(1);
        for deed in deeds.iter().chain([&Deed::Deaf(false), &Deed::Wait(1_000)]) {
            if let Deed::NextHost { lets_go } = deed {
                if *lets_go {
                    play.command(Command::HandOver(Follower::SameProcess));
                }
                secs = shown(&play, play.now);
                early.append(&mut play.early);
                play = at(&mut machine, secs);
            } else {
                does(&mut play, deed);
            }
        }
        prop_assert_eq!(stuck(&play), Vec::<String>::new());
        early.append(&mut play.early);
        prop_assert_eq!(early, Vec::<String>::new());
        let runs = play.host.processes().filter(|p| p.status().phase == Phase::Running);
        let mut run: Vec<_> = runs.map(|p| p.tree().clone()).collect();
        run.sort();
        drop(play);
        let mut lives: Vec<_> = machine.processes.into_values().collect();
        lives.sort();
        prop_assert_eq!(lives, run);
    }
}
