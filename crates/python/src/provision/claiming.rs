//! The files: what is there, whose the marker is, and what goes again.

use super::{
    Contents, Provision, ProvisionError, ProvisionEvent, Provisioned, State, WAITING_STEP,
    WAITING_TIME,
};
use alloc::{collections::VecDeque, string::ToString};
use collodi_action::Action;
use collodi_command::{Signal, TreeId};
use collodi_file::{Claim, FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_time::Instant;

impl Provision {
    pub(super) fn answered(&mut self, now: Instant, answer: Result<FileAnswer, FileError>) {
        match answer {
            Ok(FileAnswer::Claimed(left)) => self.claimed(left),
            Ok(FileAnswer::Held(claim)) => self.held(now, claim),
            Ok(answer) => {
                let there = matches!(answer, FileAnswer::Stat(Some(_)));
                self.step(now, there);
            }
            Err(error) if error.kind == FileErrorKind::NotFound && !self.is_claiming() => {
                self.step(now, false);
            }
            Err(error) => self.refused(error),
        }
    }

    const fn is_claiming(&self) -> bool {
        matches!(self.state, State::Claiming)
    }

    /// The next step after a file operation that went well; `there` is the answer
    /// to the question whether something is there.
    fn step(&mut self, now: Instant, there: bool) {
        match &self.state {
            State::LookingForProof => {
                let path = self.options.env.marker();
                let state = State::LookingForMarker { proof: there };
                self.ask(FileOp::Stat { path }, state);
            }
            State::LookingForMarker { proof } if !there && (*proof || self.makes_nothing()) => {
                self.state = State::Done(Provisioned::Reused);
            }
            State::LookingForMarker { .. } => self.claim(),
            State::Clearing | State::LookingAgain | State::LookingForDirectory
                if self.ended_by.is_some() =>
            {
                self.give_up();
            }
            State::LookingAgain if there => self.unmark(Provisioned::Reused),
            State::LookingAgain => {
                let path = self.options.env.path().clone();
                self.ask(FileOp::Stat { path }, State::LookingForDirectory);
            }
            State::LookingForDirectory if there => {
                self.unmark(Provisioned::Failed(ProvisionError::NotAnEnvironment));
            }
            State::LookingForDirectory | State::Clearing => self.make(now),
            State::Undoing(why) => {
                let failed = Provisioned::Failed(why.clone());
                self.unmark(failed);
            }
            State::Unmarking(outcome) => {
                let outcome = outcome.clone();
                self.release(outcome);
            }
            State::Releasing(outcome) => self.state = State::Done(outcome.clone()),
            _ => {}
        }
    }

    /// The next step after a file operation that failed. What cannot be removed stays
    /// marked, and is made anew next time.
    fn refused(&mut self, error: FileError) {
        let failed = Provisioned::Failed(ProvisionError::File(error));
        match &self.state {
            State::Undoing(why) => {
                let failed = Provisioned::Failed(why.clone());
                self.release(failed);
            }
            State::Unmarking(outcome @ Provisioned::Failed(_)) => {
                let outcome = outcome.clone();
                self.release(outcome);
            }
            State::Clearing | State::Unmarking(_) => self.release(failed),
            State::LookingAgain | State::LookingForDirectory => self.unmark(failed),
            State::Releasing(outcome) => self.state = State::Done(outcome.clone()),
            _ => self.state = State::Done(failed),
        }
    }

    fn makes_nothing(&self) -> bool {
        self.options.contents == Contents::Nothing
    }

    pub(super) fn claim(&mut self) {
        let path = self.options.env.marker();
        let note = self.options.tree.to_string();
        self.ask(FileOp::Claim { path, note }, State::Claiming);
    }

    fn claimed(&mut self, left: Option<Claim>) {
        match left {
            None if self.ended_by.is_some() => self.give_up(),
            // Somebody has dealt with it meanwhile.
            None if self.makes_nothing() => self.unmark(Provisioned::Reused),
            None => {
                let path = self.options.env.proof();
                self.ask(FileOp::Stat { path }, State::LookingAgain);
            }
            Some(left) => {
                self.out.event(ProvisionEvent::Clearing(left.clone()));
                let left = left_makers(&left, &self.options.tree);
                self.end_leftovers(left);
            }
        }
    }

    /// Commands outlive a maker that was killed, and would go on with what is removed.
    pub(super) fn end_leftovers(&mut self, mut left: VecDeque<TreeId>) {
        let Some(tree) = left.pop_front() else {
            return self.clear();
        };
        self.out.action(Action::Signal(tree.clone(), Signal::KILL));
        self.state = State::EndingLeftovers(tree, left);
    }

    pub(super) fn clear(&mut self) {
        let path = self.options.env.path().clone();
        self.ask(FileOp::Remove { path }, State::Clearing);
    }

    fn held(&mut self, now: Instant, claim: Claim) {
        if let Some(why) = self.ended_by.take() {
            self.state = State::Done(Provisioned::Failed(why));
            return;
        }
        if self.makes_nothing() {
            self.state = State::Done(Provisioned::Reused);
            return;
        }
        if self.patience.is_none() {
            self.patience = Some(now + WAITING_TIME);
            self.out.event(ProvisionEvent::Waiting(claim.clone()));
        }
        self.state = State::Waiting(claim, now + WAITING_STEP);
    }

    /// Ends with a marker that is ours and nothing that is half-made.
    fn give_up(&mut self) {
        let why = self.ended_by.take().unwrap_or(ProvisionError::Cancelled);
        self.unmark(Provisioned::Failed(why));
    }

    pub(super) fn undo(&mut self, why: ProvisionError) {
        let path = self.options.env.path().clone();
        self.ask(FileOp::Remove { path }, State::Undoing(why));
    }

    pub(super) fn unmark(&mut self, outcome: Provisioned) {
        let path = self.options.env.marker();
        self.ask(FileOp::Remove { path }, State::Unmarking(outcome));
    }

    pub(super) fn release(&mut self, outcome: Provisioned) {
        let path = self.options.env.marker();
        self.ask(FileOp::Release { path }, State::Releasing(outcome));
    }
}

/// The trees of those who were at an environment before, by what a claim that was left notes.
/// An app may write beside an environment in its folder: no other trees are ended by its word.
pub(crate) fn left_makers(left: &Claim, ours: &TreeId) -> VecDeque<TreeId> {
    let makers = left
        .notes()
        .filter(|tree| *tree != ours.as_str() && makes_environments(tree, ours.as_str()));
    makers.map(TreeId::new).collect()
}

/// Whether a tree is one in which environments are made, as ours is: their names differ in the
/// number alone that they end with. What is noted in a marker an app may have written: no other
/// tree is ended because of it.
pub fn makes_environments(tree: &str, ours: &str) -> bool {
    match (tree.rsplit_once('-'), ours.rsplit_once('-')) {
        (Some((kind, number)), Some((our_kind, our_number))) => {
            let is_number = number.bytes().all(|byte| byte.is_ascii_hexdigit());
            kind == our_kind && number.len() == our_number.len() && is_number
        }
        _ => false,
    }
}
