//! Steps whose success is taken for granted, because they cannot be played.

use collodi_script::{Method, Script, StepAt};
use std::collections::BTreeMap;

/// The most steps that are found out one by one.
const MOST: usize = 64;

/// A step that asks for something that is not known here.
#[derive(Debug)]
pub(crate) struct Unplayable {
    /// The path of its script.
    pub(crate) script: String,
    pub(crate) step: StepAt,
    pub(crate) why: String,
}

/// The steps that were found to be unplayable, by script.
#[derive(Debug, Default)]
pub(crate) struct Assumed(BTreeMap<String, BTreeMap<StepAt, String>>);

impl Assumed {
    pub(crate) fn add(&mut self, found: Unplayable) {
        let steps = self.0.entry(found.script).or_default();
        steps.insert(found.step, found.why);
    }

    /// Whether no more of them are taken for granted.
    pub(crate) fn is_full(&self) -> bool {
        self.0.values().map(BTreeMap::len).sum::<usize>() >= MOST
    }

    /// Those of the script at this path, and why.
    pub(crate) fn of(&self, path: &str) -> BTreeMap<StepAt, String> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

/// The script with steps that do nothing in place of those whose success is assumed.
pub(crate) fn without(script: &Script, assumed: &BTreeMap<StepAt, String>) -> Script {
    let mut script = script.clone();
    for at in assumed.keys() {
        if let Some(step) = script.step_mut(at) {
            step.method = Method::LoadingEnd;
        }
    }
    script
}
