//! The environment of a child, and how it came about.

use crate::{Decision, Rule, Verdict, masked::Masked};
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

    /// One line for the log that says which variables were refused; nothing when
    /// none were.
    pub fn removed(&self) -> Option<Removed<'_>> {
        let line = Removed(self);
        line.names().next().is_some().then_some(line)
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

/// `removed 2 variables: AWS_PROFILE, HF_TOKEN; 31 are not inherited`
///
/// Names that merely nobody asked for are counted, not listed: the line is for
/// whoever wonders why a program is suddenly not logged in.
#[derive(Clone, Copy, Debug)]
pub struct Removed<'a>(&'a Environment);

impl Removed<'_> {
    /// The most names in the line.
    pub const MAX_NAMES: usize = 20;

    fn names(&self) -> impl Iterator<Item = &str> {
        let refused = self.0.dropped().filter(|d| d.rule != Rule::NotInherited);
        refused.map(|decision| decision.name.as_str())
    }
}

impl fmt::Display for Removed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.names().count();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "removed {count} variable{plural}")?;
        for (i, name) in self.names().take(Self::MAX_NAMES).enumerate() {
            let before = if i == 0 { ":" } else { "," };
            write!(f, "{before} {}", name.escape_debug())?;
        }
        if count > Self::MAX_NAMES {
            write!(f, " and {} more", count - Self::MAX_NAMES)?;
        }
        match self.0.dropped().count() - count {
            0 => Ok(()),
            1 => f.write_str("; 1 is not inherited"),
            others => write!(f, "; {others} are not inherited"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Grants, Policy};
    use alloc::{
        collections::BTreeMap,
        format,
        string::{String, ToString},
    };

    #[test]
    fn the_line_is_bounded() {
        let token = |i| (format!("T{i:03}_TOKEN"), String::new());
        let host: BTreeMap<_, _> = (0..100).map(token).collect();
        let environment = Policy::default().resolve(&host, &BTreeMap::new(), &Grants::none());
        let line = environment.removed().map(|line| line.to_string());
        let line = line.unwrap_or_default();
        assert!(line.starts_with("removed 100 variables: T000_TOKEN, T001_TOKEN,"));
        assert!(line.ends_with(", T019_TOKEN and 80 more"), "{line}");
    }
}
