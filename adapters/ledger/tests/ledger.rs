//! What is in the files after what happened.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_audit::{Closed, Execution, Opened, Record, Rotation};
use collodi_backend::ProcessBackend as _;
use collodi_command::{CommandSpec, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_ledger::{Audited, Ledger, read};
use collodi_sim::{Behaviour, World};
use futures::{FutureExt as _, executor::block_on};
use std::{
    fs, io,
    sync::{Arc, mpsc::channel},
};

fn opened(id: String) -> Record {
    let cwd = Root::new("/srv").at(RelPath::root());
    let spec = CommandSpec::new("true", cwd, TreeId::new(&format!("tree-{id}")));
    let execution = Execution::of(&spec);
    let (session, at) = ("s".to_owned(), 1);
    Record::Opened(Box::new(Opened {
        id,
        session,
        at,
        execution,
    }))
}

fn closed(id: &str) -> Record {
    let id = id.to_owned();
    Record::Closed(Closed {
        id,
        at: 2,
        exit_code: Some(0),
        signal: None,
        error: None,
        refused: false,
    })
}

#[test]
fn what_was_recorded_is_there_after_the_program_and_goes_on_in_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let rotation = Rotation::default();
    let first = Ledger::open(dir.path(), rotation, "one".to_owned(), |_| {}).unwrap();
    let (a, b) = (first.next_id(), first.next_id());
    first.record(opened(a.clone()));
    first.record(opened(b.clone()));
    first.record(closed(&a));
    drop(first);
    // The program is killed in the middle of a line.
    let file = dir.path().join("audit.jsonl");
    let mut text = fs::read_to_string(&file).unwrap();
    text += "{\"event\":\"opened\",\"id\":\"x";
    fs::write(&file, text).unwrap();

    let second = Ledger::open(dir.path(), rotation, "two".to_owned(), |_| {}).unwrap();
    block_on(second.look_back());
    let adopt = |tree: &str| second.adopt(tree);
    assert_eq!(adopt("tree-none"), None);
    assert_eq!(adopt(&format!("tree-{b}")).as_ref(), Some(&b));
    assert_eq!(adopt(&format!("tree-{b}")), None, "it was adopted");
    assert!(second.is_adopted(&b) && !second.is_adopted(&a));
    second.record(closed(&b));
    let book = second.book().unwrap();
    assert!(book.entries().iter().all(|entry| entry.closed.is_some()));
    assert_eq!((book.entries().len(), book.skipped()), (2, 1));
}

#[test]
fn opening_takes_no_room_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("audit.jsonl");
    fs::write(&file, "{\"event\":\"op").unwrap();
    drop(Ledger::open(dir.path(), Rotation::default(), "s".to_owned(), |_| {}).unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"event\":\"op");
}

#[test]
fn what_cannot_be_written_is_counted_at_once_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audit");
    let rotation = Rotation {
        file_bytes: 1,
        files: 3,
    };
    let (told, hears) = channel();
    let tell = move |error: &io::Error| told.send(error.kind()).unwrap();
    let ledger = Ledger::open(&path, rotation, "s".to_owned(), tell).unwrap();
    let counts = || {
        let book = ledger.book().unwrap();
        (book.entries().len(), book.lost())
    };
    ledger.record(opened("a".to_owned()));
    assert_eq!(counts(), (1, 0));
    fs::remove_dir_all(&path).unwrap();
    ledger.record(opened("b".to_owned()));
    ledger.record(opened("c".to_owned()));
    assert_eq!(counts(), (0, 2));
    fs::create_dir(&path).unwrap();
    ledger.record(opened("d".to_owned()));
    assert_eq!(counts(), (1, 2));
    drop(ledger);
    assert_eq!(hears.iter().collect::<Vec<_>>(), [io::ErrorKind::NotFound]);
}

#[test]
fn old_files_go_and_new_ones_are_the_owners_alone() {
    let dir = tempfile::tempdir().unwrap();
    let rotation = Rotation {
        file_bytes: 2000,
        files: 3,
    };
    let path = dir.path().join("audit");
    let ledger = Ledger::open(&path, rotation, "s".to_owned(), |_| {}).unwrap();
    for number in 0..100 {
        ledger.record(opened(format!("{number:03}")));
    }
    let book = ledger.book().unwrap();
    let last = &book.entries().last().unwrap().opened.id;
    assert_eq!(last, "099");
    assert!(book.entries().len() < 30 && book.lost() == 0);
    let mut names: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["audit.1.jsonl", "audit.2.jsonl", "audit.jsonl"]);
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_folder_that_is_not_there_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let book = read(&dir.path().join("none"), Rotation::default()).unwrap();
    assert!(book.entries().is_empty());
    fs::write(dir.path().join("file"), "").unwrap();
    assert!(
        Ledger::open(
            &dir.path().join("file"),
            Rotation::default(),
            String::new(),
            |_| {}
        )
        .is_err()
    );
}

/// A device has no end, and a pipe keeps who opens it waiting.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("audit.jsonl")).unwrap();
    assert!(Ledger::open(dir.path(), Rotation::default(), "s".to_owned(), |_| {}).is_err());
    assert!(read(dir.path(), Rotation::default()).is_err());
}

/// The record of earlier lives takes its time to be read.
#[test]
fn who_stops_waiting_for_a_command_of_an_earlier_life_leaves_it_alone() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::new();
    world.program("/bin/server", Behaviour::words("wait"));
    world.dir("/srv");
    let backends = world.backends();
    let audited = |session: &str| {
        let ledger = Ledger::open(dir.path(), Rotation::default(), session.to_owned(), |_| {});
        let ledger = Arc::new(ledger.unwrap());
        Audited::new(backends.process.clone(), backends.clock.clone(), ledger)
    };
    let cwd = Root::new("/srv").at(RelPath::root());
    let spec = CommandSpec::new("/bin/server", cwd, TreeId::new("server-1"));
    let child = block_on(audited("one").spawn(&spec)).unwrap();
    let identity = child.identity().unwrap();
    child.leave();
    let next = audited("two");
    if let Some(adopted) = next.adopt(&spec, &identity).now_or_never() {
        adopted.unwrap().leave();
    }
    let living = block_on(next.tree_members(&spec.tree)).unwrap();
    assert_eq!(living.len(), 1);
    assert!(block_on(next.adopt(&spec, &identity)).is_ok());
}
