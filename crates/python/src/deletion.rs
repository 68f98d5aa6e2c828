//! How an environment is deleted.

use crate::{EnvDir, provision::left_makers};
use alloc::{collections::VecDeque, format, string::String};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_file::{Claim, FileAnswer, FileError, FileErrorKind, FileOp};
use core::ops::ControlFlow;

/// The deletion of an environment, one action after the other. The marker of one that is
/// half-made comes first, as a claim: whatever the deletion is interrupted at, what is left is
/// not taken for whole, and nobody makes it meanwhile. What a maker that is gone has left
/// running is ended, and stays noted in the marker until it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    env: EnvDir,
    ours: TreeId,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The marker is claimed.
    Claiming,
    /// What an earlier maker left running is ended: the signal, then the wait for it.
    Ending(TreeId, VecDeque<TreeId>),
    Awaiting(TreeId, VecDeque<TreeId>),
    /// The environment is removed.
    Removing,
    /// The marker is removed.
    Unmarking,
    /// The claim is let go; what had failed before is what the deletion fails with.
    Releasing(Option<FileError>),
}

impl Deletion {
    /// The deletion of this environment. Trees of makers are called as `ours`, which is one,
    /// but for their numbers.
    pub const fn new(env: EnvDir, ours: TreeId) -> Self {
        let stage = Stage::Claiming;
        Self { env, ours, stage }
    }

    /// What is to be done next.
    pub fn action(&self) -> Action {
        let path = self.env.marker();
        let op = match &self.stage {
            Stage::Claiming => FileOp::Claim {
                path,
                note: String::new(),
            },
            Stage::Ending(tree, _) => return Action::Signal(tree.clone(), Signal::KILL),
            Stage::Awaiting(tree, _) => return Action::AwaitEmpty(tree.clone()),
            Stage::Removing => FileOp::Remove {
                path: self.env.path().clone(),
            },
            Stage::Unmarking => FileOp::Remove { path },
            Stage::Releasing(_) => FileOp::Release { path },
        };
        Action::File(op)
    }

    /// What comes after that, or the end, now that it is done.
    pub fn completed(self, how: Completion) -> ControlFlow<Result<(), FileError>, Self> {
        let Self { env, ours, stage } = self;
        let next = match (stage, how) {
            (Stage::Claiming, Completion::File(answer)) => claimed(&env, &ours, answer)?,
            (Stage::Ending(tree, others), _) => Stage::Awaiting(tree, others),
            (Stage::Awaiting(_, others), Completion::Empty(Ok(()))) => ending(others),
            // It stays marked: what lives on would go on with what is removed.
            (Stage::Awaiting(..), how) => {
                let mut lives = FileError::new(FileErrorKind::Other, env.marker());
                let why = format!("what an earlier maker left of it may go on: {how}");
                lives.detail = Some(why);
                Stage::Releasing(Some(lives))
            }
            (Stage::Removing, Completion::File(Ok(_))) => Stage::Unmarking,
            (Stage::Removing | Stage::Unmarking, how) => Stage::Releasing(failure(how)),
            (Stage::Releasing(failed), _) => {
                return ControlFlow::Break(failed.map_or(Ok(()), Err));
            }
            (stage @ Stage::Claiming, _) => stage,
        };
        let stage = next;
        ControlFlow::Continue(Self { env, ours, stage })
    }
}

fn claimed(
    env: &EnvDir,
    ours: &TreeId,
    answer: Result<FileAnswer, FileError>,
) -> ControlFlow<Result<(), FileError>, Stage> {
    match answer {
        Ok(FileAnswer::Held(by)) => ControlFlow::Break(Err(held(env, &by))),
        Ok(FileAnswer::Claimed(Some(left))) => {
            ControlFlow::Continue(ending(left_makers(&left, ours)))
        }
        Ok(_) => ControlFlow::Continue(Stage::Removing),
        Err(error) => ControlFlow::Break(Err(error)),
    }
}

fn held(env: &EnvDir, by: &Claim) -> FileError {
    let mut held = FileError::new(FileErrorKind::AlreadyExists, env.marker());
    held.detail = Some(format!("{by} makes or deletes the environment"));
    held
}

fn ending(mut left: VecDeque<TreeId>) -> Stage {
    match left.pop_front() {
        Some(tree) => Stage::Ending(tree, left),
        None => Stage::Removing,
    }
}

fn failure(how: Completion) -> Option<FileError> {
    match how {
        Completion::File(Err(error)) => Some(error),
        _ => None,
    }
}
