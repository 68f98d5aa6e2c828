//! Following links without leaving the root, one question at a time.

mod outcome;
mod policy;
mod step;

use crate::{ContainedPath, PathError, RelPath, Root};
use alloc::{string::String, vec::Vec};
use collodi_machine::{ActionId, Machine, Outbox, Output, Stale};
use collodi_time::Instant;
use core::{convert::Infallible, fmt};

pub use outcome::{Found, Resolved, WalkError, WalkErrorKind, WalkOutcome};
pub use policy::{Absent, AbsoluteLinks, WalkPolicy};
use step::Step;

/// Resolves the links on a path and stays below the root.
///
/// A [`Machine`] that never looks itself: it asks what is at a path
/// ([`WalkAction::Look`]) and where a link points ([`WalkAction::ReadLink`]), and
/// ends with the path that is really meant, or with the component that led out.
/// It asks at most [`Walk::MAX_LOOKS`] times, one question at a time, and has no
/// deadlines. The crate documentation says what its answer is worth.
#[derive(Clone, Debug)]
pub struct Walk {
    root: Root,
    policy: WalkPolicy,
    /// The directories walked so far: none of them a link.
    at: Vec<String>,
    /// What is still to be walked, next last.
    ahead: Vec<Step>,
    links: Vec<ContainedPath>,
    looks: usize,
    asked: Option<Asked>,
    outcome: Option<WalkOutcome>,
    out: Outbox<WalkAction, Infallible>,
}

/// The question in flight: what is at `name` in the directory walked so far?
#[derive(Clone, Debug)]
struct Asked {
    name: String,
    via: Option<usize>,
}

/// What a walk wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkAction {
    /// What is at this path, itself and not through a link? All components before
    /// the last were directories when they were looked at.
    Look(ContainedPath),
    /// What does the link at this path hold?
    ReadLink(ContainedPath),
}

impl fmt::Display for WalkAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(path) => write!(f, "look at {path}"),
            Self::ReadLink(path) => write!(f, "read link {path}"),
        }
    }
}

/// An answer. Any answer goes with either question: between the two the world may
/// have changed, and the newer fact counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This is there.
    Found(Found),
    /// A link is there that holds this text.
    Target(String),
    /// It could not be found out.
    Failed,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(found) => write!(f, "{found}"),
            Self::Target(target) => write!(f, "link to {target:?}"),
            Self::Failed => f.write_str("failed"),
        }
    }
}

/// What can happen to a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkInput {
    /// The answer to an action.
    Answered(ActionId, Answer),
    /// A deadline has come. A walk has none, so nothing follows.
    Timeout,
}

impl fmt::Display for WalkInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(id, answer) => write!(f, "{id} {answer}"),
            Self::Timeout => f.write_str("timeout"),
        }
    }
}

impl Walk {
    /// The most links that are followed; Linux has the same limit.
    pub const MAX_LINKS: usize = 40;
    /// The most questions that are asked. Only links made to go in circles need more.
    pub const MAX_LOOKS: usize = 4096;

    /// A walk along `path`.
    pub fn new(path: &ContainedPath, policy: WalkPolicy) -> Self {
        let ahead = path.rel().components().rev();
        let mut walk = Self {
            root: path.root().clone(),
            policy,
            at: Vec::new(),
            ahead: ahead.map(|name| Step::down(name, None)).collect(),
            links: Vec::new(),
            looks: 0,
            asked: None,
            outcome: None,
            out: Outbox::new(),
        };
        walk.advance();
        walk
    }

    /// Walks to the end with answers that are at hand.
    ///
    /// # Errors
    ///
    /// Where the path led out, or what else was wrong with it.
    pub fn run(
        mut self,
        mut answer: impl FnMut(&WalkAction) -> Answer,
    ) -> Result<Resolved, WalkError> {
        loop {
            match self.poll_output() {
                Output::Action(id, action) => {
                    // The id is the one just given out, so it cannot be stale.
                    let input = WalkInput::Answered(id, answer(&action));
                    let _ = self.handle_input(Instant::ZERO, input);
                }
                Output::Event(never) => match never {},
                Output::Done(outcome) => return outcome.into_result(),
                Output::Wait(_) => return Err(self.error(WalkErrorKind::Unreadable, None)),
            }
        }
    }

    /// Goes on until there is a question to ask or nothing more to walk.
    fn advance(&mut self) {
        while self.outcome.is_none() && self.asked.is_none() {
            match self.ahead.pop() {
                None => self.finish(Found::Directory),
                Some(Step::Here { .. }) => {}
                Some(Step::Up { via }) => self.climb(via),
                Some(Step::Down { name, via }) => self.look(name, via),
            }
        }
    }

    fn climb(&mut self, via: Option<usize>) {
        if self.at.pop().is_none() {
            self.refuse(WalkErrorKind::Escapes, via);
        }
    }

    fn look(&mut self, name: String, via: Option<usize>) {
        self.at.push(name.clone());
        let path = self.here();
        self.at.pop();
        match path {
            Err(error) => self.refuse(WalkErrorKind::Path(error), via),
            Ok(_) if self.looks == Self::MAX_LOOKS => {
                self.refuse(WalkErrorKind::TooManyLooks, via);
            }
            Ok(path) => {
                self.out.action(WalkAction::Look(path));
                self.looks += 1;
                self.asked = Some(Asked { name, via });
            }
        }
    }

    fn take(&mut self, asked: Asked, answer: Answer) {
        self.at.push(asked.name.clone());
        match answer {
            Answer::Found(Found::Directory) => {}
            Answer::Found(found @ (Found::File | Found::Special)) => self.end_at(found),
            Answer::Found(Found::Missing) => self.missing(asked.via),
            Answer::Found(Found::Link) => self.link(asked),
            Answer::Target(target) => self.follow(&asked, &target),
            Answer::Failed => self.refuse(WalkErrorKind::Unreadable, None),
        }
    }

    /// Only a directory has something below it.
    fn end_at(&mut self, found: Found) {
        if self.ahead.is_empty() {
            self.finish(found);
        } else {
            self.refuse(WalkErrorKind::NotADirectory, None);
        }
    }

    /// What is missing can be made when nothing but new folders is missing: a link
    /// that dangles in the middle of a path is no folder to be.
    fn missing(&mut self, via: Option<usize>) {
        let direct = via.is_none() && self.ahead.iter().all(Step::is_from_the_path);
        match self.policy.absent {
            Absent::File | Absent::Tree if self.ahead.is_empty() => self.finish(Found::Missing),
            Absent::Tree if direct => {
                let rest = core::mem::take(&mut self.ahead);
                self.at
                    .extend(rest.into_iter().rev().filter_map(Step::into_name));
                self.finish(Found::Missing);
            }
            Absent::Refuse | Absent::File | Absent::Tree => {
                self.refuse(WalkErrorKind::NotFound, None);
            }
        }
    }

    fn link(&mut self, asked: Asked) {
        if self.ahead.is_empty() && !self.policy.follow_last {
            return self.finish(Found::Link);
        }
        match self.here() {
            Ok(_) if self.looks == Self::MAX_LOOKS => {
                self.refuse(WalkErrorKind::TooManyLooks, asked.via);
            }
            Ok(path) => {
                self.at.pop();
                self.looks += 1;
                self.out.action(WalkAction::ReadLink(path));
                self.asked = Some(asked);
            }
            Err(error) => self.refuse(WalkErrorKind::Path(error), asked.via),
        }
    }

    fn follow(&mut self, asked: &Asked, target: &str) {
        if self.ahead.is_empty() && !self.policy.follow_last {
            return self.finish(Found::Link);
        }
        if self.links.len() == Self::MAX_LINKS {
            return self.refuse(WalkErrorKind::TooManyLinks, None);
        }
        let Ok(link) = self.here() else {
            return self.refuse(WalkErrorKind::TooManyLooks, asked.via);
        };
        let via = self.links.len();
        self.links.push(link);
        self.at.pop();
        match self.steps(target, via) {
            Ok(steps) => self.ahead.extend(steps.into_iter().rev()),
            Err(kind) => self.refuse(kind, Some(via)),
        }
    }

    /// The steps of a link's target. One that starts at the top starts the walk anew.
    fn steps(&mut self, target: &str, via: usize) -> Result<Vec<Step>, WalkErrorKind> {
        let rules = self.root.rules();
        if target.len() > RelPath::MAX_BYTES {
            return Err(WalkErrorKind::Path(PathError::TooLong));
        }
        if target.is_empty() {
            return Err(WalkErrorKind::NotFound);
        }
        if !rules.is_absolute(target) {
            return step::read(rules, target, via);
        }
        let below = match self.policy.absolute_links {
            AbsoluteLinks::Refuse => None,
            AbsoluteLinks::BelowRoot => step::below(&self.root, target),
        };
        let steps = step::read(rules, below.ok_or(WalkErrorKind::AbsoluteLink)?, via)?;
        self.at.clear();
        Ok(steps)
    }

    fn finish(&mut self, found: Found) {
        self.outcome = Some(match self.here() {
            Ok(path) => WalkOutcome::Resolved(Resolved { path, found }),
            Err(error) => WalkOutcome::Refused(self.error(WalkErrorKind::Path(error), None)),
        });
    }

    fn refuse(&mut self, kind: WalkErrorKind, via: Option<usize>) {
        self.outcome = Some(WalkOutcome::Refused(self.error(kind, via)));
    }

    /// The error, at the link that is to blame or else where the walk is.
    fn error(&self, kind: WalkErrorKind, via: Option<usize>) -> WalkError {
        let link = via.and_then(|via| self.links.get(via)).cloned();
        let here = || {
            self.here()
                .unwrap_or_else(|_| self.root.at(RelPath::root()))
        };
        WalkError {
            kind,
            at: link.unwrap_or_else(here),
        }
    }

    fn here(&self) -> Result<ContainedPath, PathError> {
        Ok(self.root.at(RelPath::of_components(&self.at)?))
    }
}

impl Machine for Walk {
    type Input = WalkInput;
    type Action = WalkAction;
    type Event = Infallible;
    type Outcome = WalkOutcome;

    fn timeout() -> WalkInput {
        WalkInput::Timeout
    }

    fn handle_input(&mut self, _now: Instant, input: WalkInput) -> Result<(), Stale> {
        let WalkInput::Answered(id, answer) = input else {
            return Ok(());
        };
        self.out.complete(id)?;
        if let Some(asked) = self.asked.take() {
            self.take(asked, answer);
            self.advance();
        }
        Ok(())
    }

    fn poll_output(&mut self) -> Output<WalkAction, Infallible, WalkOutcome> {
        match (self.out.pop(), &self.outcome) {
            (Some(said), _) => said,
            (None, Some(outcome)) => Output::Done(outcome.clone()),
            (None, None) => Output::Wait(None),
        }
    }
}
