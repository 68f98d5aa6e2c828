//! Daemons that have ended by themselves: the next host knows of them, and why.

use super::{
    machinery::{Machinery, Play, SERVER, daemon_files, state_files},
    waits::{at, daemon, first, said},
};
use collodi_contain::Name;
use collodi_host::{
    AppChange, Command, Event, Follower, HostOptions, JournalEvent, LeftDaemon, Process, Retention,
    RunPhase,
};
use collodi_restart::{Ended, GiveUp, Phase};
use collodi_time::Duration;

const GIVES_UP: &str =
    r#"{"policy": "always", "delay": 1000, "factor": 1, "jitter": 0, "giveUp": {"restarts": 2}}"#;

/// It died at 1 001, 1 003 and 1 005 s.
fn given_up(restart: &str) -> Machinery {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&daemon(restart));
    for _ in 0..3 {
        play.wait(1).dies().wait(1);
    }
    drop(play);
    machine
}

const GAVE_UP: &str = "failed (gave up after 2 restarts in a row)";

/// Why something does not run any more is what people ask first.
#[test]
fn what_was_given_up_is_known_to_the_next_host_and_the_one_after() {
    let mut machine = given_up(GIVES_UP);
    for secs in [2_000, 3_000] {
        let mut play = at(&mut machine, secs);
        play.wait(100);
        assert_eq!(play.phases(), [GAVE_UP]);
        let status = first(&play).status();
        assert_eq!(status.restarts, 2);
        assert_eq!(status.last_exit.unwrap().to_string(), "killed by SIGTERM");
        let note = format!("[VATN] Ended under an earlier server: {GAVE_UP}");
        assert_eq!(said(&play).last(), Some(&note));
        assert!(play.host.busy_by("demo").is_none());
        assert_eq!(play.machine.last_pid, 3, "it is not started again");
    }
}

/// It ended then and is old news: nobody is told of it, and nothing goes on.
#[test]
fn nobody_is_told_of_what_had_ended() {
    let mut machine = given_up(GIVES_UP);
    let play = at(&mut machine, 2_000);
    assert!(play.host.has_recovered());
    let told: Vec<_> = play.told.iter().map(ToString::to_string).collect();
    assert!(!told.concat().contains("demo"), "{told:?}");
    let goes_on = |event: &Event| match event {
        Event::Journal(JournalEvent::Recovered { daemons, .. }) => Some(*daemons),
        _ => None,
    };
    assert_eq!(play.told.iter().find_map(goes_on), Some(0));
}

#[test]
fn how_a_daemon_ended_is_known_by_its_policy() {
    let rate = r#"{"policy": "always", "delay": 1000, "factor": 1, "jitter": 0, 
        "giveUp": {"restarts": 2, "within": 60000}}"#;
    let mut table = String::new();
    for restart in [
        r#""never""#,
        r#""on-failure""#,
        GIVES_UP,
        rate,
        r#""unless-stopped""#,
    ] {
        let mut machine = Machinery::default();
        let mut play = at(&mut machine, 1_000);
        play.run(&daemon(restart));
        for _ in 0..3 {
            play.wait(1);
            if play.host.processes().any(Process::is_up) {
                play.dies();
            }
            play.wait(1);
        }
        let before = play.phases();
        let after = at(&mut machine, 2_000).phases();
        table += &format!("{restart}: {before:?}, then {after:?}\n");
    }
    insta::assert_snapshot!(table);
}

/// One that each host starts is started by the next, but not because the same server goes on.
#[test]
fn a_server_that_goes_on_does_not_start_what_it_has_given_up() {
    let remembers = GIVES_UP.replace("always", "unless-stopped");
    for (goes_on, phase) in [(true, GAVE_UP), (false, "running (pid 4)")] {
        let mut machine = given_up(&remembers);
        let mut play = Play::with(&mut machine, |options| options.goes_on = goes_on);
        play.wait(1);
        assert_eq!(play.phases(), [phase], "{goes_on}");
    }
}

#[test]
fn what_was_given_up_is_started_under_a_later_host() {
    let mut machine = given_up(GIVES_UP);
    let mut play = at(&mut machine, 2_000);
    let (id, lines) = (first(&play).id().clone(), first(&play).log().next_seq());
    play.command(Command::StartProcess(id.clone())).wait(1);
    assert_eq!(play.phases(), ["running (pid 4)"]);
    assert_eq!(first(&play).status().restarts, 0);
    assert!(first(&play).log().next_seq() > lines);
    assert_eq!(at(&mut machine, 2_100).phases(), ["running (pid 4)"]);
    let mut play = at(&mut machine, 2_200);
    play.command(Command::StopProcess(id)).wait(5);
    assert_eq!(at(&mut machine, 2_300).phases(), [""; 0], "it was stopped");
    assert!(state_files(&machine).is_empty());
}

/// A file of the recording of the one daemon.
fn segment(machine: &Machinery, name: &str) -> String {
    let file = daemon_files(machine)
        .first()
        .and_then(|file| machine.files.get(*file));
    let text = String::from_utf8(file.unwrap().clone()).unwrap();
    let mut lines = text.lines().map(str::trim);
    let dir = lines
        .find_map(|line| line.strip_prefix("\"recording\": \""))
        .unwrap();
    format!(
        "/w/.vatn/python/logs/{}/{name}",
        dir.trim_end_matches(['"', ','])
    )
}

/// What a command of a run said is kept under another name than that of its daemon.
#[test]
fn what_it_said_is_kept_until_it_is_forgotten() {
    let server = SERVER.replace(r#""message""#, r#""restart": "never", "message""#);
    for script in [daemon(r#""never""#), server] {
        let mut machine = Machinery::default();
        at(&mut machine, 1_000).run(&script).wait(1).dies().wait(1);
        let kept = |machine: &Machinery| segment(machine, "000001.log");
        let (log, index) = (kept(&machine), segment(&machine, "000001.index"));
        machine.files.insert(log.clone(), b"why it failed\n".into());
        let began = "1000 began 1:1:boot\n1000 stdout 0\n";
        machine.files.insert(index, began.into());
        let play = at(&mut machine, 2_000);
        assert!(
            said(&play).contains(&"why it failed".to_owned()),
            "{:?}",
            said(&play)
        );
        let dir = log
            .trim_start_matches("/w/")
            .trim_end_matches("/000001.log");
        let removal = format!("remove {dir}");
        assert!(!play.machine.asked.contains(&removal));
        let week = 8 * 24 * 60 * 60;
        let play = at(&mut machine, 2_000 + week);
        assert!(
            play.machine.asked.contains(&removal),
            "{:?}",
            play.machine.asked
        );
        assert_eq!(play.phases(), [""; 0]);
        assert!(state_files(&machine).is_empty());
    }
}

/// As many as one host would know, and those that ended last.
#[test]
fn of_what_has_ended_the_next_host_knows_as_much_as_the_one_before() {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    for n in 0..6 {
        play.run_app(&format!("app{n}"), &daemon(r#""never""#))
            .wait(1);
        let id = play.host.processes().find(|process| process.is_up());
        let tree = id.unwrap().tree().clone();
        play.kill(&tree);
        let ended = play.inputs.pop_front().unwrap();
        play.input(ended);
    }
    let mut pids: Vec<_> = play
        .host
        .processes()
        .map(|p| (p.started_at(), p.id().clone()))
        .collect();
    pids.sort();
    let few = |options: &mut HostOptions| {
        options.retention = Retention {
            processes: 2,
            ..Retention::default()
        };
    };
    let now = play.now;
    let play = Play::since(&mut machine, now, few);
    let mut known: Vec<_> = play.host.processes().map(|p| p.id().clone()).collect();
    let mut last: Vec<_> = pids.drain(4..).map(|(_, id)| id).collect();
    known.sort();
    last.sort();
    assert_eq!(known, last);
    assert_eq!(state_files(&machine).len(), 2);
}

/// A handover writes down nothing more of it, and takes nothing of it away.
#[test]
fn what_has_ended_goes_over_to_the_next_host() {
    let mut machine = given_up(GIVES_UP);
    let mut play = at(&mut machine, 2_000);
    play.command(Command::HandOver(Follower::SameProcess));
    assert!(play.told.contains(&Event::LetGo(Follower::SameProcess)));
    let play = Play::with(&mut machine, |options| options.goes_on = true);
    let gave_up = Ended::GaveUp(GiveUp::Consecutive(2));
    assert_eq!(first(&play).status().phase, Phase::Ended(gave_up));
}

/// Nobody can start it, and what it said is of nothing that is there.
#[test]
fn of_an_app_that_is_removed_nothing_is_kept() {
    let mut machine = given_up(GIVES_UP);
    let mut play = at(&mut machine, 2_000);
    for change in [AppChange::Update, AppChange::Removal] {
        let app = || Name::parse("demo").unwrap();
        let change = Command::ClaimApp { app: app(), change };
        assert_eq!(play.phases(), [GAVE_UP], "{change:?}");
        play.command(change).command(Command::ReleaseApp(app()));
    }
    assert_eq!(play.phases(), [""; 0]);
    assert!(state_files(play.machine).is_empty());
    assert_eq!(at(&mut machine, 2_100).phases(), [""; 0]);
}

/// They are what runs again on a machine that is started again, however many they are.
#[test]
fn none_is_forgotten_that_only_ended_with_its_host() {
    let remembers = daemon(r#""unless-stopped""#);
    let mut machine = given_up(GIVES_UP);
    let few = |options: &mut HostOptions| options.retention.processes = 5;
    let mut play = Play::with(&mut machine, few);
    assert_eq!(play.phases(), [GAVE_UP]);
    for n in 0..20 {
        play.run_app(&format!("app{n}"), &remembers);
    }
    play.command(Command::Shutdown(Duration::from_secs(5)))
        .wait(5);
    let play = Play::with(&mut machine, few);
    let phases = play.phases();
    let lives = phases.iter().filter(|phase| phase.starts_with("running"));
    assert_eq!(lives.count(), 20, "{phases:?}");
    assert!(phases.contains(&GAVE_UP.to_owned()), "{phases:?}");
}

/// Nobody wants to know for long why the run before did not go on, and what it said takes room.
#[test]
fn the_next_host_knows_what_became_of_the_last_run() {
    for goes_on in [false, true] {
        let mut machine = given_up(GIVES_UP);
        let mut play = Play::with(&mut machine, |options| options.goes_on = goes_on);
        play.run(&daemon(r#""never""#)).wait(1);
        assert_eq!(play.host.processes().count(), 2, "here both are known");
        assert_eq!(daemon_files(play.machine).len(), 1);
        assert_eq!(Play::new(&mut machine).phases(), ["running (pid 4)"]);
    }
}

/// It was given up, and its app was run again: the next host does not start both.
#[test]
fn one_that_was_given_up_is_not_begun_beside_the_run_that_took_its_place() {
    let remembers = GIVES_UP.replace("always", "unless-stopped");
    let mut machine = given_up(&remembers);
    let mut play = Play::with(&mut machine, |options| options.goes_on = true);
    play.run(&daemon(&remembers)).wait(1);
    play.command(Command::Shutdown(Duration::from_secs(5)))
        .wait(5);
    assert_eq!(Play::new(&mut machine).phases(), ["running (pid 5)"]);
}

/// In whatever order their files are read.
#[test]
fn a_run_serves_on_beside_what_has_ended_of_it() {
    let serve = r#"{"method": "shell.run", "params": {"restart": "never", "message": "serve",
        "on": [{"event": "/http:\\S+/", "done": true}]}}"#;
    let script = format!(r#"{{"daemon": true, "run": [{serve}, {serve}]}}"#);
    let mut ended_first = 0;
    for seed in 0..8 {
        let mut machine = Machinery::default();
        let mut play = Play::with(&mut machine, |options| options.seed = seed);
        play.run(&script).wait(1).dies().wait(1);
        assert_eq!(play.host.processes().count(), 2);
        ended_first += usize::from(!first(&play).is_up());
        let play = Play::new(&mut machine);
        let run = play.host.runs().next().unwrap();
        assert!(matches!(run.phase(), RunPhase::Serving), "{seed}");
    }
    assert!(ended_first > 0);
}

/// What is on the disk says that it lives.
#[test]
fn what_ends_on_a_full_disk_is_not_started_again() {
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&daemon(r#""never""#)).wait(1);
    play.machine.disk_is_full = true;
    play.dies().wait(60);
    assert!(state_files(play.machine).is_empty());
    play.command(Command::HandOver(Follower::SameProcess));
    assert!(play.told.contains(&Event::LetGo(Follower::SameProcess)));
    assert_eq!(at(&mut machine, 2_000).phases(), [""; 0]);
}

/// A stop is remembered as long as nobody runs the app again; an end of the future was before now.
#[test]
fn how_long_it_is_known_does_not_depend_on_the_clock_alone() {
    let year = 365 * 24 * 60 * 60;
    let mut machine = Machinery::default();
    let mut play = at(&mut machine, 1_000);
    play.run(&daemon(r#""unless-stopped""#)).wait(1);
    play.command(Command::StopApp("demo".into())).wait(5);
    assert_eq!(at(&mut machine, year).phases(), ["stopped"]);
    let mut machine = given_up(GIVES_UP);
    let play = at(&mut machine, 500);
    let ended_at = play.host.ended_at(first(&play).id()).unwrap();
    assert_eq!(ended_at.as_duration().as_secs(), 500);
}

/// Who looks at the files while no host runs knows whether the environment of a daemon is needed: by how
/// the last host ended, and what was asked of it.
#[test]
fn who_looks_at_the_files_knows_what_the_next_host_starts() {
    let stop = || Command::StopApp("demo".into());
    let shutdown = || Command::Shutdown(Duration::from_secs(5));
    for restart in ["never", "on-failure", "always", "unless-stopped"] {
        for command in [None, Some(stop()), Some(shutdown())] {
            let mut machine = Machinery::default();
            let mut play = at(&mut machine, 1_000);
            play.run(&daemon(&format!("{restart:?}"))).wait(1);
            command.clone().map(|command| play.command(command).wait(5));
            // Else the power was cut.
            machine.processes.clear();
            let files = machine.files.iter();
            let read = |(path, bytes): (&String, &Vec<u8>)| {
                LeftDaemon::read(path.rsplit('/').next()?, bytes)
            };
            let waits = files.filter_map(read).any(|left| left.waits);
            at(&mut machine, 1_010).wait(60);
            let starts = machine.last_pid > 1;
            assert_eq!(waits, starts, "{restart}, {command:?}");
        }
    }
}

/// As that of a later program, for which it stays, with what it said.
#[test]
fn a_file_of_another_version_that_says_so_holds_up_nothing() {
    let mut machine = given_up(GIVES_UP);
    let file = daemon_files(&machine)[0].clone();
    let text = String::from_utf8(machine.files[&file].clone()).unwrap();
    let later = text.replacen(r#""version": 1"#, r#""version": 9"#, 1);
    machine.files.insert(file.clone(), later.into_bytes());
    let mut play = at(&mut machine, 2_000);
    assert_eq!(play.host.left_alone().count(), 0);
    let removes = |asked: &String| asked.starts_with("remove") && asked.contains("/demo-");
    assert!(
        !play.machine.asked.iter().any(removes),
        "{:?}",
        play.machine.asked
    );
    play.run(&daemon(r#""never""#)).wait(1);
    assert_eq!(play.phases(), ["running (pid 4)"]);
    assert!(play.machine.files.contains_key(&file));
}
