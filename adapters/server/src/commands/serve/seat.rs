//! Where somebody sits who serves: what happens is shown, and who wants an end is heard.

use crate::{
    aside,
    interrupts::{GO_ON, Interrupts, LEAVE},
    node::Node,
    present::Screen,
    service,
};
use anyhow::Result;
use collodi_backend::Clock;
use collodi_driver::{Events, Notice};
use collodi_host::{Command, Event, Follower, Host};
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{io, time::Duration};

/// How long an end waits for who reads the output.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many events are shown at once at the most.
const TOGETHER: usize = 64;

/// How the life of a server is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// All that it ran has ended.
    Ended,
    /// What it ran lives on for the next one.
    LetGo(Follower),
}

/// Where somebody sits who serves. What is shown holds up nothing: while the output takes no
/// more, events wait in a queue of the host's, which counts those that it has no room for.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    shown: Events,
    changes: Events,
    interrupts: &'a mut Interrupts,
    screen: Screen,
}

impl<'a> Seat<'a> {
    /// Sits down. What apps say is not shown where it shall be quiet.
    pub(super) async fn take(
        node: &Node,
        interrupts: &'a mut Interrupts,
        screen: &Screen,
        quiet: bool,
    ) -> Result<Self> {
        let shown = match quiet {
            true => node.handle.changes().await?,
            false => node.handle.events().await?,
        };
        Ok(Self {
            shown,
            changes: node.handle.changes().await?,
            interrupts,
            screen: screen.clone(),
        })
    }

    /// Shows what a node tells and hears what it is told, until it has ended or let go.
    pub(super) async fn attend(&mut self, node: &mut Node) -> Over {
        let mut screen = self.screen.clone();
        let shown = async {
            show(&mut self.shown, &mut self.screen).await;
            std::future::pending().await
        };
        let heard = hear(node, &mut self.changes, self.interrupts, &mut screen);
        or(heard, shown).await
    }

    /// Waits until all is shown, but not for long.
    pub(super) async fn leave(mut self, ended: bool, clock: &dyn Clock) {
        let last = async {
            show(&mut self.shown, &mut self.screen).await;
            if ended {
                self.screen.show(|show| show.ended(false)).await;
            }
            self.screen.shown().await;
        };
        or(last, clock.sleep_until(clock.now() + PATIENCE)).await;
        aside::written();
    }
}

/// Shows what is told as fast as the output takes it, until nothing more is.
async fn show(events: &mut Events, screen: &mut Screen) {
    loop {
        screen.room().await;
        let Some(first) = events.next().await else {
            return;
        };
        let mut notices = vec![first];
        // What is there already is shown along with it: its thread wakes up once.
        while notices.len() < TOGETHER
            && let Some(Some(next)) = events.next().now_or_never()
        {
            notices.push(next);
        }
        screen.try_show(move |show| {
            notices.iter().for_each(|notice| match notice {
                Notice::Event(event) => show.event(event),
                Notice::Missed(events) => show.missed(*events),
            });
        });
    }
}

/// Hears what a server is told, until it has ended or let go.
async fn hear(
    node: &mut Node,
    changes: &mut Events,
    interrupts: &mut Interrupts,
    screen: &mut Screen,
) -> Over {
    // Callers came before anybody sat here.
    if let Ok(Some(follower)) = node.handle.query(Host::let_go).await {
        return over(follower, screen);
    }
    let mut ending = false;
    loop {
        let interrupted = interrupts.next().map(Told::Interrupt);
        let asked = node.asked_to_end.heard().map(|()| Told::AskedToEnd);
        let notice = changes.next().map(Told::Notice);
        match or(or(interrupted, asked), notice).await {
            Told::Notice(Some(Notice::Event(event))) => {
                if let Event::LetGo(follower) = *event {
                    return over(follower, screen);
                }
            }
            Told::Notice(Some(Notice::Missed(_))) => {}
            Told::Notice(None) => return Over::Ended,
            Told::Interrupt(GO_ON) if !ending => {
                hand_over(node, Follower::SameProcess, screen).await;
            }
            Told::Interrupt(LEAVE) if !ending => {
                hand_over(node, Follower::OtherProcess, screen).await;
            }
            Told::Interrupt(_) => {
                told(service::stopping(), screen);
                screen.try_show(move |show| show.interrupted(ending));
                match ending {
                    true => node.kill().await,
                    false => node.end().await,
                }
                ending = true;
            }
            Told::AskedToEnd => {
                told(service::stopping(), screen);
                ending = true;
                node.end().await;
            }
        }
    }
}

/// The host has let go.
fn over(follower: Follower, screen: &mut Screen) -> Over {
    told(service::leaving(follower), screen);
    if follower == Follower::OtherProcess {
        let what = "what runs, runs on, and the next server goes on with it";
        screen.try_show(move |show| show.warning(what));
    }
    Over::LetGo(follower)
}

/// Somebody wants another life of this server to go on with its daemons.
async fn hand_over(node: &Node, follower: Follower, screen: &mut Screen) {
    if let Err(error) = asked(node, follower).await {
        let why = format!("not handed over: {error}");
        told(service::staying(&why), screen);
        screen.try_show(move |show| show.warning(&why));
    }
}

/// Who goes on in another process has looked whether it can.
async fn asked(node: &Node, follower: Follower) -> Result<(), String> {
    if follower == Follower::SameProcess {
        let tried = (node.may_go_on)().await;
        tried.map_err(|why| why.to_string())?;
    }
    let asked = node.handle.command(Command::HandOver(follower)).await;
    asked.map(drop).map_err(|error| error.to_string())
}

/// The service manager was told something, or could not be.
pub(super) fn told(told: io::Result<()>, screen: &mut Screen) {
    if let Err(error) = told {
        let text = format!("the service manager cannot be told: {error}");
        screen.try_show(move |show| show.warning(&text));
    }
}

/// What a server hears.
enum Told {
    Notice(Option<Notice>),
    Interrupt(u8),
    AskedToEnd,
}
