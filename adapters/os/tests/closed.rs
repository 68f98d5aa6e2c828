//! What a root is without, by every name and link; files with other names.
#![allow(clippy::unwrap_used, clippy::panic)]

use collodi_contain::{ContainedPath, PathError, RelPath, Root};
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_os::{Files, real_directory};
use std::{fs, os::unix::fs::symlink, path::PathBuf};
use tempfile::TempDir;

const SETTINGS: &str = "[sandbox]\n";

/// An app whose folder is the workspace.
struct Workspace {
    dir: TempDir,
    root: Root,
}

impl Workspace {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        fs::create_dir_all(path.join(".vatn/python/drive")).unwrap();
        fs::create_dir(path.join("own")).unwrap();
        fs::write(path.join(".vatn/vatn.toml"), SETTINGS).unwrap();
        for (link, target) in [("to", ".vatn"), ("here", "."), ("file", ".vatn/vatn.toml")] {
            symlink(target, path.join(link)).unwrap();
        }
        symlink(path.join(".vatn"), path.join("abs")).unwrap();
        let text = path.to_str().unwrap();
        let root = Root::new(text).without(&format!("{text}/.vatn"));
        Self { dir, root }
    }

    fn at(&self, path: &str) -> ContainedPath {
        self.root.contain(&RelPath::root(), path).unwrap()
    }

    fn refused(&self, op: FileOp) -> bool {
        let shown = op.to_string();
        match Files.perform(op) {
            Err(error) => error.kind == FileErrorKind::Escapes,
            Ok(answer) => panic!("{shown}: {answer}"),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }
}

#[test]
fn a_closed_directory_has_no_path_by_its_text() {
    let world = Workspace::new();
    for text in [
        ".vatn",
        ".vatn/vatn.toml",
        "own/../.vatn/x",
        "./.vatn/python",
    ] {
        let path = world.root.contain(&RelPath::root(), text);
        assert_eq!(path, Err(PathError::Closed), "{text}");
    }
    assert!(world.root.contain(&RelPath::root(), ".vatnx").is_ok());
}

#[test]
fn a_closed_directory_is_not_reached_by_links_either() {
    let world = Workspace::new();
    for text in [
        "to/vatn.toml",
        "here/.vatn/vatn.toml",
        "abs/vatn.toml",
        "file",
        "here/to/x",
    ] {
        let path = world.at(text);
        assert!(
            world.refused(FileOp::read(path.clone(), 100)),
            "read {text}"
        );
        assert!(
            world.refused(FileOp::write(path.clone(), b"x".to_vec())),
            "write {text}"
        );
        let append = FileOp::Append {
            path: path.clone(),
            bytes: b"x".to_vec(),
        };
        assert!(world.refused(append), "append {text}");
    }
    for text in ["to", "here/.vatn", "abs", "to/python"] {
        let path = world.at(text);
        assert!(
            world.refused(FileOp::List { path: path.clone() }),
            "list {text}"
        );
        assert_eq!(
            real_directory(&path).unwrap_err().kind,
            FileErrorKind::Escapes
        );
    }
    assert!(world.refused(FileOp::Remove {
        path: world.at("here/.vatn")
    }));
    assert!(world.refused(FileOp::Remove {
        path: world.at("to/vatn.toml")
    }));
    let (from, to) = (world.at("here/.vatn"), world.at("own/x"));
    assert!(world.refused(FileOp::Rename {
        from: from.clone(),
        to: to.clone()
    }));
    assert!(world.refused(FileOp::Rename {
        from: to.clone(),
        to: from
    }));
    assert_eq!(
        fs::read_to_string(world.path(".vatn/vatn.toml")).unwrap(),
        SETTINGS
    );
}

/// What is around it can be copied or removed only up to it.
#[test]
fn a_closed_directory_is_not_taken_along() {
    let world = Workspace::new();
    let outer = world.dir.path().canonicalize().unwrap();
    let root = Root::new(outer.parent().unwrap().to_str().unwrap());
    let root = root.without(outer.join(".vatn").to_str().unwrap());
    let name = outer.file_name().unwrap().to_str().unwrap();
    let path = root.contain(&RelPath::root(), name).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = Root::new(elsewhere.path().canonicalize().unwrap().to_str().unwrap());
    let copy = FileOp::Copy {
        from: path.clone(),
        to: target.contain(&RelPath::root(), "copy").unwrap(),
    };
    assert!(world.refused(copy));
    assert!(!elsewhere.path().join("copy/.vatn/vatn.toml").exists());
    assert!(world.refused(FileOp::Remove { path }));
    assert_eq!(
        fs::read_to_string(world.path(".vatn/vatn.toml")).unwrap(),
        SETTINGS
    );
}

#[test]
fn all_else_goes_on_as_without_it() {
    let world = Workspace::new();
    Files
        .perform(FileOp::write(world.at("here/own/new/file"), b"x".to_vec()))
        .unwrap();
    let answer = Files
        .perform(FileOp::read(world.at("own/new/file"), 10))
        .unwrap();
    assert_eq!(answer, FileAnswer::Bytes(b"x".to_vec()));
    // The link goes, what it points at stays.
    Files
        .perform(FileOp::Remove {
            path: world.at("to"),
        })
        .unwrap();
    assert!(world.path(".vatn/vatn.toml").exists());
}

/// A file that other folders have too, as uv's cache does with every environment, is not
/// changed there.
#[test]
fn a_file_with_another_name_outside_stays_as_it_is_there() {
    let world = Workspace::new();
    let outside = tempfile::tempdir_in(world.dir.path().parent().unwrap()).unwrap();
    let other = outside.path().join("other");
    for op in ["append", "write"] {
        let _ = fs::remove_file(world.path("own/linked"));
        fs::write(&other, "old").unwrap();
        fs::hard_link(&other, world.path("own/linked")).unwrap();
        let (path, bytes) = (world.at("own/linked"), b"+".to_vec());
        let op = match op {
            "append" => FileOp::Append { path, bytes },
            _ => FileOp::write(path, bytes),
        };
        Files.perform(op).unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "old");
    }
    assert_eq!(fs::read_to_string(world.path("own/linked")).unwrap(), "+");
}
