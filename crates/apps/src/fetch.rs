//! What git is told, and what it says.

use crate::{Reference, Source};
use alloc::{
    borrow::ToOwned,
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

/// The most files that are named of a checkout that was changed.
const MOST_FILES: usize = 50;

/// The words of a command of git.
type Words = Vec<String>;

/// What is done with what was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkout {
    /// Nothing of the folder is lost: where something would be, it fails.
    Careful,
    /// Files of the repository become what they are in it, whatever was changed.
    Discard,
}

/// Makes the folder that git works in a repository without hooks.
pub fn first() -> Words {
    words(&["init", "--quiet", "--template="])
}

/// Notes in the repository where it is from, as a clone does: so scripts that name it find it.
pub fn from(source: &Source) -> Words {
    words(&["remote", "add", "--", "origin", source.url()])
}

/// Fetches the one commit that is wanted, without its history, and no submodules.
pub fn fetch(source: &Source) -> Words {
    let wanted = source.reference().map_or("HEAD", Reference::as_str);
    words(&[
        "fetch",
        "--quiet",
        "--depth=1",
        "--no-tags",
        "--no-recurse-submodules",
        "--",
        source.url(),
        wanted,
    ])
}

/// The commit that was fetched last, for [`replace`].
pub const FETCHED: &str = "FETCH_HEAD";

/// Asks whether what was fetched could have its place: what would be lost is named in the error.
pub fn would_replace() -> Words {
    words(&["read-tree", "-m", "-u", "--dry-run", "HEAD", FETCHED])
}

/// Has the folder have this commit, which is there.
pub fn replace(checkout: Checkout, commit: &str) -> Words {
    let how = match checkout {
        Checkout::Careful => "--no-overwrite-ignore",
        Checkout::Discard => "--force",
    };
    words(&["checkout", "--quiet", "--detach", how, commit])
}

/// Asks which commit the folder has.
pub fn look() -> Words {
    words(&["rev-parse", "--verify", "HEAD"])
}

/// Asks which commit was fetched.
pub fn look_at_fetched() -> Words {
    words(&["rev-parse", "--verify", "FETCH_HEAD"])
}

/// The commit that git named, when it named one.
pub fn commit(said: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(said).ok()?.trim();
    let reference = Reference::parse(text).ok()?;
    reference.is_commit().then(|| text.to_owned())
}

/// Asks which of the repository's files were changed. Those that are not its own are not
/// asked for: they stay.
pub fn changed_files() -> Words {
    words(&[
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--untracked-files=no",
        "--ignore-submodules",
    ])
}

/// The files in an answer to [`changed_files`], the first 50 of them.
pub fn files(said: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(said);
    let entries = text.split('\0').filter_map(|entry| entry.get(3..));
    let names = entries.filter(|name| !name.is_empty());
    names.take(MOST_FILES).map(ToString::to_string).collect()
}

/// Has the index have the files of a commit. The folder stays as it is.
pub fn read_into_index(commit: &str) -> Words {
    words(&["read-tree", commit])
}

/// Asks which files are there and differ from those of the index.
pub fn differing_files() -> Words {
    words(&[
        "diff",
        "--name-only",
        "-z",
        "--diff-filter=MT",
        "--no-renames",
        "--no-ext-diff",
        "--ignore-submodules",
    ])
}

/// Asks which files the commit `next` has and `had` does not, or the other way round.
pub fn only_in(had: &str, next: &str, added: bool) -> Words {
    let filter = if added {
        "--diff-filter=A"
    } else {
        "--diff-filter=D"
    };
    words(&[
        "diff-tree",
        "-r",
        "--name-only",
        "-z",
        filter,
        "--no-renames",
        had,
        next,
    ])
}

/// The files in an answer to [`differing_files`] or [`only_in`].
pub fn names(said: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(said);
    let names = text.split('\0').filter(|name| !name.is_empty());
    names.map(ToString::to_string).collect()
}

fn words(words: &[&str]) -> Words {
    words.iter().map(ToString::to_string).collect()
}
