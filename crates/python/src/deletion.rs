//! How an environment is deleted.

use crate::EnvDir;
use alloc::vec::Vec;
use collodi_file::FileOp;

/// How far the deletion of an environment is. The marker of one that is half-made comes
/// first: whatever the deletion is interrupted at, what is left is not taken for whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The marker is written.
    Marking,
    /// The environment is removed.
    Removing,
    /// The marker is removed.
    Unmarking,
}

impl Deletion {
    /// The first step.
    pub const FIRST: Self = Self::Marking;

    /// The operation of this step.
    pub fn op(self, env: &EnvDir) -> FileOp {
        match self {
            Self::Marking => FileOp::write(env.marker(), Vec::new()),
            Self::Removing => FileOp::Remove {
                path: env.path().clone(),
            },
            Self::Unmarking => FileOp::Remove { path: env.marker() },
        }
    }

    /// The step after this one; none when it is done.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Marking => Some(Self::Removing),
            Self::Removing => Some(Self::Unmarking),
            Self::Unmarking => None,
        }
    }
}
