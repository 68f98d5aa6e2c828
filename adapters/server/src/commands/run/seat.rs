//! Where somebody sits who watches a run.

use crate::{
    bell::Ear,
    interrupts::Interrupts,
    present::{Presenter, Screen},
    prompt::Prompt,
};
use collodi_backend::Clock;
use collodi_driver::{Events, Notice};
use collodi_time::Instant;
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{sync::Arc, time::Duration};

/// How long an interrupted run waits for who reads the output.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where somebody sits who watches the run.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) events: Events,
    pub(super) interrupts: Interrupts,
    pub(super) screen: Screen,
    pub(super) prompt: Prompt,
    pub(super) clock: Arc<dyn Clock>,
    /// Someone wants it to end: until then the output is waited for.
    pub(super) waits_until: Option<Instant>,
}

/// What a seat is told.
pub(super) enum Told {
    Notice(Notice),
    Over,
    Line(Option<String>),
    Signal(u8),
    AskedToEnd,
}

impl Seat {
    /// What comes next; who wants an end is heard above all that is told.
    pub(super) async fn next(&mut self, asked_to_end: &mut Ear) -> Told {
        let notice = async {
            // What cannot be shown yet stays where it makes the driver wait.
            let room = self.screen.room().map(|()| true);
            let given_up = until(&*self.clock, self.waits_until).map(|()| false);
            match or(room, given_up).await {
                true => self.events.next().await.map_or(Told::Over, Told::Notice),
                false => Told::Over,
            }
        };
        let signal = self.interrupts.next().map(Told::Signal);
        let asked = asked_to_end.heard().map(|()| Told::AskedToEnd);
        let line = self.prompt.line().map(Told::Line);
        or(or(signal, asked), or(line, notice)).await
    }

    /// Somebody wants it to end.
    pub(super) fn hurry(&mut self) {
        let until = self.clock.now() + PATIENCE;
        self.waits_until.get_or_insert(until);
        self.events.hurry();
    }

    /// Whoever asks on the terminal asks below what was said before. The signal that came
    /// meanwhile.
    pub(super) async fn shown(&mut self) -> Option<u8> {
        let shown = self.screen.shown().map(|()| None);
        or(shown, self.interrupts.next().map(Some)).await
    }

    /// Says whether what has ended has failed, or that it has not ended, and waits until all is
    /// shown; not for long after an interrupt, and not at all after another one. Who goes on
    /// hears what comes then.
    pub(super) async fn leave(mut self, ended: Option<bool>, interrupted: bool) -> Interrupts {
        let mut screen = self.screen;
        let last = async {
            screen.show(move |show| tell_end(show, ended)).await;
            screen.shown().await;
        };
        let again = self.interrupts.next().map(drop);
        let most = interrupted.then(|| self.clock.now() + PATIENCE);
        or(or(last, again), until(&*self.clock, most)).await;
        self.interrupts
    }
}

fn tell_end(show: &mut dyn Presenter, ended: Option<bool>) {
    match ended {
        Some(failed) => show.ended(failed),
        None => show.warning("what runs goes on: the next server finds it"),
    }
}

/// Waits until then; for ever where there is no such time.
async fn until(clock: &dyn Clock, at: Option<Instant>) {
    match at {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
