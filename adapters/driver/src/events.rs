//! Events for whoever listens.

use collodi_host::Event;
use futures::{Stream, StreamExt, channel::mpsc};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// How many events may wait for a listener before it misses some.
const QUEUE: usize = 4096;

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum Notice {
    /// Something happened.
    Event(Arc<Event>),
    /// This many events were missed here: the listener was too slow. Logs have the
    /// lines all the same.
    Missed(u64),
}

/// The events of a host from now on. Ends when the host does.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Notice>);

impl Stream for Events {
    type Item = Notice;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        self.0.poll_next_unpin(cx)
    }
}

/// One listener, seen from the driver.
#[derive(Debug)]
pub(crate) struct Subscriber {
    queue: mpsc::Sender<Notice>,
    missed: u64,
}

/// A listener and what it listens to.
pub(crate) fn subscription() -> (Subscriber, Events) {
    let (queue, events) = mpsc::channel(QUEUE);
    (Subscriber { queue, missed: 0 }, Events(events))
}

/// Everyone who listens.
#[derive(Debug, Default)]
pub(crate) struct Subscribers(Vec<Subscriber>);

impl Subscribers {
    pub(crate) fn add(&mut self, subscriber: Subscriber) {
        self.0.push(subscriber);
    }

    /// Tells everyone. Nobody is waited for.
    pub(crate) fn tell(&mut self, event: &Arc<Event>) {
        self.0.retain_mut(|subscriber| subscriber.tell(event));
    }
}

impl Subscriber {
    /// Whether it still listens.
    fn tell(&mut self, event: &Arc<Event>) -> bool {
        if self.missed > 0 && self.queue.try_send(Notice::Missed(self.missed)).is_ok() {
            self.missed = 0;
        }
        if self.missed > 0 || self.queue.try_send(Notice::Event(event.clone())).is_err() {
            self.missed += 1;
        }
        !self.queue.is_closed()
    }
}
