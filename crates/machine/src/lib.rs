#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod outbox;
pub mod trace;

use collodi_time::{Deadline, Instant};
use core::fmt;

pub use outbox::Outbox;

/// A state machine without IO. The contract is in the [crate documentation](crate).
pub trait Machine {
    /// What can happen to it.
    type Input;
    /// What it wants done. Each is numbered and completed exactly once.
    type Action;
    /// What it tells the world, without expecting an answer.
    type Event;
    /// How it ended.
    type Outcome;

    /// The input that says "the deadline you named has come".
    fn timeout() -> Self::Input;

    /// Takes in one thing that happened at `now`.
    ///
    /// # Errors
    ///
    /// [`Stale`] when the input completes an action that is not in flight; the
    /// machine is then unchanged.
    fn handle_input(&mut self, now: Instant, input: Self::Input) -> Result<(), Stale>;

    /// The next thing the machine has to say. Call until `Wait` or `Done`.
    fn poll_output(&mut self) -> OutputOf<Self>;
}

/// The output type of machine `M`.
pub type OutputOf<M> =
    Output<<M as Machine>::Action, <M as Machine>::Event, <M as Machine>::Outcome>;

/// What a machine has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<A, E, D> {
    /// Do this, and complete it under this id.
    Action(ActionId, A),
    /// This happened.
    Event(E),
    /// Nothing more until an input arrives, or until the deadline if there is one.
    Wait(Option<Deadline>),
    /// The machine has ended. It says so again each time it is asked.
    Done(D),
}

/// The number of an action: unique within its machine, and growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(u64);

impl ActionId {
    /// The id with this number, for traces and tests; machines number their own.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The input quotes an action that is not in flight: it was never started, has
/// been completed, or belongs to a life that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale(pub ActionId);

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "action {} is not in flight", self.0)
    }
}

impl core::error::Error for Stale {}
