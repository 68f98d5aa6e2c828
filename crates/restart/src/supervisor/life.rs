//! The course of a life: it begins, comes up, and ends.

use super::{
    LINGER, Supervisor,
    state::{Early, State, Then},
};
use crate::{
    Death, Ended, Event,
    startup::{Warmed, Warming},
};
use collodi_command::Exit;
use collodi_machine::{ActionId, Stale};
use collodi_time::Instant;

impl Supervisor {
    pub(super) fn spawned(
        &mut self,
        now: Instant,
        id: ActionId,
        pid: Option<u32>,
        since: Option<Instant>,
    ) -> Result<(), Stale> {
        self.out.progress(id)?;
        if let State::Starting {
            spawn,
            then,
            course,
        } = &mut self.state
            && *spawn == id
        {
            // One that begins is not where another one was.
            *course = course.filter(|_| since.is_some());
            let (spawn, then, course) = (*spawn, *then, *course);
            let since = since.unwrap_or(now);
            self.started_at = Some(since);
            self.out.event(Event::Started { pid });
            match then {
                None => {
                    let warmed = Warming::begin(self.policy.startup, course, since, now);
                    self.warmed(now, spawn, pid, warmed);
                }
                Some(then) => {
                    if then == Then::AskPolicy && self.life_exit.is_some() {
                        self.out.event(Event::Clearing);
                    }
                    self.begin_ending(now, spawn, pid, then);
                }
            }
        }
        Ok(())
    }

    /// As [`spawned`](Self::spawned), of a life that began before. How that ends nobody may see: so
    /// one that is stable by now counts as such, if it may be up.
    pub(super) fn taken_over(
        &mut self,
        now: Instant,
        id: ActionId,
        pid: Option<u32>,
        since: Instant,
    ) -> Result<(), Stale> {
        let is_known = self.state.course().is_some();
        self.spawned(now, id, pid, Some(since))?;
        let may_be_up = match &self.state {
            State::Running { warming, .. } => warming.is_none() || !is_known,
            _ => false,
        };
        if may_be_up && self.was_stable(now) {
            self.tries.start_over();
        }
        Ok(())
    }

    /// A child that lives has come this far.
    pub(super) fn warmed(
        &mut self,
        now: Instant,
        spawn: ActionId,
        pid: Option<u32>,
        warmed: Warmed,
    ) {
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

    pub(super) fn ready(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
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

    pub(super) fn spawn_failed(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
        let State::Starting { spawn, then, .. } = self.state else {
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
            Some(Then::Hold) => self.state = State::Held { until: None },
            Some(Then::AskPolicy) | None => self.ask_policy(now, Death::SpawnFailed),
        }
        Ok(())
    }

    pub(super) fn exited(&mut self, now: Instant, id: ActionId, exit: Exit) -> Result<(), Stale> {
        self.out.progress(id)?;
        if self.life_exit.is_some() {
            return Ok(());
        }
        match &mut self.state {
            State::Starting { spawn, .. } if *spawn == id => {
                self.spawned(now, id, None, None)?;
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

    pub(super) fn emptied(&mut self, now: Instant, id: ActionId) -> Result<(), Stale> {
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
            } => self.state = State::Held { until: None },
            _ => self.ask_policy(now, self.death(exit)),
        }
        Ok(())
    }

    fn complete_spawn(&mut self, id: ActionId) -> Result<(), Stale> {
        if self.state.spawn() == Some(id) {
            self.out.complete(id)
        } else {
            Err(Stale(id))
        }
    }

    /// How the life ended that is over.
    pub(super) const fn death(&self, exit: Exit) -> Death {
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
}
