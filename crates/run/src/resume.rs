//! Beginning at a later step.

use collodi_value::{Object, Value};

/// What a run knew when it came to its latest step, and has made of its variables since.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The step of `run` that it came to last.
    pub step: usize,
    /// What that step read as `input`.
    pub input: Value,
    /// Its variables.
    pub local: Object,
    /// Outputs of steps, by the step's id.
    pub ids: Object,
}

/// Where a run begins, with what an earlier run of the script knew.
///
/// Nothing else of that run is there: no shell that it had open, and no `input` but that of the
/// step it came to last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resume {
    /// The step of `run` that is the first.
    pub from: usize,
    /// What the earlier run knew; nothing when there was none.
    pub known: Known,
}

impl Resume {
    /// What the first step reads as `input`; none when that is not known.
    pub(crate) fn input(&self, args: &Value) -> Option<Value> {
        match self.from {
            0 => Some(args.clone()),
            from => (from == self.known.step).then(|| self.known.input.clone()),
        }
    }
}
