//! Which daemons of a run depend on which, directly or not.

use crate::{Host, Process};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

/// Daemons by the names that others have for them, or that they have for others.
type ByName<'h> = BTreeMap<&'h str, Vec<&'h Process>>;

impl Host {
    /// Those of its run that depend on it, directly or not, also when they have ended.
    pub(crate) fn above<'h>(&'h self, process: &'h Process) -> Vec<&'h Process> {
        let mut needing = ByName::new();
        for other in self.siblings(process) {
            for name in other.depends_on() {
                needing.entry(name).or_default().push(other);
            }
        }
        let named = |p: &Process| p.name().and_then(|name| needing.get(name));
        reach(process, |p| named(p).into_iter().flatten().copied())
    }

    /// Those of its run that it depends on, directly or not, also when they have ended.
    pub(crate) fn below<'h>(&'h self, process: &'h Process) -> Vec<&'h Process> {
        let mut named = ByName::new();
        for other in self.siblings(process) {
            named
                .entry(other.name().unwrap_or_default())
                .or_default()
                .push(other);
        }
        let needed = |name: &'h str| named.get(name).into_iter().flatten().copied();
        reach(process, |p| {
            p.depends_on().iter().flat_map(move |name| needed(name))
        })
    }
}

impl Process {
    /// Whether it names that one, of its run, as one that it depends on.
    pub(crate) fn depends_on_it(&self, other: &Self) -> bool {
        let of = |name| self.depends_on().iter().any(|needed| needed == name);
        self.run() == other.run() && other.name().is_some_and(of)
    }
}

/// All that one comes to by these steps, without itself, each once.
pub(super) fn reach<'h, I>(from: &'h Process, next: impl Fn(&'h Process) -> I) -> Vec<&'h Process>
where
    I: IntoIterator<Item = &'h Process>,
{
    let mut known = BTreeSet::from([from.id()]);
    let mut found: Vec<&Process> = next(from).into_iter().collect();
    found.retain(|process| known.insert(process.id()));
    let mut at = 0;
    while let Some(process) = found.get(at).copied() {
        let more = next(process).into_iter();
        found.extend(more.filter(|process| known.insert(process.id())));
        at += 1;
    }
    found
}
