//! Daemons whose files say nothing that can be used, for who looks at them when no host runs.

use super::damaged::file_of;
use crate::ProcessId;
use alloc::string::String;
use collodi_command::TreeId;
use collodi_contain::ContainedPath;
use core::fmt;

/// A daemon whose tree is known, and whose file says nothing that can be used. The next host ends what
/// lives of it, as nothing says how it is to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostDaemon {
    /// Which one it is. Of its app nothing is known but what this says: [`ProcessId::app`].
    pub id: ProcessId,
    /// Where its file is, or would be.
    pub file: String,
    /// What is wrong with that.
    pub why: Lost,
    /// The tree that has its processes.
    pub tree: TreeId,
}

/// What is wrong with a file that says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lost {
    /// It is not there.
    #[default]
    Gone,
    /// It has no byte in it.
    Empty,
    /// What is in it cannot be used, for this reason.
    Damaged(String),
}

impl LostDaemon {
    pub(super) fn new(state: &ContainedPath, tree: &TreeId, id: &ProcessId, why: Lost) -> Self {
        let name = file_of(id);
        let path = state.join(&name).map(|path| path.absolute());
        Self {
            id: id.clone(),
            file: path.unwrap_or(name),
            why,
            tree: tree.clone(),
        }
    }

    /// What to do about it.
    pub const fn way_out(&self) -> &'static str {
        "`collodi serve` ends it, and its app can be run again then"
    }
}

impl fmt::Display for LostDaemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, file, why, .. } = self;
        write!(
            f,
            "{id} lives, and no server can go on with it: {file} {why}"
        )
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("is not there"),
            Self::Empty => f.write_str("is empty"),
            Self::Damaged(why) => write!(f, "is of no use: {why}"),
        }
    }
}
