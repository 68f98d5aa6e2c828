//! What is seen of a run until all that comes from it has ended.

use super::seat::{Seat, Told};
use crate::{
    interrupts::LEAVE,
    node::{Closing, Node},
    prompt::{self, AtHost},
};
use collodi_driver::{Events, HostHandle, Notice};
use collodi_host::{
    Command, Event, Follower, Host, Process, ProcessEvent, ProcessId, RunEvent, RunId,
};
use collodi_restart::Phase;
use collodi_run::{Event as Step, Outcome, Status};
use futures::{FutureExt as _, StreamExt as _};
use futures_lite::future::or;
use std::{process::ExitCode, sync::Arc};

/// Shows what happens until everything has ended.
pub(super) async fn watch(mut state: Watch, node: &mut Node, seat: &mut Seat) -> Watch {
    loop {
        match seat.next(&mut node.asked_to_end).await {
            Told::Notice(notice) => {
                state.follower = let_go(&notice);
                if state.follower.is_some() {
                    return state;
                }
                if let Some(signal) = state.notice(notice, node, seat).await {
                    state.interrupted(signal, node, seat).await;
                }
            }
            Told::Over => break,
            Told::Line(line) => {
                let desk = at_host(&node.handle, &state.run);
                seat.prompt.answer(&desk, line).await;
            }
            Told::Signal(signal) => state.interrupted(signal, node, seat).await,
            Told::AskedToEnd => {
                state.ending = true;
                seat.hurry();
                node.end().await;
            }
        }
        if !state.ending && state.is_over(&node.handle).await {
            state.ending = true;
            node.end_of(&state.app).await;
        }
    }
    wait_for_the_end(state, node, seat).await
}

/// Nothing is shown any more: waits until all has ended, or what is left is the next server's.
async fn wait_for_the_end(mut state: Watch, node: &mut Node, seat: &mut Seat) -> Watch {
    loop {
        let ended = node.ended_or_asked().map(Last::Node);
        let left = left_to(&mut seat.events).map(Last::Left);
        let interrupted = seat.interrupts.next().map(|_| Last::Signal);
        match or(or(ended, left), interrupted).await {
            Last::Node(Closing::Over) => return state,
            Last::Node(Closing::Asked) => node.end().await,
            Last::Left(follower) => {
                state.follower = Some(follower);
                return state;
            }
            Last::Signal => node.kill().await,
        }
    }
}

/// What is waited for when nothing is shown any more.
enum Last {
    Node(Closing),
    Left(Follower),
    Signal,
}

/// For whom the host lets go, when it does; what else it tells is not shown.
async fn left_to(events: &mut Events) -> Follower {
    while let Some(notice) = events.next().await {
        if let Some(follower) = let_go(&notice) {
            return follower;
        }
    }
    std::future::pending().await
}

/// What is known of the run and what comes from it: its daemons, and the scripts that
/// it starts with theirs. Others may use the server too.
#[derive(Debug)]
pub(super) struct Watch {
    run: RunId,
    app: Arc<str>,
    run_ended: bool,
    run_failed: bool,
    /// Something ended since the host was asked whether all did.
    something_ended: bool,
    pub(super) failed: bool,
    ending: bool,
    /// All steps are done, and what they started is there to stay.
    serving: bool,
    /// The signal that ended the run before it was done.
    pub(super) signal: Option<u8>,
    /// Who goes on with what lives.
    pub(super) follower: Option<Follower>,
}

impl Watch {
    pub(super) fn of(run: RunId, app: Arc<str>) -> Self {
        Self {
            run,
            app,
            run_ended: false,
            run_failed: false,
            something_ended: false,
            failed: false,
            ending: false,
            serving: false,
            signal: None,
            follower: None,
        }
    }

    /// Of a run that an earlier server has left, and of which something lives.
    pub(super) fn of_left(run: RunId, app: Arc<str>, has_ended: bool) -> Self {
        Self {
            run_ended: has_ended,
            serving: !has_ended,
            something_ended: true,
            ..Self::of(run, app)
        }
    }

    /// Whether what has ended has failed; none where somebody goes on with all of it.
    pub(super) fn ended(&self) -> Option<bool> {
        let goes_on = self.follower.is_some() && !self.ending;
        (!goes_on).then_some(self.failed)
    }

    /// As shells say it: what a signal ended has 128 and its number.
    pub(super) fn code(&self) -> ExitCode {
        match self.signal {
            Some(signal) => ExitCode::from(128 + signal),
            None if self.failed => ExitCode::FAILURE,
            None => ExitCode::SUCCESS,
        }
    }

    async fn interrupted(&mut self, signal: u8, node: &Node, seat: &mut Seat) {
        let again = self.ending;
        if signal == LEAVE && !again {
            return leave(node, seat).await;
        }
        seat.prompt.close();
        seat.hurry();
        seat.screen.try_show(move |show| show.interrupted(again));
        if !self.run_ended && !self.serving {
            self.signal.get_or_insert(signal);
        }
        match again {
            true => node.kill().await,
            false => self.stop(node).await,
        }
        self.ending = true;
    }

    /// Somebody stops the app, which is remembered, and with it all else that was begun here.
    async fn stop(&self, node: &Node) {
        // Of an app that has ended nothing is to be stopped.
        let stop = Command::StopApp(self.app.to_string());
        let _ = node.handle.command(stop).await;
        node.end_of(&self.app).await;
    }

    /// Shows what happened. A signal, when one came meanwhile.
    async fn notice(&mut self, notice: Notice, node: &Node, seat: &mut Seat) -> Option<u8> {
        match notice {
            Notice::Event(event) => {
                let shown = event.clone();
                seat.screen.show(move |show| show.event(&shown)).await;
                self.event(&event, &node.handle).await;
                let asked = question_of(&event);
                let signal = match asked.is_some() {
                    true => seat.shown().await,
                    false => None,
                };
                asked
                    .into_iter()
                    .for_each(|name| seat.prompt.has_shown(name));
                if may_ask(&event) && !self.ending && signal.is_none() {
                    seat.prompt.look(&at_host(&node.handle, &self.run)).await;
                }
                signal
            }
            Notice::Missed(events) => {
                seat.screen.show(move |show| show.missed(events)).await;
                if let Some(event) = self.look(&node.handle).await {
                    seat.screen.try_show(move |show| show.event(&event));
                }
                if !self.ending {
                    seat.prompt
                        .look_anew(&at_host(&node.handle, &self.run))
                        .await;
                }
                None
            }
        }
    }

    async fn event(&mut self, event: &Event, host: &HostHandle) {
        match event {
            Event::Run {
                run,
                what: RunEvent::Step(Step::Serving),
                ..
            } => self.serving |= *run == self.run,
            Event::Run {
                run,
                what: RunEvent::Ended(outcome),
                ..
            } => {
                self.something_ended = true;
                if *run == self.run {
                    self.run_ended(outcome);
                }
            }
            Event::Process {
                process,
                what: ProcessEvent::Ended(ended),
                ..
            } => {
                self.something_ended = true;
                if ended.is_failure() && !self.ending {
                    self.failed |= self.is_ours(process, host).await;
                }
            }
            _ => {}
        }
    }

    fn run_ended(&mut self, outcome: &Outcome) {
        self.run_ended = true;
        self.something_ended = true;
        self.run_failed |= matches!(outcome.status, Status::Failed(_));
        self.failed |= !outcome.is_success();
    }

    /// Whether the run, or a script that it started, started this daemon.
    async fn is_ours(&self, process: &ProcessId, host: &HostHandle) -> bool {
        let (run, process) = (self.run.clone(), process.clone());
        let is_ours = host.query(move |host| is_ours(host, &run, &process)).await;
        // A host that is gone tells so by the end of its events.
        is_ours.unwrap_or(false)
    }

    /// Events were missed: asks the host how things are. The end of the run, when that
    /// was among them.
    async fn look(&mut self, host: &HostHandle) -> Option<Event> {
        let run = self.run.clone();
        let found = host.query(move |host| {
            let entry = host.run(&run);
            let outcome = entry.and_then(|run| Some((run.app().into(), run.outcome()?.clone())));
            (outcome, has_failed(host, &run))
        });
        // A host that is gone tells so by the end of its events.
        let (outcome, failed) = found.await.ok()?;
        self.failed |= failed && !self.ending;
        self.something_ended = true;
        let (app, outcome) = outcome.filter(|_| !self.run_ended)?;
        self.run_ended(&outcome);
        let (run, what) = (self.run.clone(), RunEvent::Ended(outcome));
        Some(Event::Run { run, app, what })
    }

    /// The run has failed, or nothing that comes from it lives. What has failed may be told
    /// only after that.
    async fn is_over(&mut self, host: &HostHandle) -> bool {
        if !self.run_ended || !core::mem::take(&mut self.something_ended) {
            return false;
        }
        let run = self.run.clone();
        let found = host.query(move |host| (host.is_alive(&run), has_failed(host, &run)));
        // A host that is gone tells so by the end of its events.
        let (lives, failed) = found.await.unwrap_or_default();
        self.failed |= failed;
        self.run_failed || !lives
    }
}

/// Somebody wants what lives to be left to the next server. What that could not go on with is
/// told, and goes on here.
async fn leave(node: &Node, seat: &mut Seat) {
    let leave = Command::HandOver(Follower::OtherProcess);
    if let Err(error) = node.handle.command(leave).await {
        let why = format!("not left to another server: {error}");
        seat.screen.try_show(move |show| show.warning(&why));
    }
}

/// For whom the host has let go.
fn let_go(notice: &Notice) -> Option<Follower> {
    match notice {
        Notice::Event(event) => match **event {
            Event::LetGo(follower) => Some(follower),
            _ => None,
        },
        Notice::Missed(_) => None,
    }
}

/// The question that an event puts.
fn question_of(event: &Event) -> Option<prompt::Name> {
    match event {
        Event::Run {
            run,
            what: RunEvent::Step(Step::Asks(question)),
            ..
        } => Some((run.to_string(), question.number)),
        _ => None,
    }
}

/// Whether there may be something else to ask.
const fn may_ask(event: &Event) -> bool {
    let Event::Run { what, .. } = event else {
        return false;
    };
    matches!(
        what,
        RunEvent::Step(Step::Asks(_) | Step::Answered { .. }) | RunEvent::Ended(_)
    )
}

const fn at_host<'a>(host: &'a HostHandle, origin: &'a RunId) -> AtHost<'a> {
    AtHost { host, origin }
}

/// Whether a daemon of the run, or of a script that it started, has ended as a failure.
fn has_failed(host: &Host, run: &RunId) -> bool {
    let failed =
        |p: &Process| matches!(p.status().phase, Phase::Ended(ended) if ended.is_failure());
    let mut failed = host.processes().filter(|p| failed(p));
    failed.any(|p| is_ours(host, run, p.id()))
}

fn is_ours(host: &Host, run: &RunId, process: &ProcessId) -> bool {
    let by = host.process(process).and_then(|p| host.run(p.run()));
    by.is_some_and(|by| by.origin() == run)
}
