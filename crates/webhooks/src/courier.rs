//! All hooks and what they are told.

use crate::{
    Answer, Delivery, Figures, Hook, Occasion,
    line::{Line, Verdict},
};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use collodi_machine::{ActionId, Machine, Outbox, Output, Stale};
use collodi_restart::Jitter;
use collodi_time::{Deadline, Duration, Instant};
use core::fmt;

/// Tells hooks of occasions. Each is told one after the other, in the order in which they
/// happened.
#[derive(Clone, Debug)]
pub struct Courier {
    lines: Vec<Line>,
    out: Outbox<Send, Event>,
    /// What the names of deliveries begin with.
    life: String,
    last: u64,
    jitter: Jitter,
    closing: bool,
}

/// What can happen to a courier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Something that hooks are told of.
    Happened(Occasion),
    /// A try has ended.
    Answered(ActionId, Answer),
    /// Nothing more happens: what waits is tried once at most.
    Close,
    /// The deadline has come.
    Timeout,
}

/// Send this to that hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// Whom.
    pub hook: Arc<Hook>,
    /// What.
    pub delivery: Arc<Delivery>,
}

/// What a courier tells. The hook is called by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was taken.
    Delivered(String, Arc<Delivery>),
    /// It is tried again after so long.
    Again(String, Arc<Delivery>, Answer, Duration),
    /// It is not tried again.
    GivenUp(String, Arc<Delivery>, Answer),
    /// It was dropped, since too many wait.
    Dropped(String, Arc<Delivery>),
}

impl Courier {
    /// Tells these hooks. Names of deliveries begin with `life`; waits are drawn from `seed`.
    pub fn new(hooks: Vec<Hook>, life: String, seed: u64) -> Self {
        let line = |hook| Line::new(Arc::new(hook));
        Self {
            lines: hooks.into_iter().map(line).collect(),
            out: Outbox::new(),
            life,
            last: 0,
            jitter: Jitter::new(seed),
            closing: false,
        }
    }

    /// What became of the deliveries, by hook.
    pub fn figures(&self) -> impl Iterator<Item = (&str, Figures)> {
        let lines = self.lines.iter();
        lines.map(|line| (line.hook.name.as_str(), line.figures))
    }

    fn happened(&mut self, occasion: Occasion) {
        if self.closing {
            return;
        }
        self.last += 1;
        let id = format!("{}-{}", self.life, self.last);
        let kind = occasion.kind;
        let delivery = Arc::new(Delivery { id, occasion });
        for line in &mut self.lines {
            if line.hook.events.contains(&kind)
                && let Some(dropped) = line.push(Arc::clone(&delivery))
            {
                self.out
                    .event(Event::Dropped(line.hook.name.clone(), dropped));
            }
        }
    }

    fn answered(&mut self, now: Instant, id: ActionId, answer: Answer) -> Result<(), Stale> {
        self.out.complete(id)?;
        let line = self.lines.iter_mut().find(|line| line.is_sending(id));
        let Some(line) = line else {
            return Err(Stale(id));
        };
        let name = line.hook.name.clone();
        let event = match line.end(answer, self.closing, &mut self.jitter) {
            Some((delivery, Verdict::Delivered)) => Event::Delivered(name, delivery),
            Some((delivery, Verdict::GivenUp)) => Event::GivenUp(name, delivery, answer),
            Some((delivery, Verdict::Again(wait))) => {
                line.wait_until(now + wait);
                Event::Again(name, delivery, answer, wait)
            }
            None => return Ok(()),
        };
        self.out.event(event);
        Ok(())
    }

    fn send_what_is_due(&mut self, now: Instant) {
        for line in &mut self.lines {
            let Some(delivery) = line.due(now).cloned() else {
                continue;
            };
            let hook = Arc::clone(&line.hook);
            line.begin(self.out.action(Send { hook, delivery }));
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        let next = self.lines.iter().filter_map(Line::again).min()?;
        Some(Deadline::new(next, "a delivery is tried again"))
    }
}

impl Machine for Courier {
    type Input = Input;
    type Action = Send;
    type Event = Event;
    type Outcome = ();

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Happened(occasion) => self.happened(occasion),
            Input::Answered(id, answer) => self.answered(now, id, answer)?,
            Input::Close => {
                self.closing = true;
                self.lines.iter_mut().for_each(Line::hurry);
            }
            Input::Timeout => {}
        }
        self.send_what_is_due(now);
        Ok(())
    }

    fn poll_output(&mut self) -> Output<Send, Event, ()> {
        match self.out.pop() {
            Some(output) => output,
            None if self.closing && self.lines.iter().all(Line::is_empty) => Output::Done(()),
            None => Output::Wait(self.deadline()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Happened(occasion) => write!(f, "{} {}", occasion.process, occasion.kind),
            Self::Answered(id, answer) => write!(f, "{id} {answer}"),
            Self::Close => f.write_str("close"),
            Self::Timeout => f.write_str("timeout"),
        }
    }
}

impl fmt::Display for Send {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "send {} to {}", self.delivery.id, self.hook.name)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |delivery: &Delivery| {
            let Occasion { kind, process, .. } = &delivery.occasion;
            format!("{process} {kind} ({})", delivery.id)
        };
        match self {
            Self::Delivered(hook, delivery) => write!(f, "{hook} was told: {}", told(delivery)),
            Self::Again(hook, delivery, why, wait) => {
                let delivery = told(delivery);
                write!(
                    f,
                    "{hook} was not told: {delivery}: {why}; again in {wait:?}"
                )
            }
            Self::GivenUp(hook, delivery, why) => {
                write!(f, "{hook} is not told: {}: {why}", told(delivery))
            }
            Self::Dropped(hook, delivery) => {
                write!(f, "{hook} is not told: {}: too many wait", told(delivery))
            }
        }
    }
}
