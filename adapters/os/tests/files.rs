//! Files as real file systems have them: special files, limits, depth, odd names.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_disk::{Ended, Limits, Usage};
use collodi_file::{Entry, FileAnswer, FileErrorKind, FileKind, FileOp, Stat};
use collodi_os::Files;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, openat};
use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{PermissionsExt as _, symlink},
        net::UnixListener,
    },
    path::Path,
    time::Duration,
};
use tempfile::TempDir;

type Answer = Result<FileAnswer, FileErrorKind>;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn at(&self, path: &str) -> ContainedPath {
        let root = Root::new(self.path().to_str().unwrap());
        root.contain(&RelPath::root(), path).unwrap()
    }

    fn read(&self, path: &str, limit: u64) -> Answer {
        perform(FileOp::read(self.at(path), limit))
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Answer {
        perform(FileOp::write(self.at(path), bytes.to_vec()))
    }

    fn append(&self, path: &str, bytes: &[u8]) -> Answer {
        perform(FileOp::Append {
            path: self.at(path),
            bytes: bytes.to_vec(),
        })
    }

    fn make_dir(&self, path: &str) -> Answer {
        let path = self.at(path);
        perform(FileOp::MakeDir { path })
    }

    fn remove(&self, path: &str) -> Answer {
        let path = self.at(path);
        perform(FileOp::Remove { path })
    }

    fn stat(&self, path: &str) -> Answer {
        let path = self.at(path);
        perform(FileOp::Stat { path })
    }

    fn list(&self, path: &str) -> Answer {
        let path = self.at(path);
        perform(FileOp::List { path })
    }

    fn rename(&self, from: &str, to: &str) -> Answer {
        let (from, to) = (self.at(from), self.at(to));
        perform(FileOp::Rename { from, to })
    }

    fn copy(&self, from: &str, to: &str) -> Answer {
        let (from, to) = (self.at(from), self.at(to));
        perform(FileOp::Copy { from, to })
    }

    /// Nothing that was made for a moment is still there.
    fn assert_no_leftovers(&self, dir: &str) {
        let names = fs::read_dir(self.path().join(dir)).unwrap();
        for name in names.map(|entry| entry.unwrap().file_name()) {
            assert!(!name.as_bytes().starts_with(b".collodi-"), "{name:?}");
        }
    }
}

fn perform(op: FileOp) -> Answer {
    Files.perform(op).map_err(|error| error.kind)
}

const DONE: Answer = Ok(FileAnswer::Done);

fn stat_of(kind: FileKind, size: u64) -> Answer {
    Ok(FileAnswer::Stat(Some(Stat { kind, size })))
}

/// No operation waits for the other end of a FIFO, and none touches what is no file.
#[test]
fn special_files_are_refused_and_can_be_removed() {
    let folder = Folder::new();
    let fifo = folder.path().join("fifo");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
    folder.make_dir("dir").unwrap();
    let special = Err(FileErrorKind::Special);
    for name in ["fifo", "socket"] {
        assert_eq!(folder.read(name, 10), special, "read {name}");
        assert_eq!(folder.write(name, b"x"), special, "write {name}");
        assert_eq!(folder.append(name, b"x"), special, "append {name}");
        assert_eq!(folder.copy(name, "copy"), special, "copy {name}");
        assert_eq!(folder.stat(name), stat_of(FileKind::Special, 0));
        let away = format!("dir/{name}");
        assert_eq!(folder.rename(name, &away), DONE);
    }
    assert_eq!(folder.copy("dir", "copy"), special);
    assert_eq!(folder.remove("dir"), DONE);
    folder.assert_no_leftovers("");
}

#[test]
fn reads_up_to_the_limit_and_no_more() {
    let folder = Folder::new();
    folder.write("file", b"12345").unwrap();
    assert_eq!(
        folder.read("file", 5),
        Ok(FileAnswer::Bytes(b"12345".to_vec()))
    );
    assert_eq!(folder.read("file", 4), Err(FileErrorKind::TooLarge));
    // What a sparse file claims to hold is never asked for.
    let sparse = fs::File::create(folder.path().join("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    assert_eq!(folder.read("sparse", 1 << 20), Err(FileErrorKind::TooLarge));
}

/// Files of `/proc` say that they are empty and are not.
#[cfg(target_os = "linux")]
#[test]
fn the_limit_holds_when_the_size_lies() {
    let read = |limit| {
        let root = Root::new("/proc").contain(&RelPath::root(), "cpuinfo");
        perform(FileOp::read(root.unwrap(), limit))
    };
    assert_eq!(read(3), Err(FileErrorKind::TooLarge));
    assert!(matches!(read(1 << 20), Ok(FileAnswer::Bytes(bytes)) if bytes.len() > 3));
}

/// A process that a link of `/proc` leads to is outside, whatever its text says.
#[cfg(target_os = "linux")]
#[test]
fn magic_links_are_not_followed() {
    let _open = fs::File::open("/etc/passwd").unwrap();
    let root = Root::new("/proc/self");
    for path in ["root/etc/passwd", "cwd", "exe"] {
        let path = root.contain(&RelPath::root(), path).unwrap();
        assert_eq!(
            perform(FileOp::read(path, 1 << 30)),
            Err(FileErrorKind::Escapes)
        );
    }
}

#[test]
fn a_write_makes_directories_and_replaces_as_one() {
    let folder = Folder::new();
    assert_eq!(folder.write("a/b/file", b"old"), DONE);
    let held = fs::File::open(folder.path().join("a/b/file")).unwrap();
    assert_eq!(folder.write("a/b/file", b"new"), DONE);
    assert_eq!(
        std::io::read_to_string(held).unwrap(),
        "old",
        "the old file is whole"
    );
    assert_eq!(
        folder.read("a/b/file", 3),
        Ok(FileAnswer::Bytes(b"new".to_vec()))
    );
    assert_eq!(folder.write("a/b", b"x"), Err(FileErrorKind::IsADirectory));
    assert_eq!(folder.write("", b"x"), Err(FileErrorKind::IsADirectory));
    assert_eq!(
        folder.write("a/b/file/x", b"x"),
        Err(FileErrorKind::NotADirectory)
    );
    folder.assert_no_leftovers("a/b");
}

#[test]
fn appends_and_makes_the_file_but_no_directories() {
    let folder = Folder::new();
    assert_eq!(folder.append("file", b"one "), DONE);
    assert_eq!(folder.append("file", b"two"), DONE);
    assert_eq!(
        folder.read("file", 10),
        Ok(FileAnswer::Bytes(b"one two".to_vec()))
    );
    assert_eq!(folder.append("no/file", b"x"), Err(FileErrorKind::NotFound));
    assert_eq!(folder.append("", b"x"), Err(FileErrorKind::IsADirectory));
}

#[test]
fn makes_directories_that_may_be_there() {
    let folder = Folder::new();
    assert_eq!(folder.make_dir("a/b/c"), DONE);
    assert_eq!(folder.make_dir("a/b/c"), DONE);
    assert_eq!(folder.make_dir(""), DONE);
    folder.write("file", b"").unwrap();
    assert_eq!(folder.make_dir("file"), Err(FileErrorKind::AlreadyExists));
    assert_eq!(
        folder.make_dir("file/below"),
        Err(FileErrorKind::NotADirectory)
    );
}

#[test]
fn removes_what_is_there_but_never_the_root() {
    let folder = Folder::new();
    folder.write("a/file", b"").unwrap();
    assert_eq!(folder.remove(""), Err(FileErrorKind::Escapes));
    assert_eq!(folder.remove("a/b/../file"), DONE);
    assert_eq!(folder.remove("a/file"), DONE);
    assert_eq!(folder.remove("nowhere/at/all"), DONE);
    assert_eq!(folder.remove("a"), DONE);
    assert_eq!(folder.stat("a"), Ok(FileAnswer::Stat(None)));
    assert_eq!(folder.list(""), Ok(FileAnswer::Entries(Vec::new())));
}

/// Deeper than a path can say or a copy goes.
#[test]
fn removes_a_tree_of_any_depth() {
    const DEPTH: usize = 400;
    let folder = Folder::new();
    folder.make_dir("deep").unwrap();
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut here = openat(CWD, folder.path().join("deep"), flags, Mode::empty()).unwrap();
    for _ in 0..DEPTH {
        rustix::fs::mkdirat(&here, "d", Mode::RWXU).unwrap();
        drop(openat(&here, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap());
        here = openat(&here, "d", flags, Mode::empty()).unwrap();
    }
    assert!(
        folder.copy("deep", "copy").is_err(),
        "too deep to be copied"
    );
    assert_eq!(folder.remove("deep"), DONE);
    assert_eq!(folder.remove("copy"), DONE);
    assert_eq!(folder.list(""), Ok(FileAnswer::Entries(Vec::new())));
}

#[test]
fn removes_a_wide_tree() {
    let folder = Folder::new();
    for number in 0..300 {
        fs::create_dir_all(folder.path().join(format!("wide/{number}/below"))).unwrap();
        fs::write(folder.path().join(format!("wide/f{number}")), "").unwrap();
    }
    assert_eq!(folder.remove("wide"), DONE);
}

#[test]
fn lists_by_name() {
    let folder = Folder::new();
    folder.write("b", b"").unwrap();
    folder.make_dir("a").unwrap();
    symlink("nowhere", folder.path().join("c")).unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"\xffd")), "").unwrap();
    let entry = |name: &str, kind| Entry {
        name: name.to_owned(),
        kind,
    };
    let entries = vec![
        entry("a", FileKind::Directory),
        entry("b", FileKind::File),
        entry("c", FileKind::Link),
        entry("\u{fffd}d", FileKind::File),
    ];
    assert_eq!(folder.list(""), Ok(FileAnswer::Entries(entries)));
    assert_eq!(folder.list("b"), Err(FileErrorKind::NotADirectory));
    assert_eq!(folder.list("x"), Err(FileErrorKind::NotFound));
}

#[test]
fn a_rename_replaces_nothing() {
    let folder = Folder::new();
    for name in ["one", "two"] {
        folder.write(name, name.as_bytes()).unwrap();
        folder.make_dir(&format!("dir-{name}")).unwrap();
    }
    let taken = Err(FileErrorKind::AlreadyExists);
    assert_eq!(folder.rename("one", "two"), taken);
    assert_eq!(folder.rename("dir-one", "dir-two"), taken);
    assert_eq!(folder.rename("dir-one", "two"), taken);
    assert_eq!(folder.rename("x", "three"), Err(FileErrorKind::NotFound));
    assert_eq!(
        folder.rename("one", "no/three"),
        Err(FileErrorKind::NotFound)
    );
    assert_eq!(folder.rename("", "three"), Err(FileErrorKind::Escapes));
    assert_eq!(folder.rename("one", ""), Err(FileErrorKind::Escapes));
    assert_eq!(
        folder.rename("dir-one", "dir-one/x"),
        Err(FileErrorKind::Other)
    );
    assert_eq!(folder.rename("one", "dir-one/three"), DONE);
    assert_eq!(folder.stat("dir-one/three"), stat_of(FileKind::File, 3));
}

#[test]
fn copies_files_and_folders_over_what_is_there() {
    let folder = Folder::new();
    folder.write("from/sub/file", b"new").unwrap();
    folder.write("into/sub/file", b"old").unwrap();
    folder.write("into/sub/kept", b"kept").unwrap();
    let locked = folder.path().join("from/sub");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    assert_eq!(folder.copy("from", "into"), DONE);
    assert_eq!(
        folder.read("into/sub/file", 3),
        Ok(FileAnswer::Bytes(b"new".to_vec()))
    );
    assert_eq!(
        folder.read("into/sub/kept", 4),
        Ok(FileAnswer::Bytes(b"kept".to_vec()))
    );
    let mode = fs::metadata(folder.path().join("into/sub"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o555);

    assert_eq!(folder.copy("from/sub/file", "new/place"), DONE);
    assert_eq!(
        folder.copy("from/sub/file", "into"),
        Err(FileErrorKind::IsADirectory)
    );
    assert_eq!(
        folder.copy("from", "new/place"),
        Err(FileErrorKind::NotADirectory)
    );
    assert_eq!(folder.copy("x", "y"), Err(FileErrorKind::NotFound));
    folder.assert_no_leftovers("into/sub");
}

#[test]
fn a_directory_is_not_copied_into_itself() {
    let folder = Folder::new();
    folder.write("a/file", b"").unwrap();
    symlink("a", folder.path().join("alias")).unwrap();
    for to in ["a", "a/copy", "a/deep/copy", "alias/copy"] {
        assert_eq!(folder.copy("a", to), Err(FileErrorKind::Other), "{to}");
    }
}

#[test]
fn set_user_id_is_not_passed_on() {
    let folder = Folder::new();
    folder.write("file", b"").unwrap();
    let path = folder.path().join("file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o6755)).unwrap();
    folder.copy("file", "copy").unwrap();
    folder.write("file", b"new").unwrap();
    for name in ["file", "copy"] {
        let mode = fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o7777, 0o755, "{name}");
    }
}

#[test]
fn says_what_went_wrong_and_where() {
    let folder = Folder::new();
    let missing = Root::new("/no/such/root").at(RelPath::root());
    let error = Files.perform(FileOp::List { path: missing }).unwrap_err();
    insta::assert_snapshot!(error, @"/no/such/root: no such file or directory");
    let long = "x".repeat(300);
    let error = Files
        .perform(FileOp::read(folder.at(&long), 1))
        .unwrap_err();
    assert_eq!(error.kind, FileErrorKind::Other);
    insta::assert_snapshot!(error.detail.unwrap(), @"File name too long (os error 36)");
}

fn measured(path: ContainedPath, limits: Limits) -> Usage {
    match Files.perform(FileOp::Measure { path, limits }) {
        Ok(FileAnswer::Measured(tally)) => tally.usage(),
        other => panic!("{other:?}"),
    }
}

/// An installer links from its cache: what both have stays when one goes.
#[test]
fn hard_links_are_counted_once_and_stay_elsewhere() {
    let folder = Folder::new();
    let big = vec![7; 100_000];
    for dir in ["cache", "env/lib/below"] {
        fs::create_dir_all(folder.path().join(dir)).unwrap();
    }
    fs::write(folder.path().join("cache/wheel"), &big).unwrap();
    fs::write(folder.path().join("env/lib/own"), &big).unwrap();
    fs::write(folder.path().join("env/pyvenv.cfg"), "version = 3.13").unwrap();
    let link = |from: &str, to: &str| {
        fs::hard_link(folder.path().join(from), folder.path().join(to)).unwrap();
    };
    link("cache/wheel", "env/lib/linked");
    link("env/lib/own", "env/lib/below/own-again");
    let before = measured(folder.at("env"), Limits::default());
    assert!(
        before.bytes >= 200_000 && before.bytes < 300_000,
        "{before}"
    );
    assert!(
        before.shared() >= 100_000 && before.freed >= 100_000,
        "{before}"
    );
    assert!(before.touched > 0 && before.is_whole());
    let whole = measured(folder.at("."), Limits::default());
    assert_eq!(whole.shared(), 0, "{whole}");
    folder.remove("cache").unwrap();
    let after = measured(folder.at("env"), Limits::default());
    assert_eq!((after.bytes, after.shared()), (before.bytes, 0));
}

#[test]
fn what_is_too_deep_is_named_and_the_rest_counted() {
    let folder = Folder::new();
    let deep = vec!["d"; 120].join("/");
    fs::create_dir_all(folder.path().join("top").join(&deep)).unwrap();
    fs::write(folder.path().join("top/beside"), vec![7; 50_000]).unwrap();
    let usage = measured(folder.at("top"), Limits::default());
    assert!(usage.bytes >= 50_000, "{usage}");
    let named: Vec<_> = usage.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(named, [format!("{}: too deep", vec!["d"; 100].join("/"))]);
}

#[test]
fn a_count_without_time_says_so() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..600 {
        fs::write(folder.path().join(format!("many/{number}")), "").unwrap();
    }
    let limits = Limits {
        time: Duration::ZERO,
        ..Limits::default()
    };
    assert_eq!(measured(folder.at("many"), limits).ended, Ended::TooLong);
    let path = folder.at("many");
    let (wanted, count) = Files.while_wanted(FileOp::Measure {
        path,
        limits: Limits::default(),
    });
    drop(wanted);
    match count() {
        Ok(FileAnswer::Measured(tally)) => assert_eq!(tally.usage().ended, Ended::Cancelled),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_short_note_alone_is_brief() {
    let folder = Folder::new();
    let at = || folder.at("file");
    let note = |bytes: usize| FileOp::note(at(), vec![0; bytes]);
    for (op, is_brief) in [
        (note(0), true),
        (note(64 << 10), true),
        (note((64 << 10) + 1), false),
        (FileOp::write_private(at(), vec![0]), false),
        (FileOp::Remove { path: at() }, false),
        (FileOp::read(at(), 1), false),
    ] {
        assert_eq!(Files::is_brief(&op), is_brief, "{op}");
    }
}
