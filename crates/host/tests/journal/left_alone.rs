//! Daemons of which nothing can be read: they are left as they are, and everybody can see that.

use crate::machinery::{DAEMON, Machinery, Play, daemon_files};
use collodi_contain::{ContainedPath, Name, Root};
use collodi_file::{FileError, FileErrorKind, FileKind};
use collodi_host::{
    Accepted, AppChange, Command, Event, Follower, JournalEvent, LeftAlone, ProcessId, Refused,
    RunRequest, StateFiles, Unread,
};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Layout, Platform};
use collodi_time::Duration;

/// What keeps a host from what is written down of a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Version,
    Permission,
    Directory,
}

const CAUSES: [Cause; 3] = [Cause::Version, Cause::Permission, Cause::Directory];

/// A daemon has run under a host that is gone, and the next one cannot read its file: the file, and
/// what was in it.
fn unread(machine: &mut Machinery, cause: Cause) -> (String, Vec<u8>) {
    Play::new(machine).run(DAEMON).wait(2);
    let file = (*daemon_files(machine).first().unwrap()).clone();
    let whole = machine.files.get(&file).unwrap().clone();
    match cause {
        Cause::Version => {
            let newer = String::from_utf8(whole.clone()).unwrap();
            let newer = newer.replace("\"version\": 1", "\"version\": 9");
            machine.files.insert(file.clone(), newer.into_bytes());
        }
        Cause::Permission => (machine.are_large, machine.are_unreadable) = (true, true),
        Cause::Directory => {
            machine.files.remove(&file);
            machine.odd.insert(file.clone(), FileKind::Directory);
        }
    }
    (file, whole)
}

fn only(play: &Play<'_>) -> LeftAlone {
    let all: Vec<_> = play.host.left_alone().cloned().collect();
    assert_eq!(all.len(), 1, "{:#?}", play.told);
    all.first().unwrap().clone()
}

fn told(play: &Play<'_>) -> Vec<String> {
    let journal = play.told.iter().filter_map(|event| match event {
        Event::Journal(JournalEvent::Recovered { .. }) => None,
        Event::Journal(told) => Some(told.to_string()),
        _ => None,
    });
    journal.collect()
}

const TREES: &str = "/w/.vatn/python/state/trees.json";

fn trees(machine: &Machinery) -> String {
    let bytes = machine.files.get(TREES);
    String::from_utf8(bytes.cloned().unwrap_or_default()).unwrap()
}

/// The request for a run of the app.
fn request() -> RunRequest {
    let parsed = collodi_script::parse(DAEMON, &collodi_script::Options::for_file("pinokio.json"));
    RunRequest {
        app: collodi_run::App::new(
            "demo",
            collodi_contain::Root::new("/app"),
            collodi_contain::RelPath::root(),
            "pinokio.json",
        ),
        script: parsed.script().unwrap().clone().into(),
        args: collodi_value::Value::Null,
        answers: Box::default(),
        overrides: std::sync::Arc::default(),
        again: false,
    }
}

/// It may be as it is to be: another version reads it, or this one when it can.
#[test]
fn what_could_not_be_read_is_left_as_it_is_and_told() {
    let mut said = Vec::new();
    for cause in CAUSES {
        let mut machine = Machinery::default();
        let (file, whole) = unread(&mut machine, cause);
        let play = Play::new(&mut machine);
        assert!(play.host.has_recovered() && play.host.processes().next().is_none());
        let left = only(&play);
        assert_eq!((left.id.app(), &left.file), (Some("demo"), &file));
        assert!(left.tree.is_some());
        assert_eq!(left.why == Unread::OtherVersion, cause == Cause::Version);
        said.extend(told(&play));
        assert_eq!(machine.processes.len(), 1);
        assert!(trees(&machine).contains("demo-"), "for the next host");
        machine.odd.clear();
        machine.files.insert(file, whole);
        (machine.are_large, machine.are_unreadable) = (false, false);
        assert_eq!(Play::new(&mut machine).phases(), ["running (pid 1)"]);
    }
    insta::assert_snapshot!(said.join("\n"));
}

/// Who looks at the files while no host runs says the same. What is no file, and not named as one of a
/// daemon, is none.
#[test]
fn who_looks_at_the_files_sees_what_the_next_host_does() {
    for cause in CAUSES {
        let mut machine = Machinery::default();
        unread(&mut machine, cause);
        for name in ["foo", "foo-1234567", "other-0123abcd"] {
            let path = format!("/w/.vatn/python/state/{name}.json");
            machine.odd.insert(path, FileKind::Directory);
        }
        let seen = seen(&machine);
        let play = Play::new(&mut machine);
        let left: Vec<_> = play.host.left_alone().cloned().collect();
        assert_eq!(seen, left);
        let apps: Vec<_> = left.iter().map(|left| left.id.app()).collect();
        assert_eq!(apps, [Some("demo"), Some("other")]);
    }
}

/// So does who asks whom it ends: those whose files say nothing, and no others.
#[test]
fn who_looks_at_the_files_sees_whom_the_next_host_ends() {
    let mut said = Vec::new();
    for percent in [None, Some(0), Some(50), Some(100)] {
        let mut machine = Machinery::default();
        Play::new(&mut machine).run(DAEMON).wait(2);
        let file = daemon_files(&machine)[0].clone();
        let whole = machine.files.remove(&file).unwrap();
        if let Some(percent) = percent {
            let part = whole[..whole.len() * percent / 100].to_vec();
            machine.files.insert(file.clone(), part);
        }
        let state = state();
        let seen = files(&machine, &state);
        assert!(seen.clone().left_alone(&state).is_empty());
        let seen = seen.lost(&state);
        let play = Play::new(&mut machine);
        let ended = told(&play);
        let ended: Vec<_> = ended
            .iter()
            .filter(|told| told.contains("still ran of it is ended"))
            .collect();
        assert_eq!(seen.len(), ended.len(), "{ended:?}");
        for (lost, told) in seen.iter().zip(ended) {
            assert!(told.contains(lost.id.as_str()) && lost.file == file);
            said.push(lost.to_string());
        }
    }
    insta::assert_snapshot!(said.join("\n"));
}

/// What may be as it is to be is not said to end.
#[test]
fn whom_the_next_host_leaves_alone_it_does_not_end() {
    for cause in CAUSES {
        let mut machine = Machinery::default();
        unread(&mut machine, cause);
        let state = state();
        assert_eq!(files(&machine, &state).lost(&state), []);
    }
}

fn state() -> ContainedPath {
    Layout::new(Root::new("/w"), Platform::LINUX_X64).state()
}

/// Those of which is seen that the next host leaves them alone.
fn seen(machine: &Machinery) -> Vec<LeftAlone> {
    let state = state();
    files(machine, &state).left_alone(&state)
}

/// What is seen of the files of a host's state.
fn files(machine: &Machinery, state: &ContainedPath) -> StateFiles {
    let mut seen = StateFiles::default();
    let name = |path: &str| {
        let name = path.strip_prefix("/w/.vatn/python/state/")?;
        (!name.contains('/')).then(|| name.to_owned())
    };
    for (path, bytes) in &machine.files {
        match name(path) {
            Some(name) if machine.are_unreadable && name.starts_with("demo-") => {
                let path = state.join(&name).unwrap();
                let error = FileError::new(FileErrorKind::PermissionDenied, path);
                seen.not_read(&name, &error);
            }
            Some(name) => seen.read(&name, bytes),
            None => {}
        }
    }
    for (path, kind) in &machine.odd {
        seen.no_file(&name(path).unwrap(), *kind);
    }
    seen
}

#[test]
fn nothing_of_its_app_begins_beside_it_unless_that_is_asked() {
    let mut machine = Machinery::default();
    unread(&mut machine, Cause::Version);
    let mut play = Play::new(&mut machine);
    let left = Refused::LeftAlone(only(&play).into());
    let (now, id) = (play.now, only(&play).id);
    let name = Name::parse("demo").unwrap();
    let claim = |change| Command::ClaimApp {
        app: name.clone(),
        change,
    };
    for command in [
        Command::Run(request()),
        claim(AppChange::Removal),
        claim(AppChange::Update),
        Command::StartProcess(id.clone()),
        Command::RestartProcess(id.clone()),
        Command::Signal(id, collodi_command::Signal::TERM),
    ] {
        let refused = play.host.command(now, command.clone());
        assert_eq!(refused, Err(left.clone()), "{command}");
    }
    insta::assert_snapshot!(left);
    let other = RunRequest {
        app: collodi_run::App::new(
            "demo-2",
            collodi_contain::Root::new("/other"),
            collodi_contain::RelPath::root(),
            "pinokio.json",
        ),
        ..request()
    };
    let again = RunRequest {
        again: true,
        ..request()
    };
    for request in [other, again] {
        let accepted = play.host.command(now, Command::Run(request));
        assert!(matches!(accepted, Ok(Accepted::Run(_))), "{accepted:?}");
    }
}

#[test]
fn no_step_of_another_app_starts_a_script_beside_it() {
    let mut machine = Machinery::default();
    unread(&mut machine, Cause::Version);
    let mut play = Play::new(&mut machine);
    let calls = r#"{"run": [{"method": "script.start",
        "params": {"uri": "~/api/demo/pinokio.json"}}]}"#;
    let parsed = collodi_script::parse(calls, &collodi_script::Options::for_file("pinokio.json"));
    play.command(Command::Run(RunRequest {
        app: collodi_run::App::new(
            "caller",
            collodi_contain::Root::new("/w/.vatn/python/apps/caller"),
            collodi_contain::RelPath::root(),
            "pinokio.json",
        ),
        script: parsed.script().unwrap().clone().into(),
        ..request()
    }));
    let why = only(&play).to_string();
    let is_refused =
        |event: &&Event| matches!(event, Event::Run { .. }) && event.to_string().contains(&why);
    assert!(
        play.told.iter().any(|event| is_refused(&event)),
        "{:#?}",
        play.told
    );
}

/// Whoever cannot be asked whether they live may live.
#[test]
fn one_of_which_nobody_says_whether_it_lives_is_left_alone_under_each_host() {
    for is_silent in [false, true] {
        let mut machine = Machinery::default();
        unread(&mut machine, Cause::Version);
        (machine.are_hidden, machine.is_silent) = (true, is_silent);
        for _ in 0..2 {
            let mut play = Play::new(&mut machine);
            assert_eq!(play.host.has_recovered(), !is_silent);
            assert!(trees(play.machine).contains("demo-"));
            play.wait(20);
            let left = only(&play);
            assert_eq!(told(&play).len(), 1, "{:?}", told(&play));
            let (now, runs) = (play.now, Command::Run(request()));
            let refused = play.host.command(now, runs);
            assert_eq!(refused, Err(Refused::LeftAlone(left.into())));
            play.command(Command::ReleaseApp(Name::parse("demo").unwrap()));
            assert!(trees(play.machine).contains("demo-"), "for the next host");
        }
        assert_eq!(machine.processes.len(), 1);
    }
}

/// Somebody stops it before it is known whether it lives.
#[test]
fn one_that_is_stopped_early_is_ended() {
    let mut machine = Machinery::default();
    let (file, _) = unread(&mut machine, Cause::Version);
    machine.is_silent = true;
    let mut play = Play::new(&mut machine);
    assert!(play.host.left_alone().next().is_none());
    play.command(Command::StopApp("demo".into()));
    assert!(play.machine.processes.is_empty() && !play.machine.files.contains_key(&file));
    play.wait(20);
    assert!(play.host.left_alone().next().is_none());
    assert_eq!(told(&play).len(), 2, "{:?}", told(&play));
}

#[test]
fn who_stops_it_ends_it_and_has_its_file_set_aside() {
    for (cause, of_app) in CAUSES.into_iter().flat_map(|c| [(c, true), (c, false)]) {
        let mut machine = Machinery::default();
        let (file, _) = unread(&mut machine, cause);
        let mut play = Play::new(&mut machine);
        let id = only(&play).id;
        play.command(match of_app {
            true => Command::StopApp("demo".into()),
            false => Command::StopProcess(id),
        });
        assert!(play.host.left_alone().next().is_none());
        assert!(play.machine.processes.is_empty());
        assert!(play.machine.asked.contains(&"signal SIGTERM".to_owned()));
        let last = told(&play).pop().unwrap();
        assert!(last.contains("still ran of it is ended"), "{last}");
        let aside = file.replace("/state/", "/state/aside/");
        assert!(last.ends_with(&aside), "{last}");
        let is_there = |file| machine.files.contains_key(file) || machine.odd.contains_key(file);
        assert!(is_there(&aside) && !is_there(&file));
        assert!(!trees(&machine).contains("demo-"));
        (machine.are_large, machine.are_unreadable) = (false, false);
        let mut next = Play::new(&mut machine);
        assert!(told(&next).is_empty(), "{:?}", told(&next));
        assert_eq!(next.run(DAEMON).phases(), ["running (pid 2)"]);
    }
}

/// A name of another form says not for certain whose it is.
#[test]
fn one_that_may_be_of_another_app_is_ended_by_its_name_alone() {
    let mut machine = Machinery::default();
    let (file, _) = unread(&mut machine, Cause::Version);
    let id = ProcessId::from_text("demo-2-odd");
    let earlier = only(&Play::new(&mut machine)).id;
    let quoted = |id: &ProcessId| format!("\"{id}\":");
    let names = trees(&machine).replacen(&quoted(&earlier), &quoted(&id), 1);
    let written = machine.files.remove(&file).unwrap();
    let file = file.replace(earlier.as_str(), id.as_str());
    machine
        .files
        .extend([(file, written), (TREES.to_owned(), names.into_bytes())]);
    let mut play = Play::new(&mut machine);
    let now = play.now;
    for app in ["demo", "demo-2"] {
        let stop = play.host.command(now, Command::StopApp(app.into()));
        let left = only(&play);
        assert_eq!(left.id, id);
        assert!(left.way_out().contains("`collodi stop demo-2-odd`"));
        assert_eq!(stop, Err(Refused::LeftAlone(left.into())));
    }
    play.command(Command::StopProcess(id));
    assert!(play.host.left_alone().next().is_none() && machine.processes.is_empty());
}

#[test]
fn what_minds_no_signal_is_killed_after_its_time() {
    let mut machine = Machinery::default();
    unread(&mut machine, Cause::Version);
    machine.are_deaf = true;
    let mut play = Play::new(&mut machine);
    let id = only(&play).id;
    play.command(Command::StopProcess(id.clone())).wait(2);
    play.command(Command::StopProcess(id));
    assert!(!play.machine.asked.contains(&"signal SIGKILL".to_owned()));
    play.machine.are_deaf = false;
    play.wait(2);
    let signals = play
        .machine
        .asked
        .iter()
        .filter(|a| a.starts_with("signal"));
    assert_eq!(
        signals.collect::<Vec<_>>(),
        ["signal SIGTERM", "signal SIGKILL"]
    );
    assert!(play.host.left_alone().next().is_none());
}

/// Its file is for whoever can read it, who decides whether it runs again.
#[test]
fn one_that_ends_by_itself_is_known_no_more_and_its_file_stays() {
    for cause in [Cause::Version, Cause::Permission] {
        let mut machine = Machinery::default();
        let (file, whole) = unread(&mut machine, cause);
        let mut play = Play::new(&mut machine);
        let tree = only(&play).tree.unwrap();
        play.kill(&tree);
        play.command(Command::StopApp("other".into()));
        assert!(play.host.left_alone().next().is_none());
        let last = told(&play).pop().unwrap();
        assert!(last.contains("has ended"), "{last}");
        // Nothing of it runs, so its app may; also under a host that begins after its end.
        let (now, runs) = (play.now, Command::Run(request()));
        assert!(matches!(play.host.command(now, runs), Ok(Accepted::Run(_))));
        let next = Play::new(&mut machine);
        assert!(told(&next).is_empty(), "{:?}", told(&next));
        assert!(machine.files.contains_key(&file));
        machine.files.insert(file, whole);
        (machine.are_large, machine.are_unreadable) = (false, false);
        let mut last = Play::new(&mut machine);
        assert_eq!(last.wait(1).phases(), ["running (pid 2)"]);
    }
}

#[test]
fn its_end_is_looked_for_again_when_it_cannot_be_seen() {
    for (unseen_ends, is_stopped) in [(0, false), (2, false), (2, true)] {
        let mut machine = Machinery::default();
        unread(&mut machine, Cause::Version);
        machine.unseen_ends = unseen_ends;
        let mut play = Play::new(&mut machine);
        let left = only(&play);
        match is_stopped {
            true => drop(play.command(Command::StopProcess(left.id))),
            false => play.kill(&left.tree.unwrap()),
        }
        play.command(Command::StopApp("other".into())).wait(3);
        assert!(play.host.left_alone().next().is_none());
        play.wait(60);
        let asked = machine.asked.iter();
        let asked = asked.filter(|asked| asked.starts_with("await"));
        assert_eq!(asked.count(), unseen_ends + 1, "{:?}", machine.asked);
    }
}

/// It was not in the file of trees: it had run for less than a second, or that is of no use either.
#[test]
fn one_whose_processes_nobody_knows_is_shown_as_such() {
    let mut machine = Machinery::default();
    let (file, _) = unread(&mut machine, Cause::Version);
    machine.files.insert(TREES.to_owned(), b"{".to_vec());
    let mut play = Play::new(&mut machine);
    let left = only(&play);
    assert_eq!(left.tree, None);
    let now = play.now;
    let refused = play.host.command(now, Command::Run(request()));
    assert_eq!(refused, Err(Refused::LeftAlone(left.clone().into())));
    play.command(Command::StopProcess(left.id));
    assert!(play.host.left_alone().next().is_none());
    let said = told(&play);
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(machine.processes.len(), 1, "nobody knew which to end");
    assert!(!machine.files.contains_key(&file));
}

#[test]
fn what_was_set_aside_of_its_name_before_makes_room() {
    let mut machine = Machinery::default();
    let (file, _) = unread(&mut machine, Cause::Version);
    let aside = file.replace("/state/", "/state/aside/");
    let written = machine.files.get(&file).cloned();
    machine.files.insert(aside.clone(), b"older".to_vec());
    let mut play = Play::new(&mut machine);
    play.command(Command::StopApp("demo".into()));
    let last = told(&play).pop().unwrap();
    assert!(last.ends_with(&aside), "{last}");
    assert_eq!(machine.files.get(&aside), written.as_ref());
}

#[test]
fn a_file_that_cannot_be_set_aside_is_told_and_keeps_nothing_from_beginning() {
    let mut machine = Machinery::default();
    let (file, _) = unread(&mut machine, Cause::Directory);
    machine.disk_is_full = true;
    let mut play = Play::new(&mut machine);
    play.command(Command::StopApp("demo".into()));
    assert!(play.host.left_alone().next().is_none());
    insta::assert_snapshot!(told(&play).pop().unwrap());
    assert!(machine.odd.contains_key(&file));
    machine.disk_is_full = false;
    let next = Play::new(&mut machine);
    assert!(told(&next).is_empty(), "{:?}", told(&next));
}

/// A host that cannot read how it is to go on does not end it, unless somebody has said so.
#[test]
fn a_shutdown_leaves_it_alone_and_does_not_wait_for_it() {
    for is_stopped in [false, true] {
        let mut machine = Machinery::default();
        unread(&mut machine, Cause::Version);
        machine.are_deaf = true;
        let mut play = Play::new(&mut machine);
        let id = only(&play).id;
        if is_stopped {
            play.command(Command::StopProcess(id));
        }
        play.command(Command::Shutdown(Duration::from_secs(2)));
        let is_over = matches!(play.host.poll_output(), Output::Done(_));
        assert_eq!(is_over, !is_stopped);
        play.machine.are_deaf = false;
        play.wait(3);
        assert!(matches!(play.host.poll_output(), Output::Done(_)));
        assert_eq!(machine.processes.is_empty(), is_stopped);
    }
}

/// The next host would leave it alone again: who stops it asks that one.
#[test]
fn no_host_lets_go_while_it_ends_one_and_none_that_lets_go_ends_one() {
    let mut machine = Machinery::default();
    unread(&mut machine, Cause::Version);
    machine.are_deaf = true;
    let follower = Follower::OtherProcess;
    let mut play = Play::new(&mut machine);
    let (now, id) = (play.now, only(&play).id.to_string());
    play.command(Command::StopApp("demo".into()));
    let handed_over = play.host.command(now, Command::HandOver(follower));
    assert_eq!(handed_over, Err(Refused::UnderWay(id)));
    let mut play = Play::new(&mut machine);
    let handed_over = play.host.command(now, Command::HandOver(follower));
    assert_eq!(handed_over, Ok(Accepted::UnderWay));
    for stop in [
        Command::StopProcess(only(&play).id),
        Command::StopApp("demo".into()),
    ] {
        assert_eq!(play.host.command(now, stop), Err(Refused::HandingOver));
    }
}

#[test]
fn a_host_that_is_over_ends_none() {
    let mut machine = Machinery::default();
    unread(&mut machine, Cause::Version);
    let mut play = Play::new(&mut machine);
    play.command(Command::Shutdown(Duration::from_secs(2)));
    let now = play.now;
    for stop in [
        Command::StopProcess(only(&play).id),
        Command::StopApp("demo".into()),
    ] {
        assert_eq!(play.host.command(now, stop), Err(Refused::ShuttingDown));
        assert!(matches!(play.host.poll_output(), Output::Done(_)));
    }
}

#[test]
fn the_app_of_a_daemon_is_in_its_name() {
    let app = |id: &str| ProcessId::from_text(id).app().map(ToOwned::to_owned);
    assert_eq!(app("demo-78dde6c3").as_deref(), Some("demo"));
    assert_eq!(app("demo-2-78dde6c3").as_deref(), Some("demo-2"));
    assert_eq!(app("demo-78dde6"), None);
    assert_eq!(app("-78dde6c3"), None);
    assert_eq!(app("demo"), None);
}
