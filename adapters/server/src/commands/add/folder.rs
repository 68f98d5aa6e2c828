//! A folder that is copied.

use crate::failure::Failure;
use anyhow::{Context as _, Result};
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};
use walkdir::{DirEntry, WalkDir};

/// The most files and folders that are copied.
const MOST: usize = 1_000_000;
/// How many of what cannot be copied are named.
const NAMED: usize = 5;
/// What is ours in the folder of an app, and is made anew.
const OURS: &str = ".vatn";

/// Whether the folder may become an app in the folder `apps`: it must not hold that one,
/// and nothing in it may lead out of it.
pub(super) fn may_be_copied(folder: &Path, apps: &Path) -> Result<()> {
    let apps = apps.canonicalize().unwrap_or_else(|_| apps.to_owned());
    if apps.starts_with(folder) {
        return Err(
            Failure::new(format!("{} holds the apps themselves", folder.display()))
                .hint("name the folder of one app")
                .into(),
        );
    }
    let mut odd = Vec::new();
    for (count, entry) in entries(folder).enumerate() {
        let entry = entry.with_context(|| format!("failed to read {}", folder.display()))?;
        if count >= MOST {
            return Err(
                Failure::new(format!("there are more than {MOST} files in the folder")).into(),
            );
        }
        if let Some(why) = why_not(folder, &entry)? {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            odd.push(format!("{} {why}", path.display()));
        }
    }
    match odd.is_empty() {
        true => Ok(()),
        false => Err(refusal(&odd)),
    }
}

/// Copies what is in the folder into another, which is empty.
pub(super) fn copy(folder: &Path, to: &Path) -> Result<()> {
    for entry in entries(folder) {
        let entry = entry.with_context(|| format!("failed to read {}", folder.display()))?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        copy_entry(&entry, &to.join(path))
            .with_context(|| format!("failed to copy {}", path.display()))?;
    }
    Ok(())
}

fn copy_entry(entry: &DirEntry, to: &Path) -> io::Result<()> {
    let kind = entry.file_type();
    if kind.is_dir() {
        return fs::create_dir_all(to);
    }
    if kind.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(entry.path())?, to);
    }
    fs::copy(entry.path(), to).map(drop)
}

/// What is in the folder, each folder before what is in it. Links are not followed.
fn entries(folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let theirs = |entry: &DirEntry| entry.depth() != 1 || entry.file_name() != OURS;
    WalkDir::new(folder)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(theirs)
}

/// Why this cannot be copied.
fn why_not(folder: &Path, entry: &DirEntry) -> Result<Option<&'static str>> {
    let kind = entry.file_type();
    if kind.is_symlink() {
        let target = fs::read_link(entry.path())
            .with_context(|| format!("failed to read {}", entry.path().display()))?;
        return Ok(leads_out(folder, entry.path(), &target).then_some("is a link that leads out"));
    }
    let plain = kind.is_dir() || kind.is_file();
    Ok((!plain).then_some("is neither a file nor a folder"))
}

/// Whether a link leads out of the folder, by its text: what is at the end need not be there.
fn leads_out(folder: &Path, link: &Path, target: &Path) -> bool {
    if target.is_absolute() {
        return true;
    }
    let mut at: PathBuf = link.parent().unwrap_or(folder).to_owned();
    for part in target.components() {
        match part {
            Component::ParentDir if at == folder => return true,
            Component::ParentDir => drop(at.pop()),
            Component::Normal(name) => at.push(name),
            _ => {}
        }
    }
    // Links on the way may lead elsewhere than their text says.
    at.canonicalize()
        .is_ok_and(|real| !real.starts_with(folder))
}

fn refusal(odd: &[String]) -> anyhow::Error {
    let named: Vec<_> = odd.iter().take(NAMED).map(String::as_str).collect();
    let more = match odd.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Failure::new(format!(
        "the folder cannot be copied: {}{more}",
        named.join(", ")
    ))
    .hint("put in their place what they lead to, or remove them")
    .into()
}
