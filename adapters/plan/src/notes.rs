//! What all runs of a plan share: words that may be said, and what is taken for granted.

use crate::words::Words;
use collodi_api::Assumption;
use collodi_script::StepAt;

/// The most assumptions of a plan.
const MOST: usize = 1_000;

/// What all runs of a plan share.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) words: Words,
    pub(crate) assumptions: Vec<Assumption>,
}

impl Notes {
    /// Something that is taken for granted, once, about the whole plan.
    pub(crate) fn assume(&mut self, text: &str) {
        self.add(None, None, text.to_owned());
    }

    /// Something that is taken for granted about a step, once; of a script that is not the
    /// plan's own when it has a name here.
    pub(crate) fn assume_of(&mut self, script: Option<&str>, at: &StepAt, text: String) {
        self.add(script, Some(at), text);
    }

    fn add(&mut self, script: Option<&str>, at: Option<&StepAt>, text: String) {
        let list = at.and_then(|at| at.list.name());
        let new = Assumption {
            script: script.map(str::to_owned),
            step: at.map(|at| at.index),
            list: list.map(str::to_owned),
            text,
        };
        if self.assumptions.len() < MOST && !self.assumptions.contains(&new) {
            self.assumptions.push(new);
        }
    }
}
