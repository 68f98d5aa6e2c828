//! The supervision of one child.

use crate::{
    Action, Death, Ended, Escalation, Event, Input, Jitter, Phase, Policy, Status, StopSequence,
    Verdict,
    policy::Tries,
    startup::{Warmed, Warming},
};
use alloc::{sync::Arc, vec::Vec};
use collodi_command::Exit;
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};

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

#[derive(Clone, Debug)]
enum State {
    New,
    Starting {
        spawn: ActionId,
        then: Option<Then>,
    },
    Running {
        spawn: ActionId,
        pid: Option<u32>,
        /// What it waits for until it is up.
        warming: Option<Warming>,
    },
    /// The leader ended by itself; its leftovers may end by themselves until `at`.
    Lingering {
        spawn: ActionId,
        at: Instant,
    },
    /// Signals are being sent until nothing is left.
    Ending {
        spawn: ActionId,
        pid: Option<u32>,
        then: Then,
        escalation: Escalation,
    },
    Waiting {
        until: Instant,
    },
    /// No life begins before somebody says so.
    Held,
    Ended(Ended),
}

/// What a life fell short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Early {
    /// It ended while it was warming.
    Ended,
    /// It was not ready in time.
    NotReady,
}

/// What comes after the tree is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Stop,
    /// As `Stop`, without the grace period.
    Kill,
    StartAgain,
    Hold,
    AskPolicy,
}

impl Supervisor {
    /// A child that is not started yet. Equal seeds give equal delays; children can share
    /// a policy.
    pub fn new(policy: impl Into<Arc<Policy>>, stop: StopSequence, seed: u64) -> Self {
        Self {
            policy: policy.into(),
            stop,
            jitter: Jitter::new(seed),
            state: State::New,
            tries: Tries::default(),
            last_delay: Duration::ZERO,
            last_exit: None,
            life_exit: None,
            early: None,
            last_death: None,
            started_at: None,
            out: Outbox::new(),
        }
    }

    /// A child that an earlier supervisor has started again `restarts` times by itself.
    #[must_use]
    pub const fn resumed(mut self, restarts: u32) -> Self {
        self.tries.total = restarts;
        self
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
            phase: self.phase(),
            pid,
            started_at,
            restarts,
            last_exit: self.last_exit,
            last_death: self.last_death,
            next_start,
        }
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

    const fn phase(&self) -> Phase {
        match &self.state {
            State::New => Phase::New,
            State::Starting {
                then: Some(Then::Stop | Then::Kill),
                ..
            } => Phase::Stopping,
            State::Starting { .. } => Phase::Starting,
            State::Running {
                warming: Some(_), ..
            } => Phase::Warming,
            State::Running { .. } => Phase::Running,
            State::Lingering { .. }
            | State::Ending {
                then: Then::AskPolicy,
                ..
            } => Phase::Clearing,
            State::Waiting { .. } => Phase::Crashed,
            State::Ending { .. } => Phase::Stopping,
            State::Held => Phase::Held,
            State::Ended(ended) => Phase::Ended(*ended),
        }
    }

    fn start(&mut self) {
        match &mut self.state {
            State::New | State::Held => self.spawn(),
            State::Starting { then, .. } if *then == Some(Then::Hold) => *then = None,
            State::Ending { then, .. } if *then == Then::Hold => *then = Then::StartAgain,
            _ => {}
        }
    }

    fn end(&mut self, now: Instant, then: Then) {
        match &mut self.state {
            State::New | State::Waiting { .. } | State::Held if then.is_stop() => {
                self.finish(Ended::Stopped);
            }
            State::New | State::Held if then == Then::Hold => {}
            State::Waiting { .. } if then == Then::Hold => self.state = State::Held,
            // What is held waits on.
            State::Held => {}
            State::New | State::Waiting { .. } => self.spawn(),
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
        let (mut escalation, mut signal) = Escalation::begin(self.stop.clone(), now);
        if then == Then::Kill {
            signal = escalation.hurry(now);
        }
        if then != Then::AskPolicy {
            self.out.event(Event::Stopping);
        }
        self.out.action(Action::Signal(signal));
        let then = if then.is_stop() { Then::Stop } else { then };
        self.state = State::Ending {
            spawn,
            pid,
            then,
            escalation,
        };
    }

    fn spawned(&mut self, now: Instant, id: ActionId, pid: Option<u32>) -> Result<(), Stale> {
        self.out.progress(id)?;
        if let State::Starting { spawn, then } = self.state
            && spawn == id
        {
            self.started_at = Some(now);
            self.out.event(Event::Started { pid });
            match then {
                None => {
                    let warmed = Warming::begin(self.policy.startup, now);
                    self.warmed(now, spawn, pid, warmed);
                }
                Some(then) => self.begin_ending(now, spawn, pid, then),
            }
        }
        Ok(())
    }

    /// A child that lives has come this far.
    fn warmed(&mut self, now: Instant, spawn: ActionId, pid: Option<u32>, warmed: Warmed) {
        let warming = match warmed {
            Warmed::Not(warming) => Some(warming),
            Warmed::Up => None,
            Warmed::TooLate => {
                self.out.event(Event::NotReady);
                self.early = Some(Early::NotReady);
                return self.begin_ending(now, spawn, pid, Then::AskPolicy);
            }
        };
        if warming.is_none() && self.policy.startup != crate::Startup::default() {
            self.out.event(Event::Up);
        }
        self.state = State::Running {
            spawn,
            pid,
            warming,
        };
    }

    fn ready(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
        self.out.progress(id)?;
        if let State::Running {
            spawn,
            pid,
            warming: Some(warming),
        } = self.state
            && spawn == id
        {
            self.warmed(now, spawn, pid, warming.ready());
        }
        Ok(())
    }

    fn spawn_failed(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
        let State::Starting { spawn, then } = self.state else {
            return Err(Stale(id));
        };
        if spawn != id {
            return Err(Stale(id));
        }
        self.out.complete(id)?;
        self.out.event(Event::SpawnFailed);
        match then {
            Some(Then::Stop | Then::Kill) => self.finish(Ended::Stopped),
            Some(Then::StartAgain) => self.spawn(),
            Some(Then::Hold) => self.state = State::Held,
            Some(Then::AskPolicy) | None => self.ask_policy(now, Death::SpawnFailed),
        }
        Ok(())
    }

    fn exited(&mut self, now: Instant, id: ActionId, exit: Exit) -> Result<(), Stale> {
        self.out.progress(id)?;
        if self.life_exit.is_some() {
            return Ok(());
        }
        match &mut self.state {
            State::Starting { spawn, .. } if *spawn == id => {
                self.spawned(now, id, None)?;
                return self.exited(now, id, exit);
            }
            State::Running { spawn, warming, .. } if *spawn == id => {
                self.early = warming.is_some().then_some(Early::Ended);
                self.out.event(Event::Exited(exit));
                self.state = State::Lingering {
                    spawn: id,
                    at: now + LINGER,
                };
            }
            State::Ending { spawn, pid, .. } if *spawn == id => {
                *pid = None;
                self.out.event(Event::Exited(exit));
            }
            _ => return Err(Stale(id)),
        }
        self.life_exit = Some(exit);
        self.last_exit = Some(exit);
        Ok(())
    }

    fn emptied(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
        self.complete_spawn(id)?;
        let exit = self.life_exit.unwrap_or(Exit::Unknown);
        self.last_exit = Some(exit);
        match self.state {
            State::Starting {
                then: Some(Then::Stop | Then::Kill),
                ..
            }
            | State::Ending {
                then: Then::Stop, ..
            } => self.finish(Ended::Stopped),
            State::Ending {
                then: Then::StartAgain,
                ..
            } => self.spawn(),
            State::Starting {
                then: Some(Then::Hold),
                ..
            }
            | State::Ending {
                then: Then::Hold, ..
            } => self.state = State::Held,
            _ => self.ask_policy(now, self.death(exit)),
        }
        Ok(())
    }

    fn complete_spawn(&mut self, id: ActionId) -> Result<(), Stale> {
        if self.current_spawn() == Some(id) {
            self.out.complete(id)
        } else {
            Err(Stale(id))
        }
    }

    const fn current_spawn(&self) -> Option<ActionId> {
        match &self.state {
            State::Starting { spawn, .. }
            | State::Running { spawn, .. }
            | State::Lingering { spawn, .. }
            | State::Ending { spawn, .. } => Some(*spawn),
            State::New | State::Waiting { .. } | State::Held | State::Ended(_) => None,
        }
    }

    /// How the life ended that is over.
    const fn death(&self, exit: Exit) -> Death {
        match (self.early, &self.state) {
            (Some(Early::NotReady), _) => Death::NotReady,
            (Some(Early::Ended), _)
            | (
                None,
                State::Running {
                    warming: Some(_), ..
                },
            ) => Death::EndedEarly(exit),
            (None, _) => Death::Exited(exit),
        }
    }

    /// The life is over: what does the policy say?
    fn ask_policy(&mut self, now: Instant, death: Death) {
        self.last_death = Some(death);
        if matches!(death, Death::Exited(_)) && self.was_stable(now) {
            self.tries.start_over();
        }
        match (self.policy.verdict(death), self.policy.give_up) {
            (Verdict::Leave, _) => self.finish(Ended::of(death)),
            (_, Some(give_up)) if self.tries.exceeded(give_up, now) => {
                self.finish(Ended::GaveUp(give_up));
            }
            (Verdict::RestartNow, _) if self.lived(now) >= self.policy.backoff.initial => {
                self.tries.record(now);
                self.spawn();
            }
            _ => self.wait(now),
        }
    }

    fn was_stable(&self, now: Instant) -> bool {
        let needed = self
            .policy
            .stable_after
            .max(self.last_delay.saturating_mul(2));
        self.started_at.is_some() && self.lived(now) >= needed
    }

    /// How long the last life was.
    fn lived(&self, now: Instant) -> Duration {
        let lived = |at| now.saturating_since(at);
        self.started_at.map_or(Duration::ZERO, lived)
    }

    fn wait(&mut self, now: Instant) {
        let delay = self
            .policy
            .backoff
            .delay(self.tries.consecutive, &mut self.jitter);
        self.last_delay = delay;
        self.state = State::Waiting { until: now + delay };
        self.out.event(Event::Restarting {
            delay,
            restart: self.tries.total.saturating_add(1),
        });
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

    fn spawn(&mut self) {
        self.life_exit = None;
        self.early = None;
        let spawn = self.out.action(Action::Spawn);
        self.state = State::Starting { spawn, then: None };
    }

    fn finish(&mut self, ended: Ended) {
        self.state = State::Ended(ended);
    }

    fn deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Waiting { until } => Some(Deadline::new(*until, "backoff")),
            State::Running { warming, .. } => warming.as_ref().and_then(Warming::deadline),
            State::Lingering { at, .. } => Some(Deadline::new(*at, "leftovers")),
            State::Ending { escalation, .. } => Some(escalation.deadline()),
            _ => None,
        }
    }
}

impl Then {
    const fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::Kill)
    }

    /// A stop that was asked for stays asked for.
    fn or_stop(self, planned: Option<Self>) -> Self {
        match planned {
            Some(Self::Kill) => Self::Kill,
            Some(Self::Stop) if self != Self::Kill => Self::Stop,
            // What is held does not start because somebody wants a new life.
            Some(Self::Hold) if self == Self::StartAgain => Self::Hold,
            _ => self,
        }
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
            Input::Start => self.start(),
            Input::Stop => self.end(now, Then::Stop),
            Input::Hold => self.end(now, Then::Hold),
            Input::Restart => self.end(now, Then::StartAgain),
            Input::Kill => self.kill(now),
            Input::Spawned(id, pid) => return self.spawned(now, id, pid),
            Input::SpawnFailed(id) => return self.spawn_failed(now, id),
            Input::Exited(id, exit) => return self.exited(now, id, exit),
            Input::Emptied(id) => return self.emptied(now, id),
            Input::Ready(id) => return self.ready(now, id),
            Input::Signalled(id) if self.current_spawn() == Some(id) => return Err(Stale(id)),
            Input::Signalled(id) => return self.out.complete(id),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match (self.out.pop(), &self.state) {
            (Some(output), _) => output,
            (None, State::Ended(ended)) => Output::Done(*ended),
            (None, _) => Output::Wait(self.deadline()),
        }
    }
}
