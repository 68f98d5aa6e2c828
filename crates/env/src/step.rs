//! What a step says about its environment.

use crate::masked::shown_value;
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

/// The variables that a step sets, the lists that it extends, and the names that
/// it removes (Pinokio's `env` and `-env`).
#[derive(Clone, PartialEq, Eq)]
pub struct StepVariables {
    /// What is set.
    pub set: BTreeMap<String, StepValue>,
    /// What is removed, even when the step also sets it. The policy's `set` stays.
    pub remove: BTreeSet<String>,
    /// What stands between the entries of a list: `:`, or `;` on Windows.
    pub separator: char,
}

impl StepVariables {
    /// A step that says nothing.
    pub const fn new() -> Self {
        Self {
            set: BTreeMap::new(),
            remove: BTreeSet::new(),
            separator: ':',
        }
    }

    /// Sets `name` to `value`.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let value = StepValue::Text(value.to_owned());
        self.set.insert(name.to_owned(), value);
        self
    }

    /// Puts `entries` before what `name` would be without this step.
    #[must_use]
    pub fn prepend(mut self, name: &str, entries: &[&str]) -> Self {
        let entries = entries.iter().map(|entry| (*entry).to_owned()).collect();
        self.set
            .insert(name.to_owned(), StepValue::Prepend(entries));
        self
    }

    /// Calls the search path what the host calls it: Windows says `Path`, scripts
    /// say `PATH`, and two of them would be one too many.
    #[must_use]
    pub fn spelled_as_in(mut self, host: &BTreeMap<String, String>) -> Self {
        let is_path = |name: &&String| name.eq_ignore_ascii_case("PATH");
        let (Some(theirs), Some(ours)) = (host.keys().find(is_path), self.set.keys().find(is_path))
        else {
            return self;
        };
        let (theirs, ours) = (theirs.clone(), ours.clone());
        if let Some(value) = self.set.remove(&ours) {
            self.set.insert(theirs, value);
        }
        self
    }

    /// Removes `name`.
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        self.remove.insert(name.to_owned());
        self
    }
}

impl Default for StepVariables {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&BTreeMap<String, String>> for StepVariables {
    fn from(vars: &BTreeMap<String, String>) -> Self {
        let text = |(name, value): (&String, &String)| (name.clone(), value.as_str().into());
        Self {
            set: vars.iter().map(text).collect(),
            ..Self::new()
        }
    }
}

/// Values of secret names are not shown.
impl fmt::Debug for StepVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: BTreeMap<_, _> = self.set.iter().map(|(k, v)| (k, v.shown(k))).collect();
        f.debug_struct("StepVariables")
            .field("set", &shown)
            .field("remove", &self.remove)
            .field("separator", &self.separator)
            .finish()
    }
}

/// What a step gives a variable.
#[derive(Clone, PartialEq, Eq)]
pub enum StepValue {
    /// This value.
    Text(String),
    /// These entries before those that are there. Empty entries are left out:
    /// in a `PATH` they would mean the current directory.
    Prepend(Vec<String>),
}

impl StepValue {
    /// The value, where `below` is what the variable would be without the step.
    pub(crate) fn over(&self, below: Option<&str>, separator: char) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Prepend(entries) => {
                let entries = entries.iter().map(String::as_str).chain(below);
                let present: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
                present.join(separator.encode_utf8(&mut [0; 4]))
            }
        }
    }

    fn shown<'a>(&'a self, name: &str) -> Vec<&'a str> {
        match self {
            Self::Text(text) => Vec::from([shown_value(name, text)]),
            Self::Prepend(entries) => entries
                .iter()
                .map(|entry| shown_value(name, entry))
                .collect(),
        }
    }
}

impl From<&str> for StepValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Says what is done, not with which value: the name decides whether that may be shown.
impl fmt::Debug for StepValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Prepend(entries) => write!(f, "Prepend({} entries)", entries.len()),
        }
    }
}
