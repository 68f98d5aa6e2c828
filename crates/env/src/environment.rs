//! The environment of a child, and how it came about.

use crate::{Decision, Verdict, masked::Masked};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

/// The whole environment of a child, and one decision for each name that the
/// host, the step or the policy mentioned with a value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// What the child gets.
    pub vars: BTreeMap<String, String>,
    /// What became of each name, sorted by name.
    pub decisions: Vec<Decision>,
}

impl Environment {
    /// The decision about `name`.
    pub fn decision(&self, name: &str) -> Option<&Decision> {
        let at = self
            .decisions
            .binary_search_by(|d| d.name.as_str().cmp(name));
        self.decisions.get(at.ok()?)
    }

    /// The decisions that left a variable out.
    pub fn dropped(&self) -> impl Iterator<Item = &Decision> {
        let dropped = |d: &&Decision| d.verdict == Verdict::Dropped;
        self.decisions.iter().filter(dropped)
    }

    /// One line for the log that says which variables were left out; nothing
    /// when none were.
    pub fn removed(&self) -> Option<Removed<'_>> {
        self.dropped().next().map(|_| Removed(self))
    }
}

/// One decision a line. Values are not shown at all.
impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decisions.iter().try_for_each(|d| writeln!(f, "{d}"))
    }
}

/// Values of secret names are not shown.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("vars", &Masked(&self.vars))
            .field("decisions", &self.decisions)
            .finish()
    }
}

/// `removed 2 variables: AWS_PROFILE, HF_TOKEN`
#[derive(Clone, Copy, Debug)]
pub struct Removed<'a>(&'a Environment);

impl Removed<'_> {
    /// The most names in the line.
    pub const MAX_NAMES: usize = 20;
}

impl fmt::Display for Removed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.dropped().count();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "removed {count} variable{plural}: ")?;
        for (i, decision) in self.0.dropped().take(Self::MAX_NAMES).enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}", decision.name.escape_debug())?;
        }
        match count.saturating_sub(Self::MAX_NAMES) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
