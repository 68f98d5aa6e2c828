//! The supervision of one child.

mod life;
mod state;
mod verdict;

use crate::{
    Action, Course, Death, Ended, Ending, Escalation, Event, Input, Jitter, Pause, Phase, Policy,
    Standing, Status, StopSequence, policy::Tries,
};
use alloc::{sync::Arc, vec::Vec};
use collodi_command::Exit;
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Duration, Instant};
use state::{Early, State, Then};

/// How long what a dead leader left behind may take to end by itself.
const LINGER: Duration = Duration::from_millis(50);

/// The supervision of one child, from its first start to its last end.
#[derive(Clone, Debug)]
pub struct Supervisor {
    policy: Arc<Policy>,
    stop: StopSequence,
    jitter: Jitter,
    state: State,
    tries: Tries,
    last_delay: Duration,
    last_exit: Option<Exit>,
    life_exit: Option<Exit>,
    /// The life ended, or is being ended, before it was up.
    early: Option<Early>,
    last_death: Option<Death>,
    started_at: Option<Instant>,
    out: Outbox<Action, Event>,
}

impl Supervisor {
    /// A child that is not started yet. Equal seeds give equal delays; children can share
    /// a policy.
    pub fn new(policy: impl Into<Arc<Policy>>, stop: StopSequence, seed: u64) -> Self {
        Self::resumed(policy, stop, Standing::new(seed), Instant::ZERO)
    }

    /// A child that an earlier supervisor has left so, gone on with from `now`. A wait ends when it
    /// would have; it lasts no longer than its delay, and than the policy's longest, from `now` on:
    /// the clock may have been set back since. So do the time to get ready of a life that is taken
    /// over, and the waits between the signals to one that is being ended.
    pub fn resumed(
        policy: impl Into<Arc<Policy>>,
        stop: StopSequence,
        standing: Standing,
        now: Instant,
    ) -> Self {
        let policy = policy.into();
        let last_delay = standing.last_delay.min(policy.backoff.cap);
        let dying = standing.ending.and_then(Ending::death);
        Self {
            policy,
            stop,
            jitter: standing.jitter,
            state: match (standing.ended, standing.pause) {
                (Some(ended), _) => State::Ended(ended),
                (None, None) => State::New {
                    then: standing.ending.map(Then::of),
                    course: standing.course,
                },
                (None, Some(Pause::Held(until))) => State::Held {
                    until: until.map(|at| at.min(now + last_delay)),
                },
                (None, Some(Pause::Until(at))) => State::Waiting {
                    until: at.min(now + last_delay),
                },
            },
            tries: Tries::counted(&standing, now),
            last_delay,
            last_exit: standing.last_exit,
            life_exit: dying.and_then(Death::exit),
            early: dying.and_then(Early::of),
            last_death: standing.last_death,
            started_at: standing.started_at,
            out: Outbox::new(),
        }
    }

    /// What another supervisor goes on from.
    pub fn standing(&self) -> Standing {
        Standing {
            restarts: self.tries.total,
            consecutive: self.tries.consecutive,
            recent: self.tries.counted_by(self.policy.give_up),
            last_delay: self.last_delay,
            last_exit: self.last_exit,
            last_death: self.last_death,
            started_at: self.started_at,
            pause: match self.state {
                State::Waiting { until } => Some(Pause::Until(until)),
                State::Held { until } => Some(Pause::Held(until)),
                _ => None,
            },
            ending: self.ending_at_hand(),
            course: self.state.course(),
            ended: match self.state {
                State::Ended(ended) => Some(ended),
                _ => None,
            },
            jitter: self.jitter,
        }
    }

    /// The supervision of the same child after the end of this one: with its policy, and from
    /// the beginning. The numbers of actions go on, so that an answer to one of the earlier
    /// supervision means nothing to the later.
    #[must_use]
    pub fn anew(&self, seed: u64) -> Self {
        Self {
            last_exit: self.last_exit,
            out: self.out.clone(),
            ..Self::new(self.policy.clone(), self.stop.clone(), seed)
        }
    }

    /// What it does after a death.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is known of it.
    pub const fn status(&self) -> Status {
        let (pid, next_start) = match &self.state {
            State::Running { pid, .. } | State::Ending { pid, .. } => (*pid, None),
            State::Waiting { until } => (None, Some(*until)),
            _ => (None, None),
        };
        let (started_at, restarts) = (self.started_at, self.tries.total);
        Status {
            phase: self.state.phase(),
            pid,
            started_at,
            restarts,
            last_exit: self.last_exit,
            last_death: self.death_at_hand(),
            next_start,
        }
    }

    /// The death whose leftovers are being ended, else the one before.
    const fn death_at_hand(&self) -> Option<Death> {
        match (self.state.phase(), self.life_exit) {
            (Phase::Clearing, Some(exit)) => Some(self.death(exit)),
            (Phase::Clearing, None) => Some(self.death(Exit::Unknown)),
            _ => self.last_death,
        }
    }

    fn ending_at_hand(&self) -> Option<Ending> {
        let death = || Ending::Death(self.death(self.life_exit.unwrap_or(Exit::Unknown)));
        Some(match self.state {
            State::Lingering { .. } => death(),
            State::New {
                then: Some(then), ..
            }
            | State::Starting {
                then: Some(then), ..
            }
            | State::Ending { then, .. } => match then {
                Then::Stop | Then::Kill => Ending::Stop,
                Then::StartAgain => Ending::Again,
                Then::Hold => Ending::Held,
                Then::AskPolicy => death(),
            },
            _ => return None,
        })
    }

    /// The delays before the next `count` restarts (at most 1 000), should each life end
    /// before it is stable: what the backoff will draw, the delay that runs first.
    pub fn next_delays(&self, count: usize) -> Vec<Duration> {
        let mut jitter = self.jitter;
        let runs = matches!(self.state, State::Waiting { .. });
        let tried = self.tries.consecutive.saturating_add(u32::from(runs));
        let drawn = (tried..=u32::MAX).map(|n| self.policy.backoff.delay(n, &mut jitter));
        let running = runs.then_some(self.last_delay);
        running
            .into_iter()
            .chain(drawn)
            .take(count.min(1_000))
            .collect()
    }

    fn start(&mut self, now: Instant) {
        match &mut self.state {
            State::Held { until: Some(until) } => {
                self.state = State::Waiting { until: *until };
                self.timeout(now);
            }
            State::New { .. } | State::Held { until: None } => self.spawn(),
            State::Starting { then, course, .. } if *then == Some(Then::Hold) => {
                let was_signalled = matches!(course, Some(Course::Signalled { .. }));
                *then = was_signalled.then_some(Then::StartAgain);
            }
            State::Ending { then, .. } if *then == Then::Hold => *then = Then::StartAgain,
            _ => {}
        }
    }

    fn end(&mut self, now: Instant, then: Then) {
        match &mut self.state {
            State::New { .. } | State::Waiting { .. } | State::Held { .. } if then.is_stop() => {
                self.finish(Ended::Stopped);
            }
            State::New {
                then: Some(planned),
                ..
            } if then == Then::Hold => {
                *planned = then.or_stop(Some(*planned));
            }
            State::New { .. } | State::Held { .. } if then == Then::Hold => {}
            State::Waiting { until } if then == Then::Hold => {
                let until = Some(*until);
                self.state = State::Held { until };
            }
            // What is held waits on, but no longer than for others.
            State::Held { until } => *until = None,
            State::New { then: planned, .. } => {
                *planned = planned.map(|planned| then.or_stop(Some(planned)));
                self.spawn();
            }
            State::Waiting { .. } => self.spawn(),
            State::Starting { then: planned, .. } => *planned = Some(then.or_stop(*planned)),
            State::Running { spawn, pid, .. } => {
                let (spawn, pid) = (*spawn, *pid);
                self.begin_ending(now, spawn, pid, then);
            }
            State::Lingering { spawn, .. } => {
                let spawn = *spawn;
                self.begin_ending(now, spawn, None, then);
            }
            State::Ending { then: planned, .. } => *planned = then.or_stop(Some(*planned)),
            State::Ended(_) => {}
        }
    }

    fn kill(&mut self, now: Instant) {
        if let State::Ending {
            escalation, then, ..
        } = &mut self.state
        {
            *then = Then::Stop;
            let signal = escalation.hurry(now);
            self.out.action(Action::Signal(signal));
        } else {
            self.end(now, Then::Kill);
        }
    }

    fn begin_ending(&mut self, now: Instant, spawn: ActionId, pid: Option<u32>, then: Then) {
        let stop = self.stop.clone();
        let (mut escalation, signal) = match self.state.course() {
            Some(Course::Signalled { step, until }) => {
                let mut escalation = Escalation::resumed(stop, step, until, now);
                let due = escalation.due(now);
                (escalation, due)
            }
            _ => {
                let (escalation, first) = Escalation::begin(stop, now);
                (escalation, Some(first))
            }
        };
        let hurried = (then == Then::Kill).then(|| escalation.hurry(now));
        if then != Then::AskPolicy {
            self.out.event(Event::Stopping);
        }
        if let Some(signal) = hurried.or(signal) {
            self.out.action(Action::Signal(signal));
        }
        let then = if then.is_stop() { Then::Stop } else { then };
        self.state = State::Ending {
            spawn,
            pid,
            then,
            escalation,
        };
    }

    fn timeout(&mut self, now: Instant) {
        match &mut self.state {
            State::Waiting { until } if *until <= now => {
                self.tries.record(now);
                self.spawn();
            }
            State::Running {
                spawn,
                pid,
                warming: Some(warming),
            } => {
                let (spawn, pid, warmed) = (*spawn, *pid, warming.at(now));
                self.warmed(now, spawn, pid, warmed);
            }
            State::Lingering { spawn, at } if *at <= now => {
                let spawn = *spawn;
                self.out.event(Event::Clearing);
                self.begin_ending(now, spawn, None, Then::AskPolicy);
            }
            State::Ending { escalation, .. } => {
                if let Some(signal) = escalation.due(now) {
                    self.out.action(Action::Signal(signal));
                }
            }
            _ => {}
        }
    }

    /// A life that an earlier supervisor was ending goes on to be ended, when it is taken over.
    fn spawn(&mut self) {
        let (then, course) = match self.state {
            State::New { then, course } => (then, course),
            _ => (None, None),
        };
        if then.is_none() {
            (self.life_exit, self.early) = (None, None);
        }
        let spawn = self.out.action(Action::Spawn);
        self.state = State::Starting {
            spawn,
            then,
            course,
        };
    }

    fn finish(&mut self, ended: Ended) {
        self.state = State::Ended(ended);
    }
}

impl Machine for Supervisor {
    type Input = Input;
    type Action = Action;
    type Event = Event;
    type Outcome = Ended;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Start => self.start(now),
            Input::Stop => self.end(now, Then::Stop),
            Input::Hold => self.end(now, Then::Hold),
            Input::Restart => self.end(now, Then::StartAgain),
            Input::Kill => self.kill(now),
            Input::Spawned(id, pid) => return self.spawned(now, id, pid, None),
            Input::TakenOver(id, pid, since) => return self.taken_over(now, id, pid, since),
            Input::SpawnFailed(id) => return self.spawn_failed(now, id),
            Input::Exited(id, exit) => return self.exited(now, id, exit),
            Input::Emptied(id) => return self.emptied(now, id),
            Input::Ready(id) => return self.ready(now, id),
            Input::Signalled(id) if self.state.spawn() == Some(id) => return Err(Stale(id)),
            Input::Signalled(id) => return self.out.complete(id),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match (self.out.pop(), &self.state) {
            (Some(output), _) => output,
            (None, State::Ended(ended)) => Output::Done(*ended),
            (None, _) => Output::Wait(self.state.deadline()),
        }
    }
}
