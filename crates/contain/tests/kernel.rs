//! The walk against the kernel, on random trees of links.
//!
//! Where both can be asked the same question, the answers are the same. They differ
//! on purpose in one thing: absolute links. `RESOLVE_BENEATH` refuses each of them;
//! the walk follows those whose text begins with the root's path. That is compared
//! with `RESOLVE_IN_ROOT` on a twin of the tree in which such a target begins with
//! `/` instead.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use collodi_contain::{
    Absent, AbsoluteLinks, Answer, ContainedPath, Found, RelPath, Resolved, Root, Walk, WalkAction,
    WalkError, WalkErrorKind, WalkPolicy,
};
use proptest::{collection::vec, prelude::*};
use rustix::{
    fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, mknodat, openat2},
    io::Errno,
};
use std::{
    fs,
    os::{fd::OwnedFd, unix::fs::MetadataExt, unix::fs::symlink},
    path::Path,
};
use tempfile::TempDir;

const BENEATH: WalkPolicy = WalkPolicy {
    absolute_links: AbsoluteLinks::Refuse,
    ..WalkPolicy::OPEN
};

/// Something to be put into a tree. In a target `@` stands for the root's path and
/// `#` for the root's name.
#[derive(Clone, Debug)]
enum Plan {
    Dir(String),
    File(String),
    Fifo(String),
    Link(String, String),
}

fn place() -> impl Strategy<Value = String> {
    vec(prop::sample::select(vec!["a", "b", "c"]), 1..3).prop_map(|parts| parts.join("/"))
}

fn target() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "", "", "", "", "", "", "@/", "@//", "@", "/@/", "/", "../", "../#/",
    ]);
    let part = prop::sample::select(vec!["a", "b", "a", "b", "c", "..", "..", ".", "", "new"]);
    let end = prop::sample::select(vec!["", "", "", "/", "/."]);
    (start, vec(part, 1..4), end)
        .prop_map(|(start, parts, end)| format!("{start}{}{end}", parts.join("/")))
        .prop_filter("a link holds something", |target| !target.is_empty())
}

fn plan() -> impl Strategy<Value = Plan> {
    prop_oneof![
        3 => place().prop_map(Plan::Dir),
        2 => place().prop_map(Plan::File),
        1 => place().prop_map(Plan::Fifo),
        6 => (place(), target()).prop_map(|(place, target)| Plan::Link(place, target)),
    ]
}

fn question() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec!["a", "b", "a", "b", "a", "b", "c", "new"]);
    vec(part, 1..4).prop_map(|parts| parts.join("/"))
}

/// A tree on disk. Its root is one folder below the temporary one, so that there is
/// something to climb into.
struct Tree {
    dir: TempDir,
    root: Root,
    handle: OwnedFd,
}

impl Tree {
    /// Plants what can be planted: a place whose folders are taken stays empty.
    fn plant(plans: &[Plan], prefix: impl Fn(&str) -> String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap().join("root");
        fs::create_dir(&path).unwrap();
        let root = Root::new(path.to_str().unwrap());
        for plan in plans {
            plant(&path, plan, &prefix(root.as_str()));
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let handle = rustix::fs::open(&path, flags, Mode::empty()).unwrap();
        Self { dir, root, handle }
    }

    fn path(&self, text: &str) -> ContainedPath {
        self.root.contain(&RelPath::root(), text).unwrap()
    }

    fn walk(&self, text: &str, policy: WalkPolicy) -> Result<Resolved, WalkError> {
        Walk::new(&self.path(text), policy).run(answer)
    }

    /// The kernel's answer; links of `/proc` that are no real links are refused.
    fn open(&self, path: &str, flags: OFlags, how: ResolveFlags) -> Result<OwnedFd, Errno> {
        let path = if path.is_empty() { "." } else { path };
        let how = how | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::CLOEXEC;
        loop {
            let mode = if flags.contains(OFlags::CREATE) {
                0o600
            } else {
                0
            };
            match openat2(&self.handle, path, flags, Mode::from_raw_mode(mode), how) {
                Err(Errno::AGAIN) => {}
                answer => return answer,
            }
        }
    }

    /// Where the kernel's answer is, below the root.
    fn below(&self, opened: &OwnedFd) -> String {
        use std::os::fd::AsRawFd;
        let link = fs::read_link(format!("/proc/self/fd/{}", opened.as_raw_fd())).unwrap();
        let root = self.dir.path().canonicalize().unwrap().join("root");
        link.strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }
}

fn plant(root: &Path, plan: &Plan, prefix: &str) {
    let (Plan::Dir(place) | Plan::File(place) | Plan::Fifo(place) | Plan::Link(place, _)) = plan;
    let path = root.join(place);
    // Through a link the folders could come to lie outside.
    let mut above = path.ancestors().skip(1).take_while(|dir| *dir != root);
    if above.any(Path::is_symlink) || fs::create_dir_all(path.parent().unwrap()).is_err() {
        return;
    }
    let _ = match plan {
        Plan::Dir(_) => fs::create_dir(&path),
        Plan::File(_) => rustix::fs::open(
            &path,
            OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY,
            Mode::RUSR,
        )
        .map(drop)
        .map_err(Into::into),
        Plan::Fifo(_) => {
            let _ = mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0);
            Ok(())
        }
        Plan::Link(_, target) => {
            let at_root = target.replace("/@/", "@/").replace('#', "root");
            let text = at_root.replace('@', prefix);
            symlink(if text.is_empty() { "/" } else { &text }, &path)
        }
    };
}

fn answer(action: &WalkAction) -> Answer {
    match action {
        WalkAction::Look(path) => Answer::Found(look(&path.absolute())),
        WalkAction::ReadLink(path) => match fs::read_link(path.absolute()) {
            Ok(target) => Answer::Target(target.to_str().unwrap().to_owned()),
            Err(_) => Answer::Failed,
        },
    }
}

fn look(path: &str) -> Found {
    match fs::symlink_metadata(path).map(|meta| meta.file_type()) {
        Ok(kind) if kind.is_dir() => Found::Directory,
        Ok(kind) if kind.is_file() => Found::File,
        Ok(kind) if kind.is_symlink() => Found::Link,
        Ok(_) => Found::Special,
        Err(_) => Found::Missing,
    }
}

/// What the kernel calls it.
fn errno(kind: WalkErrorKind) -> Errno {
    match kind {
        WalkErrorKind::Escapes | WalkErrorKind::AbsoluteLink => Errno::XDEV,
        WalkErrorKind::TooManyLinks => Errno::LOOP,
        WalkErrorKind::NotADirectory => Errno::NOTDIR,
        WalkErrorKind::NotFound => Errno::NOENT,
        other => panic!("these trees have no {other:?}"),
    }
}

fn inode(opened: &OwnedFd) -> (u64, u64) {
    let stat = fstat(opened).unwrap();
    (stat.st_dev, stat.st_ino)
}

fn inode_at(path: &ContainedPath) -> (u64, u64) {
    let meta = fs::symlink_metadata(path.absolute()).unwrap();
    (meta.dev(), meta.ino())
}

fn kernel_has_openat2() -> bool {
    let tree = Tree::plant(&[], str::to_owned);
    let answer = tree.open("", OFlags::PATH, ResolveFlags::BENEATH);
    let missing = matches!(answer, Err(Errno::NOSYS | Errno::PERM));
    if missing {
        eprintln!("skipped: openat2 is not available here");
    }
    !missing
}

fn same_as_beneath(tree: &Tree, text: &str, policy: WalkPolicy, flags: OFlags) {
    let kernel = tree.open(text, OFlags::PATH | flags, ResolveFlags::BENEATH);
    match (tree.walk(text, policy), kernel) {
        (Ok(resolved), Ok(opened)) => {
            assert_eq!(inode_at(&resolved.path), inode(&opened), "{text}");
        }
        (Err(error), Err(refused)) => assert_eq!(errno(error.kind), refused, "{text}: {error}"),
        (walk, kernel) => panic!("{text}: the walk says {walk:?}, the kernel {kernel:?}"),
    }
}

/// The walk with creation: `O_CREAT` makes the file just where the walk says.
fn same_when_creating(tree: &Tree, text: &str) {
    let policy = WalkPolicy {
        absent: Absent::File,
        ..BENEATH
    };
    let walk = tree.walk(text, policy);
    let flags = OFlags::CREATE | OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let kernel = tree.open(text, flags, ResolveFlags::BENEATH);
    match (walk, kernel) {
        (Ok(resolved), Ok(opened)) => {
            assert_eq!(inode_at(&resolved.path), inode(&opened), "{text}");
            if resolved.found == Found::Missing {
                fs::remove_file(resolved.path.absolute()).unwrap();
            }
        }
        // No file can be made where a folder is, nor under a name that ends in a separator.
        (Ok(resolved), Err(Errno::ISDIR)) => assert_eq!(resolved.found, Found::Directory),
        (Err(error), Err(refused)) => {
            let same = errno(error.kind) == refused || refused == Errno::ISDIR;
            assert!(same, "{text}: {error}, {refused}");
        }
        (walk, kernel) => panic!("{text}: the walk says {walk:?}, the kernel {kernel:?}"),
    }
}

/// The walk with absolute links: what it resolves to can be opened without crossing a
/// link, and is what an unguarded open reaches.
fn safe_with_absolute_links(tree: &Tree, text: &str) {
    if let Ok(resolved) = tree.walk(text, WalkPolicy::OPEN) {
        let guarded = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let opened = tree
            .open(resolved.path.rel().as_str(), OFlags::PATH, guarded)
            .unwrap();
        let unguarded = fs::metadata(tree.path(text).absolute()).unwrap();
        assert_eq!(inode(&opened), (unguarded.dev(), unguarded.ino()), "{text}");
    }
}

/// Unless a link leads out, which `RESOLVE_IN_ROOT` bends back in, the twin agrees.
fn same_as_in_root(tree: &Tree, twin: &Tree, text: &str) {
    let kernel = twin.open(text, OFlags::PATH, ResolveFlags::IN_ROOT);
    match (tree.walk(text, WalkPolicy::OPEN), kernel) {
        (Ok(resolved), Ok(opened)) => {
            assert_eq!(resolved.path.rel().as_str(), twin.below(&opened), "{text}");
        }
        (Err(error), kernel) => match error.kind {
            WalkErrorKind::Escapes | WalkErrorKind::AbsoluteLink => {}
            kind => assert_eq!(Some(errno(kind)), kernel.err(), "{text}: {error}"),
        },
        (walk, kernel) => panic!("{text}: the walk says {walk:?}, the kernel {kernel:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_walk_and_the_kernel_agree(
        plans in vec(plan(), 1..16), questions in vec(question(), 1..16)
    ) {
        let tree = Tree::plant(&plans, str::to_owned);
        let twin = Tree::plant(&plans, |_| String::new());
        let entry = WalkPolicy { follow_last: false, ..BENEATH };
        for text in questions.iter().filter(|_| kernel_has_openat2()) {
            same_as_beneath(&tree, text, BENEATH, OFlags::empty());
            same_as_beneath(&tree, text, entry, OFlags::NOFOLLOW);
            same_when_creating(&tree, text);
            safe_with_absolute_links(&tree, text);
            same_as_in_root(&tree, &twin, text);
        }
    }
}

/// Both follow forty links and refuse the next.
#[test]
fn chains_of_links() {
    for links in [1, 39, 40, 41, 42] {
        let mut plans: Vec<_> = (0..links)
            .map(|i| Plan::Link(format!("l{i}"), format!("l{}", i + 1)))
            .collect();
        plans.push(Plan::File(format!("l{links}")));
        let tree = Tree::plant(&plans, str::to_owned);
        if kernel_has_openat2() {
            same_as_beneath(&tree, "l0", BENEATH, OFlags::empty());
            assert_eq!(tree.walk("l0", BENEATH).is_ok(), links <= Walk::MAX_LINKS);
        }
    }
}

/// The one deliberate difference, said plainly.
#[test]
fn absolute_links_below_the_root() {
    let plans = [
        Plan::File("f".to_owned()),
        Plan::Link("l".to_owned(), "@/f".to_owned()),
    ];
    let tree = Tree::plant(&plans, str::to_owned);
    if kernel_has_openat2() {
        let kernel = tree.open("l", OFlags::PATH, ResolveFlags::BENEATH);
        assert_eq!(kernel.err(), Some(Errno::XDEV));
        assert_eq!(
            tree.walk("l", WalkPolicy::OPEN)
                .unwrap()
                .path
                .rel()
                .as_str(),
            "f"
        );
        assert_eq!(
            tree.walk("l", BENEATH).unwrap_err().kind,
            WalkErrorKind::AbsoluteLink
        );
    }
}
