//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{
    Absent, AbsoluteLinks, Answer, ContainedPath, Found, Name, RelPath, Root, Rules, Walk,
    WalkAction, WalkPolicy,
};
use alloc::string::{String, ToString};

const ROOTS: [&str; 5] = ["/r", "/", "/srv/ap ps/é", r"C:\r", r"\\host\share"];

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("contain_paths", paths), ("contain_walk", walk)];

/// Reads `data` as a root, a folder and a text, and contains the text there.
///
/// # Panics
///
/// When a path lies outside of its root, or means another one when it is written
/// out and read again.
pub fn paths(data: &[u8]) {
    let (root, text) = root_and_text(data);
    let (base, text) = text.split_once('\n').unwrap_or(("", &text));
    let base = RelPath::parse(base).unwrap_or_default();
    portable(text);
    if let Ok(path) = root.contain(&base, text) {
        below(&path);
        again(&path);
    }
    if let Ok(path) = root.contain_file(&base, text) {
        below(&path);
        assert!(path.rel().file_name().is_some(), "a file has a name");
    }
    if let Ok(path) = root.at(base.clone()).entry(text) {
        below(&path);
        assert_eq!(path.parent(), Some(root.at(base)), "an entry is one name");
    }
}

/// What passes for a portable path or a name is one and the same everywhere.
fn portable(text: &str) {
    if let Ok(path) = RelPath::parse(text) {
        assert_eq!(RelPath::parse(path.as_str()).as_ref(), Ok(&path));
        for root in ROOTS.map(Root::new) {
            below(&root.at(path.clone()));
        }
    }
    if let Ok(name) = Name::parse(text) {
        let path = RelPath::parse(name.as_str());
        assert!(path.is_ok_and(|path| path.components().eq([text])));
    }
}

fn below(path: &ContainedPath) {
    let rules = path.root().rules();
    for name in path.rel().components() {
        assert_eq!(rules.check_name(name), Ok(()), "{path}");
    }
    let text = path.absolute();
    assert!(text.starts_with(path.root().as_str()), "{text}");
    assert!(path.rel().as_str().len() <= RelPath::MAX_BYTES);
    assert!(path.rel().components().count() <= RelPath::MAX_COMPONENTS);
    assert!(path.rel().starts_with(&RelPath::root()));
    if let Some(parent) = path.parent() {
        assert!(path.rel().starts_with(parent.rel()), "{path}");
    }
}

/// A path that a text meant means itself.
fn again(path: &ContainedPath) {
    let root = path.root();
    let read = root.contain(&RelPath::root(), path.rel().as_str());
    if root.rules() == Rules::Windows || RelPath::parse(path.rel().as_str()).is_ok() {
        assert_eq!(read.as_ref(), Ok(path));
    }
    let read = root.contain(&RelPath::root(), &path.absolute());
    assert_eq!(read.as_ref(), Ok(path), "{path}");
}

/// Walks to a path in a world that answers whatever `data` says, and never the same.
///
/// # Panics
///
/// When the walk asks about a path outside of its root, ends at one, or has no end.
pub fn walk(data: &[u8]) {
    let (root, text) = root_and_text(data);
    let mut lines = text.split('\n');
    let Ok(path) = root.contain(&RelPath::root(), lines.next().unwrap_or_default()) else {
        return;
    };
    let policy = policy(data.get(1).copied().unwrap_or_default());
    let mut answers = lines.cycle();
    let mut asked = 0;
    let outcome = Walk::new(&path, policy).run(|action| {
        asked += 1;
        let (WalkAction::Look(at) | WalkAction::ReadLink(at)) = action;
        below(at);
        answer(answers.next().unwrap_or_default())
    });
    assert!(asked <= Walk::MAX_LOOKS, "{asked} questions");
    match outcome {
        Ok(resolved) => {
            below(&resolved.path);
            let strays = resolved.found == Found::Link && policy.follow_last;
            assert!(!strays, "a link that was to be followed: {}", resolved.path);
        }
        Err(error) => {
            below(&error.at);
            assert!(!error.to_string().is_empty());
        }
    }
}

fn policy(bits: u8) -> WalkPolicy {
    WalkPolicy {
        follow_last: bits & 1 == 0,
        absent: match bits >> 1 & 3 {
            0 => Absent::Refuse,
            1 => Absent::File,
            _ => Absent::Tree,
        },
        absolute_links: match bits >> 3 & 1 {
            0 => AbsoluteLinks::BelowRoot,
            _ => AbsoluteLinks::Refuse,
        },
    }
}

/// A letter says what is there; anything else is where a link points.
fn answer(line: &str) -> Answer {
    Answer::Found(match line {
        "d" => Found::Directory,
        "f" => Found::File,
        "l" => Found::Link,
        "s" => Found::Special,
        "m" => Found::Missing,
        "" => return Answer::Failed,
        target => return Answer::Target(target.to_string()),
    })
}

/// The first byte chooses the root; the text begins after the second.
fn root_and_text(data: &[u8]) -> (Root, String) {
    let number = data.first().map_or(0, |byte| usize::from(*byte));
    let root = ROOTS.get(number % ROOTS.len()).copied().unwrap_or("/");
    let text = String::from_utf8_lossy(data.get(2..).unwrap_or_default());
    (Root::new(root), text.into_owned())
}
