//! Processes: which there are, whose they are, and signals to them.

use super::text::{self, Stat};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A file of a process below `/proc`.
pub(crate) fn file(pid: i32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{name}"))
}

/// What the system says about a process, as long as there is one.
pub(crate) fn stat(pid: i32) -> Option<Stat> {
    text::stat(&fs::read_to_string(file(pid, "stat")).ok()?)
}

/// Whether a process runs. A zombie does not.
pub(crate) fn lives(pid: i32) -> bool {
    stat(pid).is_some_and(|stat| !stat.is_zombie)
}

/// Sends a signal, if there is someone to get it.
pub(crate) fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// `roots` and everything that descends from them, but for the children that they watch
/// over: those run the same program as `child`.
pub(crate) fn supervisors(roots: &[i32], child: &Path) -> Vec<i32> {
    let parents = all().filter_map(|pid| Some((pid, stat(pid).filter(|s| !s.is_zombie)?.parent)));
    let mut rest: BTreeMap<i32, i32> = parents.collect();
    let mut found: BTreeSet<i32> = roots
        .iter()
        .copied()
        .filter(|pid| rest.contains_key(pid))
        .collect();
    let mut edge = found.clone();
    while !edge.is_empty() {
        let below = rest.iter().filter(|(_, parent)| edge.contains(parent));
        let below: BTreeSet<i32> = below
            .map(|(pid, _)| *pid)
            .filter(|pid| !runs(*pid, child))
            .collect();
        rest.retain(|pid, _| !edge.contains(pid));
        edge = below.difference(&found).copied().collect();
        found.extend(&edge);
    }
    found.into_iter().collect()
}

/// The processes that work in a folder, or have it in their command lines.
pub(crate) fn living_in(dir: &Path) -> Vec<i32> {
    let sought = dir.as_os_str().as_encoded_bytes();
    let names_it = |pid: &i32| {
        let line = fs::read(file(*pid, "cmdline")).unwrap_or_default();
        line.windows(sought.len()).any(|part| part == sought)
    };
    let is_in_it =
        |pid: &i32| fs::read_link(file(*pid, "cwd")).is_ok_and(|cwd| cwd.starts_with(dir));
    let this = std::process::id().cast_signed();
    let mut found: Vec<i32> = all().filter(|pid| *pid != this && lives(*pid)).collect();
    found.retain(|pid| names_it(pid) || is_in_it(pid));
    found
}

fn runs(pid: i32, program: &Path) -> bool {
    fs::read_link(file(pid, "exe")).is_ok_and(|exe| exe == program)
}

fn all() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{lives, living_in, supervisors};
    use std::{path::Path, process::Command};

    #[test]
    fn a_process_is_found_by_its_folder_until_it_is_dead() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new("sleep")
            .arg("1000")
            .current_dir(dir.path())
            .spawn()
            .unwrap();
        let pid = child.id().cast_signed();
        assert_eq!(living_in(dir.path()), [pid]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!lives(pid));
        assert_eq!(living_in(dir.path()), [0; 0]);
    }

    #[test]
    fn children_that_are_watched_are_no_supervisors() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let (this, pid) = (std::process::id().cast_signed(), child.id().cast_signed());
        let sleep = std::fs::read_link(super::file(pid, "exe")).unwrap();
        let with = supervisors(&[this], Path::new("/nothing"));
        let without = supervisors(&[this], &sleep);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(with.contains(&this) && with.contains(&pid));
        assert!(without.contains(&this) && !without.contains(&pid));
        assert_eq!(supervisors(&[-1], Path::new("/nothing")), [0; 0]);
    }
}
