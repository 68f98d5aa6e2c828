//! Telling others what becomes of processes: the hooks of the settings, on this machine.

mod hooks;
mod occasions;

use crate::aside;
use anyhow::Result;
use collodi_backend::{Backends, Web};
use collodi_driver::{Events, HostHandle, Notice};
use collodi_logs::plain;
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_time::Deadline;
use collodi_webhooks::{Answer, Courier, Event, Figures, Hook, Input, Send};
use futures::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, pending, ready},
    stream::FuturesUnordered,
};
use futures_lite::future::or;
use occasions::Occasions;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub(crate) use hooks::hooks;

/// How long what is under way at the end is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of the deliveries, by hook, for whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<(String, Figures)>>>);

impl Told {
    /// What became of them so far.
    pub(crate) fn figures(&self) -> Vec<(String, Figures)> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }

    fn keep(&self, courier: &Courier) {
        let figures = courier.figures();
        let figures = figures.map(|(name, figures)| (name.to_owned(), figures));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = figures.collect();
    }
}

/// Tells hooks what becomes of processes. What is given back is to run beside all else, and
/// ends a little after the host has, at the latest.
pub(crate) async fn carry(
    hooks: Vec<Hook>,
    host: &HostHandle,
    backends: &Backends,
    told: Told,
    seed: u64,
) -> Result<BoxFuture<'static, ()>> {
    if hooks.is_empty() {
        return Ok(ready(()).boxed());
    }
    let events = host.changes().await?;
    let gone = host.changes().await?.for_each(|_| ready(()));
    let carrier = Carrier::new(hooks, events, backends.clone(), told, seed);
    let clock = Arc::clone(&backends.clock);
    let given_up = async move {
        gone.await;
        clock.sleep_until(clock.now() + PATIENCE).await;
    };
    Ok(or(carrier.carry(), given_up).boxed())
}

/// Carries what a host tells to hooks, until it tells no more and all is sent or given up.
struct Carrier {
    courier: Courier,
    occasions: Occasions,
    events: Option<Events>,
    sending: FuturesUnordered<BoxFuture<'static, (ActionId, Answer)>>,
    backends: Backends,
    told: Told,
}

impl Carrier {
    /// Carries these events; names of deliveries and waits are drawn from `seed`.
    fn new(hooks: Vec<Hook>, events: Events, backends: Backends, told: Told, seed: u64) -> Self {
        let courier = Courier::new(hooks, format!("{seed:016x}"), seed);
        told.keep(&courier);
        Self {
            courier,
            occasions: Occasions::new(Arc::clone(&backends.clock)),
            events: Some(events),
            sending: FuturesUnordered::new(),
            backends,
            told,
        }
    }

    async fn carry(mut self) {
        loop {
            let Some(deadline) = self.drain() else {
                return;
            };
            let Some(input) = self.next(deadline).await else {
                continue;
            };
            // Each try ends once.
            let _ = self.courier.handle_input(self.backends.clock.now(), input);
        }
    }

    /// Does what the courier wants done. Until when it waits; none when it has ended.
    fn drain(&mut self) -> Option<Option<Deadline>> {
        let waits = loop {
            match self.courier.poll_output() {
                Output::Action(id, send) => {
                    let web = Arc::clone(&self.backends.web);
                    self.sending.push(deliver(web, id, send).boxed());
                }
                Output::Event(event) => tell(&event),
                Output::Wait(deadline) => break Some(deadline),
                Output::Done(()) => break None,
            }
        };
        self.told.keep(&self.courier);
        waits
    }

    /// What happens next, when it is of interest.
    async fn next(&mut self, deadline: Option<Deadline>) -> Option<Input> {
        let events = self.events.as_mut();
        let heard = async {
            match events {
                Some(events) => events.next().await,
                None => pending().await,
            }
        };
        let answered = async {
            match self.sending.next().await {
                Some((id, answer)) => Input::Answered(id, answer),
                None => pending().await,
            }
        };
        let clock = &self.backends.clock;
        let due = async {
            match deadline {
                Some(Deadline { at, .. }) => clock.sleep_until(at).await,
                None => pending().await,
            }
        };
        let answered = answered.map(Happened::Input);
        let due = due.map(|()| Happened::Input(Input::Timeout));
        match or(or(answered, due), heard.map(Happened::Heard)).await {
            Happened::Input(input) => Some(input),
            Happened::Heard(notice) => self.hear(notice),
        }
    }

    fn hear(&mut self, notice: Option<Notice>) -> Option<Input> {
        match notice {
            Some(Notice::Event(event)) => self.occasions.of(&event).map(Input::Happened),
            Some(Notice::Missed(events)) => {
                warn(&format!("webhooks were not told of {events} events"));
                None
            }
            None => {
                self.events = None;
                Some(Input::Close)
            }
        }
    }
}

enum Happened {
    Input(Input),
    Heard(Option<Notice>),
}

async fn deliver(web: Arc<dyn Web>, id: ActionId, send: Send) -> (ActionId, Answer) {
    let answer = web.fetch(send.delivery.request(&send.hook)).await;
    let answer = match answer {
        Ok(answer) => Answer::Status(answer.status),
        Err(error) => Answer::Failed(error.kind),
    };
    (id, answer)
}

/// What was not delivered is said; what is tried again will be, or not.
fn tell(event: &Event) {
    if matches!(event, Event::GivenUp(..) | Event::Dropped(..)) {
        warn(&format!("webhook {event}"));
    }
}

fn warn(text: &str) {
    aside::warn("webhook", &plain(text));
}
