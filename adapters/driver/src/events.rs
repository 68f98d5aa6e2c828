//! Events for whoever listens.

use crate::{
    growth::Watcher,
    history::{History, Since},
};
use collodi_host::Event;
use futures::{Stream, task::AtomicWaker};
use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

/// How many events may wait for a listener before it misses some.
const QUEUE: usize = 4096;

/// How many may wait for a listener that the driver waits for: what comes of one thing
/// that happens fits in, and of the commands of others meanwhile.
const PATIENT_QUEUE: usize = 1 << 18;

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum Notice {
    /// Something happened.
    Event(Arc<Event>),
    /// This many events were missed here: the listener was too slow. Logs keep the
    /// latest lines. A [call](Event::is_call) is not missed.
    Missed(u64),
}

/// The events of a host from now on. Ends when the host does.
#[derive(Debug)]
pub struct Events(Arc<Queue>);

/// One listener, seen from the driver.
#[derive(Debug)]
pub(crate) struct Subscriber(Arc<Queue>);

/// What waits for a listener.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    listener: AtomicWaker,
    driver: AtomicWaker,
    /// Whether what processes say is left out.
    deaf: bool,
    /// Whether the driver waits for the listener, at least at first: only then it looks at
    /// the queue each time it goes round.
    is_waited_for: bool,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<(u64, Arc<Event>)>,
    /// The number of the last change that was handed out or told of as missed.
    position: u64,
    /// The number of the last change that was queued or missed.
    told: u64,
    /// Missed behind the last of the events. As long as there are any, nothing is
    /// queued, so that the listener hears of it in the right place.
    missed: u64,
    /// What is not missed by who misses others: it comes behind them.
    call: Option<Arc<Event>>,
    over: bool,
    /// Whether the driver waits when too many are queued.
    patient: bool,
}

impl Waiting {
    /// Whether the driver is to wait.
    fn holds(&self) -> bool {
        self.patient && self.events.len() >= QUEUE
    }

    const fn most(&self) -> usize {
        if self.patient { PATIENT_QUEUE } else { QUEUE }
    }
}

impl Events {
    /// The driver waits no longer for this listener, which may miss events from now on.
    pub fn hurry(&self) {
        self.0.waiting().patient = false;
        self.0.driver.wake();
    }

    /// The number of the last change that was handed out, or told of as missed. Changes are
    /// all events but what processes say, numbered from 1.
    pub fn position(&self) -> u64 {
        self.0.waiting().position
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.hurry();
    }
}

impl Queue {
    /// A listener that panicked while it held the lock has left the queue as it was.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Events {
    type Item = Notice;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        self.0.listener.register(cx.waker());
        let mut waiting = self.0.waiting();
        let held = waiting.holds();
        if let Some((number, event)) = waiting.events.pop_front() {
            waiting.position = number;
            if held && !waiting.holds() {
                self.0.driver.wake();
            }
            return Poll::Ready(Some(Notice::Event(event)));
        }
        let missed = std::mem::take(&mut waiting.missed);
        if missed > 0 {
            waiting.position = waiting.told;
            return Poll::Ready(Some(Notice::Missed(missed)));
        }
        match waiting.call.take() {
            Some(call) => Poll::Ready(Some(Notice::Event(call))),
            None if waiting.over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A listener and what it listens to.
pub(crate) fn subscription() -> (Subscriber, Events) {
    of(Queue::default())
}

/// A listener that the driver waits for, and what it listens to.
pub(crate) fn patient_subscription() -> (Subscriber, Events) {
    let queue = Queue {
        is_waited_for: true,
        ..Queue::default()
    };
    queue.waiting().patient = true;
    of(queue)
}

/// A listener that does not hear what processes say, and what it listens to.
pub(crate) fn change_subscription() -> (Subscriber, Events) {
    of(Queue {
        deaf: true,
        ..Queue::default()
    })
}

fn of(queue: Queue) -> (Subscriber, Events) {
    let queue = Arc::new(queue);
    (Subscriber(queue.clone()), Events(queue))
}

/// Everyone who listens. Those who do not hear what processes say are many, perhaps, so nobody
/// looks at them unless there is something for them.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    hearing: Vec<Subscriber>,
    deaf: Vec<Subscriber>,
    watchers: Vec<Watcher>,
    history: History,
}

impl Subscribers {
    /// Tells this one too, from now on; changes also after the one with number `since`.
    pub(crate) fn add(&mut self, subscriber: Subscriber, since: Option<u64>) {
        let last = self.history.last();
        let earlier = self.history.since(since.unwrap_or(last));
        subscriber.catch_up(since.unwrap_or(last).min(last), last, earlier);
        let alike = match subscriber.0.deaf {
            true => &mut self.deaf,
            false => &mut self.hearing,
        };
        alike.retain(Subscriber::is_heard);
        alike.push(subscriber);
    }

    pub(crate) fn watch(&mut self, watcher: Watcher) {
        self.watchers.push(watcher);
    }

    /// Whether anybody hears what processes say, line by line.
    pub(crate) fn hear_lines(&self) -> bool {
        self.hearing.iter().any(Subscriber::is_heard)
    }

    /// Whether somebody who is waited for is behind; who asks is woken when not.
    pub(crate) fn hold(&self, cx: &mut Context<'_>) -> bool {
        let holds = |subscriber: &Subscriber| {
            subscriber.0.driver.register(cx.waker());
            subscriber.0.waiting().holds()
        };
        let mut waited_for = self.hearing.iter().filter(|of| of.0.is_waited_for);
        waited_for.any(holds)
    }

    /// Tells everyone who still listens. Nobody is waited for here.
    pub(crate) fn tell(&mut self, event: &Arc<Event>) {
        match event.is_output() {
            true => {
                self.watchers.retain(Watcher::is_read);
                self.watchers.iter().for_each(|watcher| watcher.tell(event));
            }
            false => self.history.push(event.clone()),
        }
        let number = self.history.last();
        tell_all(&mut self.hearing, number, event);
        if !event.is_output() {
            tell_all(&mut self.deaf, number, event);
        }
    }
}

fn tell_all(subscribers: &mut Vec<Subscriber>, number: u64, event: &Arc<Event>) {
    subscribers.retain(Subscriber::is_heard);
    for subscriber in subscribers {
        subscriber.tell(number, event);
    }
}

impl Subscriber {
    /// Whether somebody still listens.
    fn is_heard(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    fn catch_up(&self, position: u64, last: u64, earlier: Since) {
        let mut waiting = self.0.waiting();
        (waiting.position, waiting.told) = (position, last);
        match earlier {
            Since::Changes(changes) => waiting.events.extend(changes),
            Since::Missed(missed) => waiting.missed = missed,
        }
        drop(waiting);
        // It may have begun to listen before it was here.
        self.0.listener.wake();
    }

    fn tell(&self, number: u64, event: &Arc<Event>) {
        let mut waiting = self.0.waiting();
        waiting.told = number;
        let is_full = waiting.missed > 0 || waiting.events.len() >= waiting.most();
        match is_full {
            true if event.is_call() => waiting.call = Some(event.clone()),
            true => waiting.missed += 1,
            false => waiting.events.push_back((number, event.clone())),
        }
        drop(waiting);
        self.0.listener.wake();
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.0.waiting().over = true;
        self.0.listener.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_host::Follower;
    use futures::{FutureExt as _, StreamExt as _};
    use std::{
        iter,
        sync::atomic::{AtomicBool, Ordering},
    };

    fn event() -> Arc<Event> {
        Arc::new(Event::Detected(Arc::default()))
    }

    fn heard(events: &mut Events) -> Vec<String> {
        iter::from_fn(|| events.next().now_or_never().flatten())
            .map(|notice| match notice {
                Notice::Event(_) => "event".to_owned(),
                Notice::Missed(missed) => format!("missed {missed}"),
            })
            .collect()
    }

    #[test]
    fn a_slow_listener_hears_at_once_how_much_it_missed() {
        let (subscriber, mut events) = subscription();
        let mut subscribers = Subscribers::default();
        subscribers.add(subscriber, None);
        for _ in 0..QUEUE + 3 {
            subscribers.tell(&event());
        }
        let told = heard(&mut events);
        assert_eq!(told.len(), QUEUE + 1);
        assert_eq!(told.last().map(String::as_str), Some("missed 3"));
        subscribers.tell(&event());
        assert_eq!(heard(&mut events), ["event"]);
    }

    #[test]
    fn a_slow_listener_hears_what_it_is_called_to_do() {
        let (subscriber, mut events) = change_subscription();
        for _ in 0..=QUEUE {
            subscriber.tell(1, &event());
        }
        let call = Arc::new(Event::LetGo(Follower::OtherProcess));
        subscriber.tell(2, &call);
        let told = heard(&mut events);
        assert_eq!(
            told.get(QUEUE..),
            Some(&["missed 1".to_owned(), "event".to_owned()][..])
        );
    }

    /// Who waits already when the driver gets to it does not wait for the next change.
    #[test]
    fn what_was_missed_while_nobody_listened_is_heard_at_once() {
        struct Woken(AtomicBool);
        impl futures::task::ArcWake for Woken {
            fn wake_by_ref(woken: &Arc<Self>) {
                woken.0.store(true, Ordering::Relaxed);
            }
        }
        let mut subscribers = Subscribers::default();
        subscribers.tell(&event());
        let (subscriber, mut events) = change_subscription();
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = futures::task::waker(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        assert!(events.poll_next_unpin(&mut cx).is_pending());
        subscribers.add(subscriber, Some(0));
        assert!(woken.0.load(Ordering::Relaxed));
        assert_eq!(heard(&mut events), ["event"]);
    }

    #[test]
    fn a_listener_that_is_waited_for_holds_the_driver_and_misses_nothing() {
        let (subscriber, mut events) = patient_subscription();
        let mut subscribers = Subscribers::default();
        subscribers.add(subscriber, None);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        for _ in 0..QUEUE + 3 {
            subscribers.tell(&event());
        }
        assert!(subscribers.hold(&mut cx));
        assert_eq!(heard(&mut events), vec!["event"; QUEUE + 3]);
        assert!(!subscribers.hold(&mut cx));
    }

    #[test]
    fn who_hurries_or_goes_away_holds_nobody() {
        let (first, hurrying) = patient_subscription();
        let (second, leaving) = patient_subscription();
        let mut subscribers = Subscribers::default();
        subscribers.add(first, None);
        subscribers.add(second, None);
        for _ in 0..QUEUE {
            subscribers.tell(&event());
        }
        let mut cx = Context::from_waker(std::task::Waker::noop());
        hurrying.hurry();
        assert!(subscribers.hold(&mut cx));
        drop(leaving);
        assert!(!subscribers.hold(&mut cx));
    }

    #[test]
    fn the_end_comes_after_what_was_told() {
        let (subscriber, mut events) = subscription();
        subscriber.tell(1, &event());
        drop(subscriber);
        assert_eq!(heard(&mut events), ["event"]);
        assert!(matches!(events.next().now_or_never(), Some(None)));
    }

    #[test]
    fn who_was_away_hears_the_changes_since_then() {
        let (first, mut events) = change_subscription();
        let mut subscribers = Subscribers::default();
        subscribers.add(first, None);
        for _ in 0..3 {
            subscribers.tell(&event());
        }
        assert_eq!(heard(&mut events), vec!["event"; 3]);
        assert_eq!(events.position(), 3);
        let (second, mut events) = change_subscription();
        subscribers.add(second, Some(1));
        assert_eq!(events.position(), 1);
        assert_eq!(heard(&mut events), vec!["event"; 2]);
        assert_eq!(events.position(), 3);
        let (third, mut events) = change_subscription();
        subscribers.add(third, Some(9));
        assert_eq!(heard(&mut events), ["missed 3"]);
        assert_eq!(events.position(), 3);
    }

    #[test]
    fn lines_are_heard_by_listeners_that_are_there_and_not_deaf() {
        let mut subscribers = Subscribers::default();
        let (deaf, _changes) = change_subscription();
        subscribers.add(deaf, None);
        assert!(!subscribers.hear_lines());
        let (subscriber, events) = subscription();
        subscribers.add(subscriber, None);
        assert!(subscribers.hear_lines());
        drop(events);
        assert!(!subscribers.hear_lines());
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let mut subscribers = Subscribers::default();
        for (subscriber, _) in [subscription(), change_subscription(), change_subscription()] {
            subscribers.add(subscriber, None);
        }
        assert_eq!((subscribers.hearing.len(), subscribers.deaf.len()), (1, 1));
        subscribers.tell(&event());
        assert!(subscribers.hearing.is_empty() && subscribers.deaf.is_empty());
    }
}
