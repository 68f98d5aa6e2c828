//! Daemons that depend on each other: who is ended before whom, and started after whom.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod play;
#[path = "play/group.rs"]
mod script;

use collodi_action::{Action, Completion, Progress};
use collodi_command::Exit;
use collodi_host::{Command, Process, ProcessId, Refused};
use collodi_machine::ActionId;
use collodi_restart::Phase;
use play::{Play, ended};
use script::group;
use std::collections::BTreeMap;

/// Daemons on a machine, by their names.
struct Group {
    play: Play,
    living: BTreeMap<String, ActionId>,
}

const RESTART: &str = r#"{"policy": "always", "delay": 1000, "factor": 1, "jitter": 0}"#;

impl Group {
    /// Each has a name, and the names of those that it depends on.
    fn of(supervision: &str, daemons: &[(&str, &str)]) -> Self {
        Self::with(supervision, daemons, RESTART)
    }

    fn with(supervision: &str, daemons: &[(&str, &str)], restart: &str) -> Self {
        let daemons = daemons.iter();
        let daemons = daemons.map(|(name, needs)| (*name, *needs, restart));
        let script = group(supervision, &daemons.collect::<Vec<_>>());
        let mut play = Play::new();
        play.run(&script);
        let mut group = Self {
            play,
            living: BTreeMap::new(),
        };
        group.begin();
        group
    }

    /// All that is asked to be started is.
    fn begin(&mut self) -> Vec<String> {
        let mut begun = Vec::new();
        while let Some(at) = self.execs() {
            let (id, action) = self.play.asked.remove(at);
            let Action::Exec(command) = action else {
                panic!()
            };
            let line = command.args.last().unwrap().clone();
            let pid = Some(self.living.len() as u32 + 1);
            let spawned = Progress::Spawned { pid };
            self.living.insert(line.clone(), id);
            begun.push(line);
            self.play.input(collodi_host::Input::Progress(id, spawned));
        }
        begun
    }

    fn execs(&self) -> Option<usize> {
        let is_exec = |(_, action): &(ActionId, Action)| matches!(action, Action::Exec(_));
        self.play.asked.iter().position(is_exec)
    }

    fn process(&self, name: &str) -> &Process {
        let mut all = self.play.traced.machine.processes();
        all.find(|p| p.name() == Some(name)).unwrap()
    }

    fn id(&self, name: &str) -> ProcessId {
        self.process(name).id().clone()
    }

    /// Those that were told to end since this was asked last, by their names.
    fn told_to_end(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        self.play.asked.retain(|(_, action)| match action {
            Action::Signal(tree, _) => {
                told.push(tree.clone());
                false
            }
            _ => true,
        });
        let name = |tree| {
            let mut all = self.play.traced.machine.processes();
            let process = all.find(|p| *p.tree() == tree).unwrap();
            process.name().unwrap().to_owned()
        };
        let mut names: Vec<_> = told.into_iter().map(name).collect();
        names.sort();
        names
    }

    fn ends(&mut self, name: &str, code: i32) {
        let exec = self.living.remove(name).unwrap();
        let exited = Progress::Exited(Exit::Code(code));
        self.play.input(collodi_host::Input::Progress(exec, exited));
        let over = ended(Exit::Code(code));
        self.play.input(collodi_host::Input::Completed(exec, over));
        self.play.complete("await end", Completion::Empty(Ok(())));
    }

    fn phase(&self, name: &str) -> Phase {
        self.process(name).status().phase
    }

    fn waits_for(&self, name: &str) -> Vec<String> {
        let host = &self.play.traced.machine;
        host.waits_for(self.process(name))
    }

    fn later(&mut self, millis: u64) {
        let at = self.play.now.since_origin().as_millis() as u64 + millis;
        self.play.at(at).input(collodi_host::Input::Timeout);
    }

    fn restart_app(&mut self) {
        self.play.command(Command::RestartApp("demo".into()));
    }

    fn stop(&mut self, name: &str) {
        self.play.command(Command::StopProcess(self.id(name)));
        assert_eq!(self.told_to_end(), [name]);
        self.ends(name, 0);
    }
}

const CHAIN: &[(&str, &str)] = &[("db", ""), ("api", "db"), ("ui", "api db"), ("other", "")];

#[test]
fn an_app_is_restarted_against_the_order_and_in_it() {
    let mut group = Group::of("one_for_one", CHAIN);
    group.restart_app();
    assert_eq!(group.told_to_end(), ["other", "ui"]);
    group.ends("other", 0);
    assert_eq!(group.begin(), ["other"], "it has to do with nobody");
    assert!(group.told_to_end().is_empty());
    group.ends("ui", 0);
    assert_eq!(group.told_to_end(), ["api"]);
    assert!(group.begin().is_empty());
    group.ends("api", 0);
    assert_eq!(group.told_to_end(), ["db"]);
    assert!(group.begin().is_empty());
    assert_eq!(group.waits_for("ui"), ["api", "db"]);
    group.ends("db", 0);
    assert_eq!(group.begin(), ["db", "api", "ui"]);
    assert!(group.told_to_end().is_empty());
    let restarts = |p: &Process| p.status().restarts;
    assert!(
        group
            .play
            .traced
            .machine
            .processes()
            .all(|p| restarts(p) == 0)
    );
}

/// What somebody wants to be down stays so, and what was to come up after it does not.
#[test]
fn who_is_stopped_while_its_app_is_restarted_ends() {
    let mut group = Group::of("one_for_one", CHAIN);
    group.restart_app();
    group.told_to_end();
    group.play.command(Command::StopApp("demo".into()));
    let host = &mut group.play.traced.machine;
    let refused = host.command(group.play.now, Command::RestartApp("demo".into()));
    assert!(matches!(refused, Err(Refused::Stopping(_))), "{refused:?}");
    assert_eq!(group.told_to_end(), Vec::<String>::new());
    for (name, next) in [
        ("other", vec![]),
        ("ui", vec!["api"]),
        ("api", vec!["db"]),
        ("db", vec![]),
    ] {
        group.ends(name, 0);
        assert_eq!(group.told_to_end(), next);
    }
    assert!(group.begin().is_empty());
    assert!(
        group
            .play
            .traced
            .machine
            .processes()
            .all(Process::has_ended)
    );
}

#[test]
fn of_an_app_of_which_nothing_lives_nothing_is_restarted() {
    let mut group = Group::of("one_for_one", &[("db", "")]);
    group.stop("db");
    let host = &mut group.play.traced.machine;
    let refused = host.command(group.play.now, Command::RestartApp("demo".into()));
    assert_eq!(refused, Err(Refused::NothingRuns("demo".into())));
}

/// It lived on without it. Its next life waits until somebody starts what it needs.
#[test]
fn who_dies_without_what_it_depends_on_waits_for_that() {
    for starts in [Command::StartProcess, Command::RestartProcess] {
        let mut group = Group::of("one_for_one", CHAIN);
        group.stop("db");
        assert_eq!(group.phase("api"), Phase::Running);
        group.ends("api", 1);
        group.later(1_000);
        assert_eq!(group.phase("api"), Phase::Held);
        assert_eq!(group.waits_for("api"), ["db"]);
        assert!(group.begin().is_empty());
        let said = group
            .process("api")
            .log()
            .last(1)
            .next()
            .unwrap()
            .text
            .clone();
        let why = "[VATN] Waiting: db, which it depends on, has ended: stopped; `collodi logs ";
        assert!(said.starts_with(why), "{said}");
        group.play.command(starts(group.id("db")));
        assert_eq!(group.begin(), ["db", "api"]);
        assert_eq!(group.process("api").status().restarts, 1);
    }
}

#[test]
fn who_is_told_to_run_gets_what_it_depends_on() {
    for starts in [Command::StartProcess, Command::RestartProcess] {
        let mut group = Group::of("one_for_one", CHAIN);
        group.stop("db");
        group.ends("api", 1);
        group.later(1_000);
        group.play.command(starts(group.id("api")));
        assert_eq!(group.begin(), ["db", "api"]);
    }
}

#[test]
fn who_is_restarted_without_what_it_depends_on_gets_it() {
    let mut group = Group::of("one_for_one", CHAIN);
    group.stop("db");
    group.play.command(Command::RestartProcess(group.id("api")));
    assert_eq!(group.told_to_end(), ["api"]);
    assert_eq!(group.begin(), ["db"]);
    group.ends("api", 0);
    assert_eq!(group.begin(), ["api"]);
    assert_eq!(group.phase("ui"), Phase::Running);
}

/// In OTP all are down before the first is started again.
#[test]
fn who_died_is_started_when_those_that_go_down_with_it_are_down() {
    for (supervision, goes, stays) in [
        ("one_for_all", vec!["other", "ui"], vec![]),
        ("rest_for_one", vec!["ui"], vec!["other"]),
    ] {
        let mut group = Group::of(supervision, CHAIN);
        group.ends("api", 1);
        assert_eq!(group.told_to_end(), goes);
        for name in ["ui", "other"] {
            let said = group
                .process(name)
                .log()
                .last(1)
                .next()
                .unwrap()
                .text
                .clone();
            let is_told = said == "[VATN] Stopping: it is started again with api, which died";
            assert_eq!(is_told, goes.contains(&name), "{said}");
        }
        group.later(1_000);
        assert!(group.begin().is_empty(), "some live yet");
        for name in goes {
            group.ends(name, 0);
        }
        if supervision == "one_for_all" {
            assert_eq!(group.told_to_end(), ["db"]);
            assert!(group.begin().is_empty());
            group.ends("db", 0);
            let begun = group.begin();
            assert!(begun.starts_with(&["db".into(), "api".into()]), "{begun:?}");
            assert_eq!(begun.len(), 4);
        } else {
            assert_eq!(group.begin(), ["api", "ui"]);
        }
        assert!(stays.iter().all(|name| group.phase(name) == Phase::Running));
        assert_eq!(group.process("api").status().restarts, 1);
    }
}

/// Also one that a rule starts at once.
#[test]
fn who_is_started_at_once_waits_for_those_that_go_down_with_it() {
    let at_once = r#"{"policy": "always", "delay": 1000, "rules": {"7": "restart-now"}}"#;
    let mut group = Group::with("one_for_all", &[("db", ""), ("api", "")], at_once);
    group.later(2_000);
    group.ends("db", 7);
    assert_eq!(group.told_to_end(), ["api"]);
    group.later(0);
    assert!(group.begin().is_empty(), "the other one lives yet");
    group.ends("api", 0);
    assert_eq!(group.begin(), ["db", "api"]);
}

/// Each would wait for the other.
#[test]
fn two_that_die_together_come_up_again() {
    for second in ["other", "db"] {
        let mut group = Group::of("one_for_all", &[("db", ""), ("api", ""), ("other", "")]);
        let ends: Vec<_> = ["api", second]
            .map(|name| group.living.remove(name).unwrap())
            .into();
        for exec in &ends {
            let exited = Progress::Exited(Exit::Code(1));
            group
                .play
                .input(collodi_host::Input::Progress(*exec, exited));
        }
        for exec in ends {
            let over = ended(Exit::Code(1));
            group.play.input(collodi_host::Input::Completed(exec, over));
            group.play.complete("await end", Completion::Empty(Ok(())));
        }
        let third = if second == "db" { "other" } else { "db" };
        assert!(group.told_to_end().contains(&third.to_owned()));
        group.ends(third, 0);
        group.later(1_000);
        group.later(1_000);
        let mut begun = group.begin();
        begun.sort();
        assert_eq!(begun, ["api", "db", "other"]);
    }
}

/// That its death waits for others to be down makes no difference.
#[test]
fn a_group_that_cannot_come_up_is_given_up() {
    let policy = r#"{"policy": "always", "delay": 1000, "factor": 1, "jitter": 0, "giveUp": 2}"#;
    let mut group = Group::with("one_for_all", &[("db", ""), ("api", "")], policy);
    for restarts in 1..3 {
        group.ends("db", 1);
        assert_eq!(group.told_to_end(), ["api"]);
        group.later(1_000);
        group.ends("api", 0);
        assert_eq!(group.begin(), ["db", "api"]);
        assert_eq!(group.process("db").status().restarts, restarts);
    }
    group.ends("db", 1);
    assert_eq!(group.told_to_end(), ["api"]);
    group.ends("api", 0);
    assert!(group.begin().is_empty());
    assert_eq!(
        group.process("api").reason(),
        Some("ended with db, which gave up")
    );
}

/// Its own wait goes on beside that for another one, and counts.
#[test]
fn who_waits_for_its_restart_does_so_also_when_another_one_dies() {
    let mut group = Group::of("rest_for_one", &[("db", ""), ("api", "db")]);
    group.later(500);
    group.ends("db", 1);
    assert_eq!(group.told_to_end(), ["api"]);
    group.ends("api", 1);
    group.later(1_000);
    assert_eq!(group.begin(), ["db", "api"], "that was no death");
    group.ends("api", 1);
    group.later(500);
    group.ends("db", 1);
    group.later(500);
    assert_eq!(
        group.phase("api"),
        Phase::Held,
        "its wait is over, that of the other one is not"
    );
    group.later(500);
    assert_eq!(group.begin(), ["db", "api"]);
    assert_eq!(group.process("api").status().restarts, 1);
}

/// A restart that somebody asked for is one also when it dies before its turn.
#[test]
fn who_dies_before_its_turn_to_be_restarted_is_started() {
    let mut group = Group::with("one_for_one", &[("db", ""), ("api", "db")], r#""never""#);
    group.restart_app();
    assert_eq!(group.told_to_end(), ["api"]);
    group.ends("db", 1);
    assert_eq!(group.begin(), ["db"]);
    group.ends("api", 0);
    assert_eq!(group.begin(), ["api"]);
}

/// Else a group would come up for ever that cannot.
#[test]
fn who_gives_up_before_its_turn_is_given_up() {
    let policy = r#"{"policy": "always", "delay": 1000, "giveUp": 0}"#;
    let mut group = Group::with("one_for_one", &[("db", ""), ("api", "db")], policy);
    group.restart_app();
    assert_eq!(group.told_to_end(), ["api"]);
    group.ends("db", 1);
    assert!(group.begin().is_empty());
    assert!(group.process("db").has_ended());
}

/// What waits for somebody holds up nobody who does not depend on it.
#[test]
fn who_has_nothing_to_do_with_what_was_stopped_comes_up_without_it() {
    let mut group = Group::of(
        "one_for_all",
        &[("y", ""), ("z", "y"), ("a", "z"), ("b", "")],
    );
    group.stop("y");
    group.ends("a", 1);
    assert_eq!(group.told_to_end(), ["b", "z"]);
    group.ends("b", 0);
    group.ends("z", 0);
    group.later(1_000);
    assert_eq!(group.begin(), ["b"]);
    let waits = ["z", "a"].map(|name| (group.phase(name), group.waits_for(name)));
    assert_eq!(
        waits,
        [
            (Phase::Held, vec!["y".into()]),
            (Phase::Held, vec!["z".into()])
        ]
    );
    group.play.command(Command::StartProcess(group.id("y")));
    assert_eq!(group.begin(), ["y", "z", "a"]);
}

/// It waits in a line of others, and is not to be started before them.
#[test]
fn who_is_told_to_run_while_it_waits_waits_no_longer_than_for_others() {
    let mut group = Group::of("one_for_one", CHAIN);
    group.stop("db");
    group.ends("api", 1);
    group.play.command(Command::StartProcess(group.id("api")));
    assert_eq!(group.begin(), ["db", "api"]);
    assert_eq!(
        group.process("api").status().restarts,
        0,
        "somebody started it"
    );
}
