//! Places, and a queue for them.

use futures::channel::oneshot;
use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Places for so many, and the queue of those who wait for one.
#[derive(Debug)]
pub(super) struct Slots {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    waiting: VecDeque<oneshot::Sender<Slot>>,
}

/// A place, given to the next in the queue when it is dropped.
#[derive(Debug)]
pub(super) struct Slot(Arc<Slots>);

impl Slots {
    pub(super) fn new(most: NonZeroUsize) -> Self {
        Self {
            most: most.get(),
            state: Mutex::default(),
        }
    }

    /// A place, as soon as there is one. Who stops waiting leaves the queue.
    pub(super) async fn wait(slots: &Arc<Self>) -> Slot {
        let (give, given) = oneshot::channel();
        slots.lock().waiting.push_back(give);
        slots.serve();
        match given.await {
            Ok(slot) => slot,
            // Whoever gives a place away has one to give.
            Err(oneshot::Canceled) => Self::take(slots),
        }
    }

    /// A place, even if there is none.
    pub(super) fn take(slots: &Arc<Self>) -> Slot {
        slots.lock().taken += 1;
        Slot(Arc::clone(slots))
    }

    /// Gives places away as long as there are some and somebody waits.
    fn serve(self: &Arc<Self>) {
        while let Some(next) = self.next() {
            // Of one who does not wait any more it comes back, and is served again.
            let _ = next.send(Slot(Arc::clone(self)));
        }
    }

    /// The next who waits, with a place taken for them.
    fn next(&self) -> Option<oneshot::Sender<Slot>> {
        let mut state = self.lock();
        state.waiting.retain(|waiting| !waiting.is_canceled());
        if state.taken >= self.most {
            return None;
        }
        let next = state.waiting.pop_front()?;
        state.taken += 1;
        Some(next)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.taken = state.taken.saturating_sub(1);
        drop(state);
        self.0.serve();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[test]
    fn who_waits_longest_is_next_and_who_gives_up_is_passed_over() {
        let slots = Arc::new(Slots::new(NonZeroUsize::MIN));
        let first = Slots::wait(&slots).now_or_never();
        assert!(first.is_some());
        let mut second = Slots::wait(&slots).boxed();
        let mut third = Slots::wait(&slots).boxed();
        let mut fourth = Slots::wait(&slots).boxed();
        for waiting in [&mut second, &mut third, &mut fourth] {
            assert!(waiting.now_or_never().is_none());
        }
        drop(second);
        drop(first);
        assert!((&mut fourth).now_or_never().is_none());
        let third = third.now_or_never();
        assert!(third.is_some());
        drop(third);
        assert!(fourth.now_or_never().is_some());
    }

    #[test]
    fn a_place_that_comes_too_late_is_not_lost() {
        let slots = Arc::new(Slots::new(NonZeroUsize::MIN));
        let first = Slots::wait(&slots).now_or_never();
        let mut second = Slots::wait(&slots).boxed();
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(Slots::wait(&slots).now_or_never().is_some());
    }

    #[test]
    fn one_more_may_be_taken_and_is_waited_for() {
        let slots = Arc::new(Slots::new(NonZeroUsize::MIN));
        let (one, two) = (Slots::take(&slots), Slots::take(&slots));
        drop(one);
        assert!(Slots::wait(&slots).now_or_never().is_none());
        drop(two);
        assert!(Slots::wait(&slots).now_or_never().is_some());
    }
}
