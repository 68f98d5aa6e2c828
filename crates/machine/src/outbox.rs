//! What a machine has decided and not yet said, and what it still waits for.

use crate::{ActionId, Output, Stale};
use alloc::collections::VecDeque;

/// The queue behind `poll_output`: numbers actions, keeps their order among the
/// events, and knows which are in flight.
#[derive(Clone, Debug)]
pub struct Outbox<A, E> {
    queue: VecDeque<Said<A, E>>,
    /// In the order of their numbers, which grow.
    in_flight: VecDeque<ActionId>,
    last: u64,
}

#[derive(Clone, Debug)]
enum Said<A, E> {
    Action(ActionId, A),
    Event(E),
}

impl<A, E> Default for Outbox<A, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A, E> Outbox<A, E> {
    /// Nothing to say; the first action will be `#1`.
    pub const fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            in_flight: VecDeque::new(),
            last: 0,
        }
    }

    /// Queues an action under the next number, which is in flight from now on.
    pub fn action(&mut self, action: A) -> ActionId {
        self.last += 1;
        let id = ActionId(self.last);
        self.in_flight.push_back(id);
        self.queue.push_back(Said::Action(id, action));
        id
    }

    /// Queues an event.
    pub fn event(&mut self, event: E) {
        self.queue.push_back(Said::Event(event));
    }

    /// Whether the action is in flight.
    pub fn is_in_flight(&self, id: ActionId) -> bool {
        self.in_flight.binary_search(&id).is_ok()
    }

    /// Fails unless the action is in flight. For progress, which does not end it.
    ///
    /// # Errors
    ///
    /// [`Stale`] when it is not.
    pub fn progress(&self, id: ActionId) -> Result<(), Stale> {
        if self.is_in_flight(id) {
            Ok(())
        } else {
            Err(Stale(id))
        }
    }

    /// Takes the action out of flight.
    ///
    /// # Errors
    ///
    /// [`Stale`] when it was not in flight.
    pub fn complete(&mut self, id: ActionId) -> Result<(), Stale> {
        let place = self.in_flight.binary_search(&id).map_err(|_| Stale(id))?;
        self.in_flight.remove(place);
        Ok(())
    }

    /// The next thing to say, if any. A machine that has said all is mostly quiet for long,
    /// and keeps no room for more.
    pub fn pop<D>(&mut self) -> Option<Output<A, E, D>> {
        let Some(said) = self.queue.pop_front() else {
            self.queue = VecDeque::new();
            return None;
        };
        Some(match said {
            Said::Action(id, action) => Output::Action(id, action),
            Said::Event(event) => Output::Event(event),
        })
    }

    /// Whether nothing is in flight.
    pub fn idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// The actions in flight, oldest first.
    pub fn in_flight(&self) -> impl Iterator<Item = ActionId> + '_ {
        self.in_flight.iter().copied()
    }
}
