//! The loop between a host and its world.

use crate::{
    HostHandle,
    events::Subscribers,
    handle::{Message, Sender},
    perform::{Happening, InFlight, What, perform},
    portions::Portions,
    turn::a_turn_for_others,
    unchanged::Revision,
};
use collodi_backend::{Backends, BoxFuture};
use collodi_host::{Host, Input};
use collodi_machine::{Machine, Output};
use collodi_time::{Deadline, Instant};
use futures::{StreamExt, channel::mpsc, future::poll_fn, stream::BoxStream, stream::SelectAll};
use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

/// How many messages may wait for the driver before senders do.
const MAILBOX: usize = 64;
/// How many actions may end before others on the thread have their turn: a stop of many
/// children reaches all of them before the first one's end is looked at.
const ENDS_A_TURN: usize = 256;

/// Runs a host against backends.
#[derive(Debug)]
pub struct Driver {
    host: Host,
    backends: Backends,
    mailbox: mpsc::Receiver<Message>,
    subscribers: Subscribers,
    revision: Revision,
}

/// What the driver waits for.
struct Waiting {
    happenings: SelectAll<BoxStream<'static, Happening>>,
    portions: Portions,
    in_flight: InFlight,
    alarm: Option<Alarm>,
    turn: Turn,
}

/// Others on this thread have their turn before more is taken from the world: a flood of
/// output is always ready, while of actions only so many can end as are in flight.
#[derive(Default)]
struct Turn {
    is_over: bool,
    ends: usize,
}

impl Turn {
    fn took(&mut self, what: &What) {
        self.ends += 1;
        self.is_over = matches!(what, What::Progress(_)) || self.ends >= ENDS_A_TURN;
    }

    /// Whether it is over; then the next one begins.
    fn passes(&mut self) -> bool {
        let passes = self.is_over;
        if passes {
            *self = Self::default();
        }
        passes
    }
}

struct Alarm {
    deadline: Deadline,
    rings: BoxFuture<'static, ()>,
}

/// Whether the host goes on.
enum Goes {
    On,
    Over,
}

impl Driver {
    /// A driver of `host`, and the handle to talk to it.
    pub fn new(host: Host, backends: Backends) -> (Self, HostHandle) {
        let (sender, mailbox) = mpsc::channel(MAILBOX);
        let driver = Self {
            host,
            backends,
            mailbox,
            subscribers: Subscribers::default(),
            revision: Revision::default(),
        };
        let handle = HostHandle::new(Sender::new(sender), driver.revision.clone());
        (driver, handle)
    }

    /// Starts the host and runs it until it has shut down.
    pub async fn run(mut self) {
        let mut waiting = Waiting {
            happenings: SelectAll::new(),
            portions: Portions::default(),
            in_flight: InFlight::default(),
            alarm: None,
            turn: Turn::default(),
        };
        self.input(Input::Start);
        while let Goes::On = self.drain(&mut waiting) {
            match waiting.next(&mut self.mailbox, &self.subscribers).await {
                Woken::Input(input) => self.input(input),
                Woken::Message(Message::Leave) => return waiting.in_flight.leave(),
                Woken::Message(message) => self.message(message),
            }
        }
    }

    fn now(&self) -> Instant {
        self.backends.clock.now()
    }

    fn input(&mut self, input: Input) {
        self.revision.advance();
        // Each action is completed once here, so nothing is stale.
        let _ = self.host.handle_input(self.now(), input);
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Command(command, reply) => {
                let now = self.now();
                self.revision.advance();
                reply(self.host.command(now, command));
            }
            Message::Query(query) => query(&self.host),
            Message::Subscribe(subscriber, since) => self.subscribers.add(subscriber, since),
            Message::Watch(watcher) => self.subscribers.watch(watcher),
            Message::Leave => {}
        }
    }

    /// Does what the host says until it waits or has ended.
    fn drain(&mut self, waiting: &mut Waiting) -> Goes {
        self.host.tell_lines(self.subscribers.hear_lines());
        loop {
            match self.host.poll_output() {
                Output::Action(id, action) => {
                    let stream = perform(&self.backends, &mut waiting.in_flight, id, action);
                    waiting.happenings.push(stream);
                }
                Output::Event(event) => self.subscribers.tell(&Arc::new(event)),
                Output::Wait(deadline) => {
                    waiting.set_alarm(&self.backends, deadline);
                    return Goes::On;
                }
                Output::Done(_) => return Goes::Over,
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.revision.end();
    }
}

enum Woken {
    Input(Input),
    Message(Message),
}

impl Waiting {
    /// Messages first, so that a stop is heard above a flood of output, and while a
    /// listener is waited for. When nobody can send any more, what runs, runs on.
    async fn next(
        &mut self,
        mailbox: &mut mpsc::Receiver<Message>,
        subscribers: &Subscribers,
    ) -> Woken {
        poll_fn(|cx| {
            if let Poll::Ready(Some(message)) = mailbox.poll_next_unpin(cx) {
                return Poll::Ready(Woken::Message(message));
            }
            if self.turn.passes() {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match subscribers.hold(cx) {
                true => Poll::Pending,
                false => self.poll(cx, subscribers),
            }
        })
        .await
    }

    fn poll(&mut self, cx: &mut Context<'_>, subscribers: &Subscribers) -> Poll<Woken> {
        if let Some(alarm) = &mut self.alarm
            && alarm.rings.as_mut().poll(cx).is_ready()
        {
            self.alarm = None;
            return Poll::Ready(Woken::Input(Input::Timeout));
        }
        let happening = match self.portions.next() {
            Some(portion) => portion,
            None => match ready!(self.happenings.poll_next_unpin(cx)) {
                Some(happening) if subscribers.hear_lines() => self.portions.of(happening),
                Some(happening) => happening,
                None => return Poll::Pending,
            },
        };
        self.turn.took(&happening.what);
        Poll::Ready(Woken::Input(happening.into()))
    }

    fn set_alarm(&mut self, backends: &Backends, deadline: Option<Deadline>) {
        if self.alarm.as_ref().map(|alarm| alarm.deadline) != deadline {
            let now = backends.clock.now();
            let alarm = |deadline: Deadline| Alarm {
                deadline,
                rings: match deadline.at {
                    at if at > now => backends.clock.sleep_until(at),
                    _ => Box::pin(a_turn_for_others()),
                },
            };
            self.alarm = deadline.map(alarm);
        }
    }
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let deadline = self.alarm.as_ref().map(|alarm| alarm.deadline);
        f.debug_struct("Waiting")
            .field("in_flight", &self.happenings.len())
            .field("deadline", &deadline)
            .finish()
    }
}
