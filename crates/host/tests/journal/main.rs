//! What a host writes down, and what the next one makes of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod ended;
#[path = "../play/group.rs"]
mod group;
mod groups;
mod left_alone;
mod machinery;
mod recordings;
mod waits;

use collodi_action::Progress;
use collodi_command::{Exit, Signal, Stream};
use collodi_contain::Name;
use collodi_host::{
    AppChange, Command, Event, Follower, HostOptions, JournalEvent, Process, Refused, RunPhase,
};
use collodi_machine::{Machine, Output};
use collodi_restart::Phase;
use collodi_time::{Duration, Instant, WallTime};
use machinery::{DAEMON, Machinery, Play, SERVER, daemon_files, state_files};

#[test]
fn a_daemon_is_written_down_before_it_runs() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let at = |what: &str| machine.asked.iter().position(|asked| asked.contains(what));
    let (noted, runs) = (at("note .vatn/python/state/demo-"), at("exec bash"));
    assert!(noted.unwrap() < runs.unwrap(), "{:#?}", machine.asked);
}

/// Nothing runs on after the power was lost, so who is to be started does not wait for the disk; that
/// it was, and how to find it, is to last. Who remembers a stop has that on the disk whenever it is
/// written down.
#[test]
fn what_is_known_of_a_daemon_that_runs_outlasts_the_machine() {
    let remembers = DAEMON.replace(r#""autoRestart": true"#, r#""restart": "unless-stopped""#);
    for (script, first) in [(DAEMON, "note"), (&remembers, "write")] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(script);
        let of_daemon = |asked: &&String| asked.contains(".vatn/python/state/demo-");
        let asked = machine.asked.iter().filter(of_daemon);
        let mut verbs = asked.filter_map(|asked| asked.split(' ').next());
        assert_eq!(verbs.next(), Some(first));
        let later: Vec<_> = verbs.collect();
        assert!(
            !later.is_empty() && later.iter().all(|verb| *verb == "write"),
            "{later:?}"
        );
    }
}

/// What runs of it is ended, because nothing says how it is to go on.
#[test]
fn a_daemon_whose_file_says_nothing_gets_no_second_life_beside_the_first() {
    for (script, percent) in [(DAEMON, 0), (DAEMON, 50), (SERVER, 0), (SERVER, 50)] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(script).wait(1);
        let file = daemon_files(&machine)[0].clone();
        let whole = &machine.files[&file];
        let damaged = whole[..whole.len() * percent / 100].to_vec();
        machine.files.insert(file.clone(), damaged);
        let mut play = Play::new(&mut machine);
        assert!(play.host.has_recovered());
        assert!(play.machine.processes.is_empty(), "leftovers first");
        assert!(!play.machine.files.contains_key(&file));
        play.run(script).wait(1);
        assert_eq!(play.machine.processes.len(), 1);
        let name = file.rsplit_once('/').unwrap().1;
        let is_told = |event: &&Event| {
            let told = event.to_string();
            told.contains(name) && told.contains("still ran of it is ended")
        };
        let told = play.told.iter().filter(is_told).count();
        assert_eq!(told, 1, "{:#?}", play.told);
    }
}

/// A note that the disk had not got is an empty file when the power is back.
#[test]
fn a_note_that_the_disk_did_not_get_is_no_damage() {
    for (is_large, is_trees_lost) in [(false, false), (false, true), (true, true)] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(DAEMON).wait(1);
        machine.are_large = is_large;
        let files: Vec<_> = state_files(&machine).into_iter().cloned().collect();
        // Of several notes it may have got some.
        for file in files
            .iter()
            .filter(|file| is_trees_lost || !file.ends_with("trees.json"))
        {
            machine.files.insert(file.clone(), Vec::new());
        }
        machine.processes.clear();
        let play = Play::new(&mut machine);
        assert!(play.host.has_recovered());
        assert!(play.host.processes().next().is_none());
        let nothing = Event::Journal(JournalEvent::Recovered {
            daemons: 0,
            trees: 0,
        });
        let is_journal = |event: &&Event| matches!(event, Event::Journal(_));
        let told: Vec<_> = play.told.iter().filter(is_journal).collect();
        assert_eq!(told, [&nothing]);
        assert!(
            state_files(&machine).is_empty(),
            "{:?}",
            state_files(&machine)
        );
    }
}

#[test]
fn the_next_host_takes_the_daemon_over_and_starts_no_other() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let mut play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["running (pid 1)"]);
    assert!(play.host.busy_by("demo").is_some());
    play.command(Command::StopApp("demo".into())).wait(1);
    assert_eq!(play.phases(), ["stopped"]);
    assert!(machine.processes.is_empty());
    assert_eq!(machine.last_pid, 1, "nothing else was started");
    assert!(
        state_files(&machine).is_empty(),
        "{:?}",
        state_files(&machine)
    );
}

/// What runs comes before what could run: programs are looked for when all daemons have gone on.
#[test]
fn daemons_go_on_before_programs_are_looked_for() {
    let mut machine = Machinery::default();
    let step = r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true}}"#;
    let script = format!(r#"{{"dialect": "vatn", "run": [{step}, {step}]}}"#);
    Play::new(&mut machine).run(&script);
    assert_eq!(Play::new(&mut machine).phases().len(), 2);
    let adopted = |asked: &String| asked.starts_with("adopt");
    let looked_for = |asked: &String| asked.starts_with("exec");
    let last = machine.asked.iter().rposition(adopted).unwrap();
    let first = machine.asked.iter().position(looked_for).unwrap();
    assert!(last < first, "{:#?}", machine.asked);
}

/// A host is asked the time of the machine, and not how long it lives itself.
fn since_1970(options: &mut HostOptions, secs: u64) {
    options.epoch = WallTime::since_unix_epoch(Duration::from_secs(secs));
}

#[test]
fn a_life_that_goes_on_began_when_it_did_and_so_did_its_run() {
    let mut machine = Machinery::default();
    let mut first = Play::with(&mut machine, |options| since_1970(options, 1_000));
    first.wait(5).run(DAEMON).wait(100);
    let mut second = Play::with(&mut machine, |options| since_1970(options, 900));
    second.now = Instant::ZERO + Duration::from_secs(500);
    second.wait(1);
    let began = WallTime::since_unix_epoch(Duration::from_secs(1_005));
    let process = second.host.processes().next().unwrap();
    assert_eq!(process.started_at(), Some(began));
    assert_eq!(second.host.runs().next().unwrap().started_at(), began);
    let id = process.id().clone();
    second.command(Command::RestartProcess(id));
    let process = second.host.processes().next().unwrap();
    let began = WallTime::since_unix_epoch(Duration::from_secs(1_401));
    assert_eq!(process.started_at(), Some(began), "of its next life");
}

#[test]
fn how_it_ended_before_is_known_under_the_next_host() {
    let mut machine = Machinery::default();
    let mut first = Play::new(&mut machine);
    let tree = first.run(DAEMON).machine.processes[&1].clone();
    first.kill(&tree);
    let ended = first.inputs.pop_front().unwrap();
    first.input(ended);
    assert_eq!(first.wait(2).phases(), ["running (pid 2)"]);
    let second = Play::new(&mut machine);
    let status = second.host.processes().next().unwrap().status();
    assert_eq!(second.phases(), ["running (pid 2)"]);
    assert_eq!(status.last_exit, Some(Exit::Signal(Signal::TERM)));
    assert_eq!(status.restarts, 1);
}

#[test]
fn where_the_daemons_own_lines_begin_is_known_under_the_next_host() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(SERVER).wait(1);
    let second = Play::new(&mut machine);
    assert_eq!(second.host.processes().next().unwrap().own_from(), 2);
}

#[test]
fn what_an_earlier_version_wrote_down_is_taken_over_as_well() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let state = |name: &&String| name.contains("/state/demo-");
    let file = machine.files.keys().find(state).unwrap().clone();
    let text = String::from_utf8(machine.files[&file].clone()).unwrap();
    let is_known = |line: &&str| !line.contains("egan\":");
    let old: Vec<_> = text.lines().filter(is_known).collect();
    assert_eq!(old.len() + 2, text.lines().count(), "two are left out");
    machine.files.insert(file, old.join("\n").into());
    let play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["running (pid 1)"]);
    let process = play.host.processes().next().unwrap();
    assert_eq!(process.started_at(), Some(WallTime::default()));
}

#[test]
fn a_daemon_that_is_gone_is_cleared_up_after_and_runs_again_by_its_policy() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    // Its process is gone; something else of its tree is left.
    let tree = machine.processes.remove(&1).unwrap();
    machine.processes.insert(99, tree);
    let mut play = Play::new(&mut machine);
    assert!(!play.machine.processes.contains_key(&99), "leftovers first");
    play.wait(2);
    assert_eq!(play.phases(), ["running (pid 2)"]);
    let process = play.host.processes().next().unwrap();
    assert_eq!(process.status().restarts, 1);
    let said: Vec<_> = process
        .log()
        .last(9)
        .map(|line| line.text.clone())
        .collect();
    assert!(said[0].contains("while nobody looked"), "{said:?}");
}

#[test]
fn a_daemon_that_is_not_started_again_stays_ended() {
    let once = DAEMON.replace(r#", "autoRestart": true"#, "");
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(&once);
    machine.processes.clear();
    let mut play = Play::new(&mut machine);
    play.wait(5);
    let ended = ["exited (ended, status unknown)"];
    assert_eq!(play.phases(), ended);
    assert_eq!(Play::new(&mut machine).phases(), ended);
}

#[test]
fn a_server_script_serves_on_with_its_variables() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(SERVER).wait(1);
    let mut play = Play::new(&mut machine);
    let run = play.host.runs().next().unwrap();
    assert!(matches!(run.phase(), RunPhase::Serving));
    let id = run.id().clone();
    let url = |play: &Play<'_>| {
        let process = play.host.processes().next().unwrap();
        process.url().map(ToString::to_string)
    };
    assert_eq!(url(&play).as_deref(), Some("http://127.0.0.1:7860"));
    play.command(Command::CancelRun(id.clone())).wait(1);
    let run = play.host.run(&id).unwrap();
    assert_eq!(run.outcome().unwrap().status.word(), "cancelled");
    let lines = run.log().read(0, usize::MAX).lines;
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert!(
        texts.concat().contains("(`on.stop`) is not run"),
        "{texts:?}"
    );
    assert!(state_files(&machine).is_empty());
}

/// It is in the log of its run, too: who reads both knows where the daemon's own lines begin.
#[test]
fn what_a_command_said_before_it_was_a_daemon_stands_below_the_note_of_its_start() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    play.run(SERVER).wait(1);
    let process = play.host.processes().next().unwrap();
    let lines = process.log().read(0, usize::MAX).lines;
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert!(
        matches!(texts[..], [note, said, ..]
            if note.starts_with("[VATN] Process started") && said.contains("7860")),
        "{texts:?}"
    );
    assert_eq!(process.own_from(), 2);
}

/// Where an earlier host reached it says nothing of its next life.
#[test]
fn a_daemon_that_was_taken_over_is_found_where_its_next_life_answers() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON).wait(1);
    let mut play = Play::new(&mut machine);
    let answers = |play: &Play<'_>| {
        let process = play.host.processes().next().unwrap();
        process.url().map(ToString::to_string)
    };
    assert_eq!(answers(&play).as_deref(), Some("http://127.0.0.1:7860"));
    let id = play.host.processes().next().unwrap().id().clone();
    play.command(Command::RestartProcess(id)).wait(60);
    assert_eq!(answers(&play).as_deref(), Some("http://127.0.0.1:7861"));
    let told = play.told.iter().map(ToString::to_string);
    let told: Vec<_> = told.filter(|event| event.contains("answers at")).collect();
    let expected = [
        "still answers at http://127.0.0.1:7860",
        " answers at http://127.0.0.1:7861",
    ];
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .zip(expected)
            .all(|(told, end)| told.ends_with(end))
    );
}

#[test]
fn unless_stopped_remembers_the_stop_and_nothing_else_does() {
    let script = |policy: &str| {
        let restart = format!(r#""restart": "{policy}""#);
        DAEMON.replace(r#""autoRestart": true"#, &restart)
    };
    let stop = || Command::StopApp("demo".into());
    let shutdown = || Command::Shutdown(Duration::from_secs(5));
    let mut table = String::new();
    for policy in ["never", "on-failure", "always", "unless-stopped"] {
        for (word, command) in [("stopped", stop()), ("shut down", shutdown())] {
            let mut machine = Machinery::default();
            Play::new(&mut machine)
                .run(&script(policy))
                .command(command)
                .wait(5);
            let mut play = Play::new(&mut machine);
            play.wait(1);
            let lives = play.phases().join(", ");
            table += &format!("{policy}, {word}: {lives}\n");
        }
    }
    insta::assert_snapshot!(table);
}

/// Names say nothing of the order: what it depends on may be read after it.
#[test]
fn what_is_begun_anew_finds_those_that_it_depends_on() {
    let daemon = |more: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "serve", "daemon": true,
            "restart": "unless-stopped"{more}}}}}"#
        )
    };
    let mut come_first = 0;
    for others in 0..8 {
        let mut steps = vec![daemon(""); others];
        steps.extend([daemon(r#", "id": "db""#), daemon(r#", "dependsOn": "db""#)]);
        let script = format!(r#"{{"dialect": "vatn", "run": [{}]}}"#, steps.join(","));
        let mut machine = Machinery::default();
        let mut play = Play::new(&mut machine);
        play.run(&script);
        let is_tied = |p: &&Process| p.name().is_some() || !p.depends_on().is_empty();
        let first = play.host.processes().find(is_tied).unwrap();
        come_first += usize::from(first.name().is_none());
        play.command(Command::Shutdown(Duration::from_secs(5)))
            .wait(5);
        let mut play = Play::new(&mut machine);
        play.wait(1);
        let lives = |phase: &String| phase.starts_with("running");
        assert!(play.phases().iter().all(lives), "{:?}", play.phases());
    }
    assert!(come_first > 0);
}

/// It would live until the budget is used up; the host after that runs it.
#[test]
fn what_is_found_during_a_shutdown_is_not_begun() {
    let script = DAEMON.replace(r#""autoRestart": true"#, r#""restart": "unless-stopped""#);
    let shutdown = || Command::Shutdown(Duration::from_secs(60));
    let mut machine = Machinery::default();
    Play::new(&mut machine)
        .run(&script)
        .command(shutdown())
        .wait(5);
    machine.is_slow = true;
    let mut play = Play::new(&mut machine);
    play.command(shutdown()).answer();
    assert_eq!(play.phases(), ["stopped"]);
    assert!(matches!(play.host.poll_output(), Output::Done(_)));
    assert_eq!(machine.last_pid, 1, "nothing else was started");
    assert_eq!(Play::new(&mut machine).phases(), ["running (pid 2)"]);
}

#[test]
fn what_was_stopped_is_forgotten_when_its_app_runs_again() {
    let script = DAEMON.replace(r#""autoRestart": true"#, r#""restart": "unless-stopped""#);
    let mut machine = Machinery::default();
    Play::new(&mut machine)
        .run(&script)
        .command(Command::StopApp("demo".into()))
        .wait(5);
    assert_eq!(daemon_files(&machine).len(), 1);
    let mut play = Play::new(&mut machine);
    let forgotten = play.host.processes().next().unwrap().id().clone();
    play.run(DAEMON);
    assert!(play.host.process(&forgotten).is_none());
    let said = format!("remove .vatn/python/logs/{forgotten}");
    assert!(play.machine.asked.contains(&said), "{said}");
    assert_eq!(daemon_files(&machine).len(), 1);
    assert_eq!(Play::new(&mut machine).phases(), ["running (pid 2)"]);
}

/// What is kept of the others is more than anybody starts.
#[test]
fn of_what_was_stopped_the_next_host_knows_as_much_as_of_what_ends() {
    let mut machine = Machinery::default();
    let step = r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true,
        "restart": "unless-stopped"}}"#;
    let steps = [step; 60].join(",");
    let script = format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#);
    Play::new(&mut machine)
        .run(&script)
        .command(Command::StopApp("demo".into()))
        .wait(5);
    assert_eq!(state_files(&machine).len(), 60);
    let mut play = Play::with(&mut machine, |options| options.retention.processes = 20);
    assert!(play.host.has_recovered());
    play.wait(1);
    assert_eq!(play.phases(), ["stopped"; 20]);
    assert_eq!(state_files(&machine).len(), 20);
}

/// It is known as stopped, and as any other when it was started: by the host after that, too.
#[test]
fn what_was_stopped_is_started_under_a_later_host() {
    let script = DAEMON.replace(r#""autoRestart": true"#, r#""restart": "unless-stopped""#);
    let mut machine = Machinery::default();
    Play::new(&mut machine)
        .run(&script)
        .command(Command::StopApp("demo".into()))
        .wait(5);
    let mut play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["stopped"]);
    let goes_on = |event: &Event| match event {
        Event::Journal(JournalEvent::Recovered { daemons, .. }) => Some(*daemons),
        _ => None,
    };
    assert_eq!(play.told.iter().find_map(goes_on), Some(0));
    assert!(
        play.told
            .iter()
            .all(|event| !event.to_string().contains("demo")),
        "old news"
    );
    assert!(play.host.busy_by("demo").is_none());
    let id = play.host.processes().next().unwrap().id().clone();
    play.command(Command::StartProcess(id));
    assert_eq!(play.phases(), ["running (pid 2)"]);
    let mut play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["running (pid 2)"]);
    play.command(Command::StopApp("demo".into())).wait(5);
    assert_eq!(Play::new(&mut machine).phases(), ["stopped"]);
}

/// Of what is not to be remembered there is nothing on the disk, until it is started.
#[test]
fn what_is_started_again_is_taken_over_by_the_next_host() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    play.run(DAEMON)
        .command(Command::StopApp("demo".into()))
        .wait(5);
    assert!(state_files(play.machine).is_empty());
    play.machine.asked.clear();
    let id = play.host.processes().next().unwrap().id().clone();
    play.command(Command::StartProcess(id));
    let at = |what: &str| {
        play.machine
            .asked
            .iter()
            .position(|asked| asked.contains(what))
    };
    assert!(at("note .vatn").unwrap() < at("exec bash").unwrap());
    let play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["running (pid 2)"]);
    let status = play.host.processes().next().unwrap().status();
    assert_eq!(status.restarts, 0);
    assert_eq!(machine.last_pid, 2);
}

#[test]
fn files_that_cannot_be_used_are_set_aside() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let file = state_files(&machine)[0].clone();
    let whole = machine.files[&file].clone();
    let mut told = Vec::new();
    let torn = whole[..whole.len() / 2].to_vec();
    for bytes in [torn, b"{}".to_vec(), vec![0xff]] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(DAEMON).wait(1);
        machine.files.insert(file.clone(), bytes);
        let play = Play::new(&mut machine);
        assert!(play.host.processes().next().is_none());
        let aside = |event: &Event| match event {
            Event::Journal(JournalEvent::SetAside { .. }) => Some(event.to_string()),
            _ => None,
        };
        told.extend(play.told.iter().filter_map(aside));
        assert!(!machine.files.contains_key(&file));
        assert!(machine.files.keys().any(|file| file.contains("/aside/")));
    }
    insta::assert_snapshot!(told.join("\n"));
}

/// However long it takes to keep what was in it.
#[test]
fn a_file_of_trees_that_cannot_be_used_is_kept_and_written_anew() {
    for bytes in ["{", "{\"version\": 9}"] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(DAEMON).wait(2);
        let file = "/w/.vatn/python/state/trees.json";
        machine.files.insert(file.into(), bytes.into());
        machine.aside_is_slow = true;
        let mut play = Play::new(&mut machine);
        assert_eq!(play.phases(), ["running (pid 1)"]);
        play.wait(2).answer();
        let trees = String::from_utf8(machine.files[file].clone()).unwrap();
        assert!(trees.contains("demo-"), "{trees}");
        let aside = &machine.files["/w/.vatn/python/state/aside/trees.json"];
        assert_eq!(aside, bytes.as_bytes());
    }
}

/// The next host, too, is to find it.
#[test]
fn what_was_left_and_does_not_end_is_told_and_written_down_until_then() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON).wait(2);
    let file = daemon_files(&machine)[0].clone();
    let tree = machine.processes.values().next().unwrap().clone();
    machine.files.insert(file, b"{".to_vec());
    machine.is_stuck = true;
    let mut play = Play::new(&mut machine);
    play.wait(5);
    let trees = &play.machine.files["/w/.vatn/python/state/trees.json"];
    let trees = String::from_utf8(trees.clone()).unwrap();
    assert!(trees.contains(tree.as_str()), "{trees}");
    assert!(!play.host.has_recovered());
    play.wait(10);
    assert!(play.host.has_recovered());
    let told = Event::Journal(JournalEvent::NotEnded { trees: 1 });
    assert!(play.told.contains(&told));
}

#[test]
fn what_cannot_be_put_aside_stays_where_it_is() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    machine.disk_is_full = true;
    let file = daemon_files(&machine)[0].clone();
    machine.files.insert(file.clone(), b"{".to_vec());
    let play = Play::new(&mut machine);
    let aside = |event: &Event| match event {
        Event::Journal(JournalEvent::SetAside { file, .. }) => Some(file.clone()),
        _ => None,
    };
    assert_eq!(play.told.iter().find_map(aside).as_ref(), Some(&file));
    assert!(machine.files.contains_key(&file));
}

#[test]
fn what_an_interrupted_run_left_is_ended_at_the_next_start() {
    let install = r#"{"dialect": "vatn", "run": [{"method": "shell.run",
        "params": {"message": "install"}}]}"#;
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(install);
    let at = |what: &str| machine.asked.iter().position(|asked| asked.contains(what));
    assert!(at("note .vatn/python/state/trees").unwrap() < at("exec bash").unwrap());
    assert_eq!(machine.processes.len(), 1);
    let play = Play::new(&mut machine);
    assert!(play.host.has_recovered());
    assert!(machine.processes.is_empty());
    assert!(
        state_files(&machine).is_empty(),
        "{:?}",
        state_files(&machine)
    );
}

#[test]
fn a_full_disk_is_told_and_stops_nothing() {
    let mut machine = Machinery {
        disk_is_full: true,
        ..Machinery::default()
    };
    let mut play = Play::new(&mut machine);
    play.run(DAEMON);
    assert_eq!(play.phases(), ["running (pid 1)"]);
    let warns = |event: &Event| matches!(event, Event::Journal(JournalEvent::NotWritten { .. }));
    assert!(play.told.iter().any(warns));
    play.wait(10);
    let process = play.host.processes().next().unwrap();
    let id = process.id().clone();
    let warnings = |line: &&collodi_logs::Line| line.text.contains("is not kept");
    assert_eq!(process.log().last(99).filter(warnings).count(), 1, "once");
    let why = play.host.not_kept(&id).unwrap().to_string();
    assert!(why.ends_with("no space left on the disk"), "{why}");
    play.machine.disk_is_full = false;
    play.wait(60);
    assert_eq!(play.host.not_kept(&id), None);
    assert_eq!(daemon_files(&machine).len(), 1, "it is tried again");
}

#[test]
fn a_host_hands_over_when_all_is_written_and_no_run_would_be_lost() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    let lets_go = |play: &Play<'_>| play.told.contains(&Event::LetGo(Follower::SameProcess));
    play.run(
        r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "install"}}]}"#,
    );
    play.command(Command::HandOver(Follower::SameProcess));
    assert!(!lets_go(&play), "an installation would be lost");
    play.command(Command::StopApp("demo".into())).wait(5);
    let app = || Name::parse("greeter").unwrap();
    for change in [AppChange::Update, AppChange::Addition] {
        play.command(Command::ClaimApp { app: app(), change });
        play.command(Command::HandOver(Follower::SameProcess));
        assert!(!lets_go(&play), "an {change} would be lost");
        play.command(Command::ReleaseApp(app()));
    }
    play.run(SERVER)
        .wait(1)
        .command(Command::HandOver(Follower::SameProcess));
    assert!(lets_go(&play));
    let stop = Command::StopApp("demo".into());
    let refused = play.host.command(play.now, stop);
    assert_eq!(refused, Err(Refused::HandingOver), "it would be forgotten");
    // Who listens later than that hears of it, too.
    assert_eq!(play.host.let_go(), Some(Follower::SameProcess));
    let play = Play::new(&mut machine);
    let phase = play.host.processes().next().unwrap().status().phase;
    assert_eq!(phase, Phase::Running);
}

/// Nothing begins while it is tried, so that it is given up is told.
#[test]
fn a_host_that_cannot_write_what_the_next_one_needs_goes_on() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    play.run(SERVER).wait(1);
    play.machine.disk_is_full = true;
    play.command(Command::HandOver(Follower::SameProcess))
        .wait(60);
    let told = |event| play.told.contains(&event);
    assert_eq!(play.host.let_go(), None);
    assert!(!told(Event::LetGo(Follower::SameProcess)));
    assert!(told(Event::Journal(JournalEvent::NotHandedOver)));
    play.command(Command::StopApp("demo".into())).run(DAEMON);
    assert_eq!(play.host.processes().count(), 2);
}

fn shutdown_of_demo() -> Command {
    Command::ShutdownOf {
        app: "demo".into(),
        within: Duration::from_secs(5),
    }
}

fn lets_go(play: &Play<'_>) -> bool {
    play.told.contains(&Event::LetGo(Follower::OtherProcess))
}

/// Of what an earlier host has left only the app that is shut down ends; the next host has the rest.
#[test]
fn what_was_found_of_other_apps_is_left_to_the_next_host() {
    for script in [DAEMON, SERVER] {
        let mut machine = Machinery::default();
        let mut first = Play::new(&mut machine);
        first.run(script).run_app("other", script).wait(2);
        let mut play = Play::new(&mut machine);
        play.run_app("third", script).wait(1);
        play.command(shutdown_of_demo());
        assert_eq!(play.phases(), ["stopped", "running (pid 2)", "stopped"]);
        assert!(lets_go(&play));
        let mut next = Play::new(&mut machine);
        assert_eq!(next.phases(), ["running (pid 2)"]);
        next.command(Command::Shutdown(Duration::from_secs(5)));
        assert!(matches!(next.host.poll_output(), Output::Done(_)));
        assert!(machine.processes.is_empty());
    }
}

/// What does not obey is killed, by the budget or by somebody in a hurry; what was found is not.
#[test]
fn a_kill_spares_what_is_left_to_the_next_host() {
    for hurries in [false, true] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run_app("other", DAEMON).wait(2);
        machine.are_deaf = true;
        let mut play = Play::new(&mut machine);
        play.run(DAEMON).command(shutdown_of_demo());
        assert!(!lets_go(&play), "{:?}", play.phases());
        match hurries {
            true => play.command(Command::Kill),
            false => play.wait(6),
        };
        assert!(lets_go(&play), "{:?}", play.phases());
        assert_eq!(machine.processes.len(), 1);
        assert_eq!(Play::new(&mut machine).phases(), ["running (pid 1)"]);
    }
}

/// The next host has what was written before, and finds the process by that.
#[test]
fn what_was_found_is_left_beside_a_full_disk() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run_app("other", DAEMON).wait(2);
    let mut play = Play::new(&mut machine);
    play.machine.disk_is_full = true;
    play.command(shutdown_of_demo()).wait(60);
    assert!(lets_go(&play));
    machine.disk_is_full = false;
    assert_eq!(Play::new(&mut machine).phases(), ["running (pid 1)"]);
}

/// Somebody started it here: it is not left to anybody. The same goes for a host with nothing to leave.
#[test]
fn a_host_that_has_nothing_to_leave_ends() {
    let script = DAEMON.replace(r#""autoRestart": true"#, r#""restart": "unless-stopped""#);
    let mut machine = Machinery::default();
    let mut first = Play::new(&mut machine);
    first.run_app("other", &script).wait(1);
    first.command(Command::StopApp("other".into())).wait(1);
    let mut play = Play::new(&mut machine);
    let other = play.host.processes().next().unwrap().id().clone();
    play.command(Command::StartProcess(other)).wait(1);
    assert_eq!(play.phases(), ["running (pid 2)"]);
    play.command(shutdown_of_demo()).wait(1);
    assert!(matches!(play.host.poll_output(), Output::Done(_)));
    assert!(!lets_go(&play) && machine.processes.is_empty());
}

/// A process that nobody could find again keeps its host; when it has ended that is over.
#[test]
fn a_host_lets_go_when_what_kept_it_has_ended() {
    let mut machine = Machinery {
        is_coy: true,
        ..Machinery::default()
    };
    let mut play = Play::new(&mut machine);
    play.run(DAEMON)
        .wait(1)
        .command(Command::HandOver(Follower::OtherProcess));
    assert!(!lets_go(&play));
    let process = play.host.processes().next().unwrap();
    let tree = process.tree().clone();
    play.kill(&tree);
    let ended = play.inputs.pop_front().unwrap();
    play.input(ended);
    assert!(lets_go(&play), "{:?}", play.phases());
}

/// That is what a start of many would wait for most.
#[test]
fn the_trees_of_many_daemons_are_written_at_once() {
    let mut machine = Machinery::default();
    let step = r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true}}"#;
    let steps = [step; 100].join(",");
    let script = format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#);
    Play::new(&mut machine).run(&script).wait(2);
    let is_of_trees =
        |asked: &&String| asked.starts_with("note") && asked.ends_with("state/trees.json");
    assert_eq!(machine.asked.iter().filter(is_of_trees).count(), 1);
}

/// That a daemon is to stop is written a moment later: most have ended before.
#[test]
fn a_stop_of_many_writes_nothing_and_leaves_nothing() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    let step = r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true}}"#;
    let steps = [step; 100].join(",");
    play.run(&format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#));
    assert_eq!(daemon_files(play.machine).len(), 100);
    play.machine.asked.clear();
    play.command(Command::StopApp("demo".into())).wait(1);
    assert!(state_files(play.machine).is_empty());
    assert_eq!(asked_for(play.machine, "signal"), 100);
    assert_eq!(asked_for(play.machine, "write"), 0);
}

/// A server that dies while a daemon takes its time to end does not run it again.
#[test]
fn a_stop_that_takes_time_is_written_down_meanwhile() {
    let mut machine = Machinery {
        are_deaf: true,
        ..Machinery::default()
    };
    let mut play = Play::new(&mut machine);
    play.run(DAEMON);
    play.machine.asked.clear();
    play.command(Command::StopApp("demo".into()));
    assert_eq!(asked_for(play.machine, "write"), 0);
    play.wait(1);
    assert_eq!(asked_for(play.machine, "write"), 1);
    let mut play = Play::new(&mut machine);
    assert_eq!(play.phases(), ["stopping (pid 1)"]);
    play.wait(3);
    assert_eq!(play.phases(), ["stopped"]);
    play.wait(1);
    assert!(state_files(play.machine).is_empty());
}

fn asked_for(machine: &Machinery, what: &str) -> usize {
    let asked = machine.asked.iter();
    asked.filter(|asked| asked.starts_with(what)).count()
}

/// Whatever has become of what it depends on: it lives. In whatever order their files are read.
#[test]
fn what_lives_goes_on_though_what_it_depends_on_has_ended() {
    let daemon = |name: &str, more: &str| {
        format!(
            r#"{{"method": "shell.run", "params": {{"id": "{name}", "message": "serve", "daemon": true,
            {more}}}}}"#
        )
    };
    let always = r#""restart": "always""#;
    for others in 1..8 {
        let mut steps = vec![
            daemon("db", r#""restart": "never""#),
            daemon("web", &format!(r#"{always}, "dependsOn": "db""#)),
        ];
        steps.extend((0..others).map(|n| daemon(&format!("side{n}"), always)));
        let script = format!(r#"{{"dialect": "vatn", "run": [{}]}}"#, steps.join(","));
        let mut machine = Machinery::default();
        let mut play = Play::new(&mut machine);
        play.run(&script).wait(1);
        let tree = |play: &Play<'_>| {
            let mut all = play.host.processes();
            all.find(|p| p.name() == Some("db")).unwrap().tree().clone()
        };
        let tree = tree(&play);
        play.kill(&tree);
        let ended = play.inputs.pop_front().unwrap();
        play.input(ended);
        for goes_on in [true, false] {
            machine.is_slow = true;
            let mut play = Play::with(&mut machine, |options| options.goes_on = goes_on);
            // One goes on before it is read what the others said.
            play.answer_these().answer().wait(5);
            let lives = play
                .phases()
                .into_iter()
                .filter(|phase| phase.starts_with("running"));
            assert_eq!(lives.count(), others + 1, "{:?}", play.phases());
        }
    }
}

/// What said that it is up does not say so once more.
#[test]
fn what_was_up_is_up_under_the_next_host() {
    let by_line = DAEMON.replace(
        r#""autoRestart": true"#,
        r#""autoRestart": true, "ready": {"pattern": "/http:/", "timeout": 3000}"#,
    );
    for (is_noted, is_kept) in [(true, false), (false, true), (false, false)] {
        let mut machine = Machinery {
            is_mute: true,
            ..Machinery::default()
        };
        let mut play = Play::new(&mut machine);
        play.run(&by_line).wait(1);
        assert_eq!(play.phases(), ["warming (pid 1)"]);
        if is_noted {
            play.hear(says("http://127.0.0.1:7860\n"));
            play.wait(1);
            assert_eq!(play.phases(), ["running (pid 1)"]);
        }
        if is_kept {
            recordings::keep(play.machine, "http://127.0.0.1:7860\n");
        }
        let mut play = Play::new(&mut machine);
        let is_up = is_noted || is_kept;
        let phase = if is_up {
            "running (pid 1)"
        } else {
            "warming (pid 1)"
        };
        assert_eq!(play.phases(), [phase], "{is_noted}, {is_kept}");
        play.wait(10);
        assert_eq!(play.machine.last_pid > 1, !is_up, "{is_noted}, {is_kept}");
    }
}

fn says(text: &str) -> Progress {
    let bytes = text.as_bytes().into();
    Progress::Output {
        stream: Stream::Stdout,
        bytes,
    }
}
