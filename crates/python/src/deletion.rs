//! How an environment is deleted.

use crate::EnvDir;
use alloc::{format, string::String};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use core::ops::ControlFlow;

/// How far the deletion of an environment is. The marker of one that is half-made comes
/// first, as a claim: whatever the deletion is interrupted at, what is left is not taken for
/// whole, and nobody makes it meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The marker is claimed.
    Claiming,
    /// The environment is removed.
    Removing,
    /// The marker is removed.
    Unmarking,
    /// The claim is let go; what had failed before is what the deletion fails with.
    Releasing(Option<FileError>),
}

impl Deletion {
    /// The first step.
    pub const FIRST: Self = Self::Claiming;

    /// The operation of this step.
    pub fn op(&self, env: &EnvDir) -> FileOp {
        let path = env.marker();
        match self {
            Self::Claiming => FileOp::Claim {
                path,
                note: String::new(),
            },
            Self::Removing => FileOp::Remove {
                path: env.path().clone(),
            },
            Self::Unmarking => FileOp::Remove { path },
            Self::Releasing(_) => FileOp::Release { path },
        }
    }

    /// What comes after this step and the answer to it: the next one, or the end.
    pub fn answered(
        self,
        env: &EnvDir,
        answer: Result<FileAnswer, FileError>,
    ) -> ControlFlow<Result<(), FileError>, Self> {
        match (self, answer) {
            (Self::Claiming, Ok(FileAnswer::Held(by))) => {
                let mut held = FileError::new(FileErrorKind::AlreadyExists, env.marker());
                held.detail = Some(format!("{by} makes or deletes the environment"));
                ControlFlow::Break(Err(held))
            }
            (Self::Claiming, Ok(_)) => ControlFlow::Continue(Self::Removing),
            (Self::Claiming, Err(error)) => ControlFlow::Break(Err(error)),
            (Self::Removing, Ok(_)) => ControlFlow::Continue(Self::Unmarking),
            (Self::Removing | Self::Unmarking, answer) => {
                ControlFlow::Continue(Self::Releasing(answer.err()))
            }
            (Self::Releasing(failed), _) => ControlFlow::Break(failed.map_or(Ok(()), Err)),
        }
    }
}
