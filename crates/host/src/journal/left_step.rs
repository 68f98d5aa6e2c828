//! Steps of runs that have outlived their host, for who looks at them when no host runs.

use crate::RunId;
use collodi_command::TreeId;
use core::fmt;

/// A step that an interrupted run has left. The next host ends it: nobody knows how the run would go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftStep {
    /// The run.
    pub run: RunId,
    /// The tree that has its processes.
    pub tree: TreeId,
}

impl LeftStep {
    /// None of a tree that is of no run.
    pub(super) fn of(tree: &TreeId) -> Option<Self> {
        let run = RunId::of_tree(tree.as_str())?;
        let tree = tree.clone();
        Some(Self { run, tree })
    }

    /// What to do about it.
    pub const fn way_out(&self) -> &'static str {
        "`collodi serve` ends it, and its app can be run again then"
    }
}

impl fmt::Display for LeftStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a step of {} lives, and no server goes on with it",
            self.run
        )
    }
}
