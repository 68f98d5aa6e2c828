//! Every kind of link, met by every operation: what is outside the root is never read,
//! written or removed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_os::Files;
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};
use tempfile::TempDir;

const SECRET: &[u8] = b"secret";

/// A root with links of every kind, beside a folder that nobody may touch.
struct World {
    _dir: TempDir,
    root: PathBuf,
    outside: PathBuf,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
        fs::create_dir_all(root.join("dir/below")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(root.join("file"), "inside").unwrap();
        fs::write(root.join("dir/file"), "inside").unwrap();
        fs::write(outside.join("file"), SECRET).unwrap();
        let world = Self {
            _dir: dir,
            root,
            outside,
        };
        world.make_links();
        world
    }

    fn make_links(&self) {
        let link = |target: &Path, name: &str| symlink(target, self.root.join(name)).unwrap();
        link(Path::new("file"), "to-file");
        link(Path::new("dir"), "to-dir");
        link(Path::new("to-file"), "chain");
        link(Path::new("nowhere"), "dangling");
        link(Path::new("loop"), "loop");
        link(Path::new("../outside/file"), "out-file");
        link(Path::new("../outside"), "out-dir");
        link(Path::new("dir/../../outside/file"), "out-through-dir");
        link(Path::new("../root/file"), "out-and-in");
        link(Path::new("out-file"), "out-chain");
        link(Path::new("../outside/new"), "out-dangling");
        link(Path::new("../../outside/file"), "dir/out-file");
        link(Path::new("../file"), "dir/up");
        link(&self.outside.join("file"), "abs-out-file");
        link(&self.outside, "abs-out-dir");
        link(&self.root.join("file"), "abs-in-file");
        link(&self.root.join("dir"), "abs-in-dir");
    }

    fn at(&self, path: &str) -> ContainedPath {
        let root = Root::new(self.root.to_str().unwrap());
        root.contain(&RelPath::root(), path).unwrap()
    }

    fn perform(&self, op: FileOp) -> Result<FileAnswer, FileErrorKind> {
        Files.perform(op).map_err(|error: FileError| error.kind)
    }

    fn read(&self, path: &str) -> Result<String, FileErrorKind> {
        match self.perform(FileOp::read(self.at(path), 1 << 20))? {
            FileAnswer::Bytes(bytes) => Ok(String::from_utf8(bytes).unwrap()),
            other => panic!("{other}"),
        }
    }

    fn assert_outside_untouched(&self) {
        let names: Vec<_> = fs::read_dir(&self.outside)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["file"]);
        assert_eq!(fs::read(self.outside.join("file")).unwrap(), SECRET);
    }
}

/// What is read at each path, in a table.
#[test]
fn reading() {
    let world = World::new();
    let paths = [
        "file",
        "to-file",
        "to-dir",
        "to-dir/file",
        "chain",
        "dangling",
        "loop",
        "out-file",
        "out-dir/file",
        "out-through-dir",
        "out-and-in",
        "out-chain",
        "out-dangling",
        "dir/out-file",
        "dir/up",
        "abs-out-file",
        "abs-out-dir/file",
        "abs-in-file",
        "abs-in-dir/file",
        "file/below",
        ".",
    ];
    let table: String = paths
        .map(|path| match world.read(path) {
            Ok(text) => format!("{path:17} {text}\n"),
            Err(kind) => format!("{path:17} error: {kind}\n"),
        })
        .concat();
    insta::assert_snapshot!(table, @r"
    file              inside
    to-file           inside
    to-dir            error: is a directory
    to-dir/file       inside
    chain             inside
    dangling          error: no such file or directory
    loop              error: input/output error
    out-file          error: leads out of its folder
    out-dir/file      error: leads out of its folder
    out-through-dir   error: leads out of its folder
    out-and-in        error: leads out of its folder
    out-chain         error: leads out of its folder
    out-dangling      error: leads out of its folder
    dir/out-file      error: leads out of its folder
    dir/up            inside
    abs-out-file      error: leads out of its folder
    abs-out-dir/file  error: leads out of its folder
    abs-in-file       inside
    abs-in-dir/file   inside
    file/below        error: not a directory
    .                 error: is a directory
    ");
    world.assert_outside_untouched();
}

/// What each changing operation says at each link, and what is there afterwards.
#[test]
fn changing() {
    let links = [
        "to-file",
        "to-dir",
        "chain",
        "dangling",
        "loop",
        "out-file",
        "out-dir",
        "out-chain",
        "out-dangling",
        "dir/out-file",
        "abs-out-file",
        "abs-in-file",
        "out-dir/file",
        "out-dir/new",
        "abs-out-dir/new",
        "to-dir/new",
        "dangling/new",
    ];
    let ops: [fn(ContainedPath) -> FileOp; 4] = [
        |path| FileOp::write(path, b"new".to_vec()),
        |path| FileOp::Append {
            path,
            bytes: b"new".to_vec(),
        },
        |path| FileOp::MakeDir { path },
        |path| FileOp::Remove { path },
    ];
    let mut table = String::new();
    for link in links {
        let mut cells = Vec::new();
        for op in ops {
            let world = World::new();
            let said = match world.perform(op(world.at(link))) {
                Ok(_) => "done".to_owned(),
                Err(kind) => kind.to_string(),
            };
            world.assert_outside_untouched();
            cells.push(said);
        }
        table += format!("{link:15} {}\n", cells.join(" | ")).as_str();
    }
    insta::assert_snapshot!(table, @r"
    to-file         done | done | already there | done
    to-dir          is a directory | is a directory | done | done
    chain           done | done | already there | done
    dangling        done | done | no such file or directory | done
    loop            input/output error | input/output error | input/output error | done
    out-file        leads out of its folder | leads out of its folder | leads out of its folder | done
    out-dir         leads out of its folder | leads out of its folder | leads out of its folder | done
    out-chain       leads out of its folder | leads out of its folder | leads out of its folder | done
    out-dangling    leads out of its folder | leads out of its folder | leads out of its folder | done
    dir/out-file    leads out of its folder | leads out of its folder | leads out of its folder | done
    abs-out-file    leads out of its folder | leads out of its folder | leads out of its folder | done
    abs-in-file     done | done | already there | done
    out-dir/file    leads out of its folder | leads out of its folder | leads out of its folder | leads out of its folder
    out-dir/new     leads out of its folder | leads out of its folder | leads out of its folder | leads out of its folder
    abs-out-dir/new leads out of its folder | leads out of its folder | leads out of its folder | leads out of its folder
    to-dir/new      done | done | done | done
    dangling/new    no such file or directory | no such file or directory | no such file or directory | done
    ");
}

#[test]
fn a_write_through_a_link_keeps_the_link() {
    let world = World::new();
    for (link, target) in [
        ("chain", "file"),
        ("abs-in-dir/file", "dir/file"),
        ("dangling", "nowhere"),
    ] {
        world
            .perform(FileOp::write(world.at(link), b"through".to_vec()))
            .unwrap();
        assert_eq!(world.read(target).as_deref(), Ok("through"), "{link}");
    }
    assert!(world.root.join("to-file").is_symlink());
}

#[test]
fn removing_a_tree_with_links_out_keeps_what_they_point_at() {
    let world = World::new();
    let tree = world.root.join("tree/a/b");
    fs::create_dir_all(&tree).unwrap();
    symlink(&world.outside, tree.join("out")).unwrap();
    symlink(world.outside.join("file"), tree.join("file")).unwrap();
    symlink("../../../dir", tree.join("dir")).unwrap();
    let remove = FileOp::Remove {
        path: world.at("tree"),
    };
    assert_eq!(world.perform(remove), Ok(FileAnswer::Done));
    assert!(!world.root.join("tree").exists());
    assert!(world.root.join("dir/file").exists());
    world.assert_outside_untouched();
}

#[test]
fn copies_links_as_links() {
    let world = World::new();
    let copy = FileOp::Copy {
        from: world.at("dir"),
        to: world.at("new/copy"),
    };
    assert_eq!(world.perform(copy), Ok(FileAnswer::Done));
    assert_eq!(world.read("new/copy/file").as_deref(), Ok("inside"));
    let copied = fs::read_link(world.root.join("new/copy/out-file")).unwrap();
    assert_eq!(copied, Path::new("../../outside/file"));
    // One level deeper it points somewhere else, and still not out of the root.
    assert_eq!(world.read("new/copy/up"), Err(FileErrorKind::NotFound));
}

#[test]
fn a_copy_follows_links_at_its_ends_only_inside() {
    let world = World::new();
    let copy = |from: &str, to: &str| {
        world.perform(FileOp::Copy {
            from: world.at(from),
            to: world.at(to),
        })
    };
    assert_eq!(copy("out-file", "x"), Err(FileErrorKind::Escapes));
    assert_eq!(copy("out-dir", "x"), Err(FileErrorKind::Escapes));
    assert_eq!(copy("file", "out-file"), Err(FileErrorKind::Escapes));
    assert_eq!(copy("file", "out-dir/x"), Err(FileErrorKind::Escapes));
    assert_eq!(copy("dir", "out-dir"), Err(FileErrorKind::Escapes));
    assert_eq!(copy("to-dir", "x"), Ok(FileAnswer::Done));
    world.assert_outside_untouched();

    // Inside a directory that is there, a link out is no directory to copy into.
    fs::create_dir_all(world.root.join("from/sub")).unwrap();
    fs::write(world.root.join("from/sub/file"), "copied").unwrap();
    fs::create_dir(world.root.join("into")).unwrap();
    symlink(&world.outside, world.root.join("into/sub")).unwrap();
    assert_eq!(copy("from", "into"), Err(FileErrorKind::NotADirectory));
    world.assert_outside_untouched();
}

#[test]
fn renames_and_looks_at_links_themselves() {
    let world = World::new();
    let rename = |from: &str, to: &str| {
        world.perform(FileOp::Rename {
            from: world.at(from),
            to: world.at(to),
        })
    };
    assert_eq!(rename("out-file", "moved"), Ok(FileAnswer::Done));
    let moved = world.perform(FileOp::Stat {
        path: world.at("moved"),
    });
    let link = Stat {
        kind: FileKind::Link,
        size: 0,
    };
    assert_eq!(moved, Ok(FileAnswer::Stat(Some(link))));
    assert_eq!(rename("file", "out-dir/file"), Err(FileErrorKind::Escapes));
    assert_eq!(rename("out-dir/file", "file2"), Err(FileErrorKind::Escapes));
    assert_eq!(rename("file", "to-dir"), Err(FileErrorKind::AlreadyExists));
    assert_eq!(
        rename("file", "dangling"),
        Err(FileErrorKind::AlreadyExists)
    );
    world.assert_outside_untouched();
}

/// Exchanges two names, again and again, while `during` runs.
#[cfg(target_os = "linux")]
fn while_swapping(one: &Path, other: &Path, during: impl FnOnce()) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _ = renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE);
            }
        });
        during();
        stop.store(true, Ordering::Relaxed);
    });
}

/// While a folder and a link out change places, no operation on a path through it ever
/// reaches the outside.
#[cfg(target_os = "linux")]
#[test]
fn a_swap_during_the_call_reaches_nothing_outside() {
    let world = World::new();
    fs::create_dir(world.root.join("swap")).unwrap();
    fs::write(world.root.join("swap/file"), "inside").unwrap();
    let (swap, link) = (world.root.join("swap"), world.root.join("out-dir"));
    while_swapping(&swap, &link, || {
        let (mut met_inside, mut met_link) = (0, 0);
        while met_inside < 200 || met_link < 200 {
            match world.read("swap/file") {
                Ok(text) => {
                    assert_eq!(text, "inside");
                    met_inside += 1;
                }
                Err(FileErrorKind::Escapes) => met_link += 1,
                Err(_) => {}
            }
            through(&world, "swap/file");
            through(&world, "swap/new");
        }
    });
    world.assert_outside_untouched();
}

/// Each of these may fail or not; none may go out.
#[cfg(target_os = "linux")]
fn through(world: &World, path: &str) {
    let at = || world.at(path);
    let bytes = || b"inside".to_vec();
    let _ = world.perform(FileOp::write(at(), bytes()));
    let _ = world.perform(FileOp::Append {
        path: at(),
        bytes: Vec::new(),
    });
    if path.ends_with("new") {
        let _ = world.perform(FileOp::Remove { path: at() });
        let path = world.at("swap/new/dir");
        let _ = world.perform(FileOp::MakeDir { path });
        let _ = world.perform(FileOp::Remove { path: at() });
    }
    let list = FileOp::List {
        path: world.at("swap"),
    };
    if let Ok(FileAnswer::Entries(entries)) = world.perform(list) {
        assert!(entries.iter().all(|entry| entry.name != "secret"));
    }
}

/// The tree to be removed has a folder that changes places with a link out meanwhile.
#[cfg(target_os = "linux")]
#[test]
fn a_swap_during_a_removal_removes_nothing_outside() {
    let world = World::new();
    let (sub, link) = (world.root.join("tree/sub"), world.root.join("out-dir"));
    while_swapping(&sub, &link, || {
        for _ in 0..300 {
            let _ = fs::create_dir_all(&sub);
            let _ = fs::write(world.root.join("tree/other"), "");
            let _ = fs::create_dir(world.root.join("out-dir/below"));
            let path = world.at("tree");
            let _ = world.perform(FileOp::Remove { path });
            let _ = fs::remove_dir(world.outside.join("below"));
        }
    });
    world.assert_outside_untouched();
}

/// A child's working directory is opened as files are, and handed over by handle.
#[cfg(target_os = "linux")]
#[test]
fn a_swap_during_the_look_for_a_working_directory_leads_nowhere_outside() {
    let world = World::new();
    let (swapped, link) = (world.root.join("swapped"), world.root.join("link"));
    fs::create_dir_all(swapped.join("sub")).unwrap();
    fs::create_dir(world.outside.join("sub")).unwrap();
    symlink(&world.outside, &link).unwrap();
    let root = world.root.canonicalize().unwrap();
    let (mut inside, mut refused) = (0, 0);
    while_swapping(&swapped, &link, || {
        for _ in 0..2000 {
            match collodi_os::real_directory(&world.at("swapped/sub")) {
                Ok(real) if real.starts_with(&root) => inside += 1,
                Ok(real) => panic!("{}", real.display()),
                Err(_) => refused += 1,
            }
        }
    });
    assert_eq!(inside + refused, 2000);
    fs::remove_dir(world.outside.join("sub")).unwrap();
    world.assert_outside_untouched();
}

#[test]
fn a_link_for_a_root_is_the_operators_business() {
    let world = World::new();
    let alias = world.root.with_file_name("alias");
    symlink(&world.root, &alias).unwrap();
    let root = Root::new(alias.to_str().unwrap());
    let read = |path: &str| {
        let path = root.contain(&RelPath::root(), path).unwrap();
        Files.perform(FileOp::read(path, 100)).map_err(|e| e.kind)
    };
    assert_eq!(read("file"), Ok(FileAnswer::Bytes(b"inside".to_vec())));
    // An absolute link with the root's other name leads into it all the same.
    assert_eq!(
        read("abs-in-file"),
        Ok(FileAnswer::Bytes(b"inside".to_vec()))
    );
    assert_eq!(read("abs-out-file"), Err(FileErrorKind::Escapes));
}

#[test]
fn permissions_stay() {
    let world = World::new();
    let file = world.root.join("file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();
    world
        .perform(FileOp::write(world.at("file"), b"new".to_vec()))
        .unwrap();
    let copy = FileOp::Copy {
        from: world.at("file"),
        to: world.at("copy"),
    };
    world.perform(copy).unwrap();
    for name in ["file", "copy"] {
        let mode = fs::metadata(world.root.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o750, "{name}");
    }
}
