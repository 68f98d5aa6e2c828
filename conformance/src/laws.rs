//! The seven laws of `collodi-machine`, as one property.
//!
//! [`check`] plays random histories against a machine: inputs out of the blue,
//! completions of actions that are in flight, late and forged completions,
//! timeouts at their deadline and before it. Beside the machine it drives a
//! second one from the start, and a clone that does not get the stale inputs:
//! all three must say the same.
//!
//! ```
//! use collodi_conformance::laws;
//! use collodi_machine::{ActionId, Machine, Outbox, Output, Stale};
//! use collodi_time::Instant;
//! use proptest::prelude::*;
//!
//! /// Asks for one thing at a time, for ever.
//! #[derive(Clone, Default)]
//! struct Asker(Outbox<(), ()>);
//!
//! #[derive(Clone, Debug)]
//! enum Input { Ask, Answered(ActionId), Timeout }
//!
//! impl Machine for Asker {
//!     type Input = Input;
//!     type Action = ();
//!     type Event = ();
//!     type Outcome = ();
//!     fn timeout() -> Input { Input::Timeout }
//!     fn handle_input(&mut self, _now: Instant, input: Input) -> Result<(), Stale> {
//!         match input {
//!             Input::Ask if self.0.idle() => drop(self.0.action(())),
//!             Input::Answered(id) => self.0.complete(id)?,
//!             Input::Ask | Input::Timeout => {}
//!         }
//!         Ok(())
//!     }
//!     fn poll_output(&mut self) -> Output<(), (), ()> {
//!         self.0.pop().unwrap_or(Output::Wait(None))
//!     }
//! }
//!
//! laws::check(
//!     Asker::default,
//!     any::<Option<usize>>(),
//!     |number, ids| number.map_or(Input::Ask, |number| Input::Answered(ids.pick(number))),
//!     |(), id| vec![Input::Answered(id)],
//! )
//! .unwrap();
//! ```

mod history;
mod referee;

use collodi_machine::{ActionId, Machine};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};
use std::{
    cell::RefCell,
    collections::BTreeSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

pub use history::Move;

/// A machine whose inputs and outputs can be repeated, compared and shown.
pub trait Observable:
    Clone
    + Machine<
        Input: Clone + fmt::Debug,
        Action: Clone + PartialEq + fmt::Debug,
        Event: PartialEq + fmt::Debug,
        Outcome: PartialEq + fmt::Debug,
    >
{
}

impl<M> Observable for M where
    M: Clone
        + Machine<
            Input: Clone + fmt::Debug,
            Action: Clone + PartialEq + fmt::Debug,
            Event: PartialEq + fmt::Debug,
            Outcome: PartialEq + fmt::Debug,
        >
{
}

/// What the machine promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// A drain ends.
    Bounded,
    /// `Wait` and `Done` repeat themselves.
    Stable,
    /// Nothing follows `Done`.
    Final,
    /// Any input in any state is defined; a stale completion changes nothing.
    Total,
    /// Equal histories give equal outputs, also from a clone.
    Deterministic,
    /// A timeout at its deadline makes progress.
    Live,
    /// Action ids are unique and grow.
    Numbered,
}

/// A law that does not hold, and the shortest history found that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The law.
    pub law: Law,
    /// How it is broken.
    pub how: String,
    /// What happened: `<` are inputs, `>` are outputs.
    pub history: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { law, how, history } = self;
        write!(f, "the law {law:?} does not hold: {how}\n{history}")
    }
}

impl std::error::Error for Violation {}

/// The ids that an input out of the blue can quote.
#[derive(Debug, Default)]
pub struct Ids {
    issued: Vec<ActionId>,
    picked: RefCell<BTreeSet<ActionId>>,
}

impl Ids {
    /// An id for each number: of an action in flight, of one long completed, or
    /// of one that never was.
    pub fn pick(&self, number: usize) -> ActionId {
        let at = number % (self.issued.len() + 1);
        let id = self
            .issued
            .get(at)
            .copied()
            .unwrap_or_else(|| self.never_issued());
        self.picked.borrow_mut().insert(id);
        id
    }

    fn never_issued(&self) -> ActionId {
        let last = self.issued.last().map_or(0, |id| id.number());
        ActionId::from_number(last.saturating_add(1_000))
    }
}

/// Checks the laws on 256 random histories of up to 60 moves.
///
/// `start` makes the machine, always the same. `inputs` generates what `input`
/// turns into inputs out of the blue; those that quote an action take its id
/// from the [`Ids`], so that stale ones are among them. `answers` gives the
/// possible **terminal** completions of an action under an id; whether and when
/// one is delivered is up to the history.
///
/// # Errors
///
/// The first law that was seen broken, with a history that was made as short as
/// possible.
pub fn check<M, S>(
    start: impl Fn() -> M,
    inputs: S,
    input: impl Fn(&S::Value, &Ids) -> M::Input,
    answers: impl Fn(&M::Action, ActionId) -> Vec<M::Input>,
) -> Result<(), Box<Violation>>
where
    M: Observable,
    S: Strategy<Value: Clone> + 'static,
{
    let play = |moves: &[Move<S::Value>]| {
        let played = catch_unwind(AssertUnwindSafe(|| {
            history::play(&start, moves, &input, &answers)
        }));
        played.unwrap_or_else(|_| Err(Box::new(panicked(moves))))
    };
    let histories = proptest::collection::vec(history::moves(inputs), 0..60);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let verdict = runner.run(&histories, |moves| {
        play(&moves).map_err(|violation| TestCaseError::fail(violation.how))
    });
    match verdict {
        Ok(()) => Ok(()),
        Err(TestError::Fail(_, moves)) => play(&moves),
        Err(TestError::Abort(why)) => Err(Box::new(aborted(why.message()))),
    }
}

/// An input out of the blue, in numbers: what kind, which action it quotes
/// ([`Ids::pick`]), and a detail.
pub type Raw = (u8, usize, u8);

/// Checks the laws on the one history that `bytes` stand for. The arguments are
/// those of [`check`]. A machine that panics does so here.
///
/// # Errors
///
/// The first law that is broken.
pub fn play<M: Observable>(
    start: impl Fn() -> M,
    bytes: &[u8],
    input: impl Fn(&Raw, &Ids) -> M::Input,
    answers: impl Fn(&M::Action, ActionId) -> Vec<M::Input>,
) -> Result<(), Box<Violation>> {
    history::play(start, &history::moves_in(bytes), input, answers)
}

fn panicked<G: fmt::Debug>(moves: &[Move<G>]) -> Violation {
    Violation {
        law: Law::Total,
        how: "the machine panicked".to_owned(),
        history: format!("{moves:?}"),
    }
}

fn aborted(why: &str) -> Violation {
    Violation {
        law: Law::Total,
        how: format!("no history could be made: {why}"),
        history: String::new(),
    }
}
