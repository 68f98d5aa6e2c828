//! The next host goes on with the daemons: it hears when all that it needs is written down.

use super::Sheet;
use crate::{
    Accepted, Event, Follower, Host, Process, Refused, RunEntry, event::JournalEvent, shared::Child,
};
use alloc::{string::ToString, vec::Vec};
use collodi_time::{Deadline, Duration, Instant};

/// How long the next host waits at most until all is written down for it.
const MOST_TO_WRITE: Duration = Duration::from_secs(20);

impl Host {
    /// Another host follows. What is not a daemon would be lost.
    pub(crate) fn hand_over_asked(
        &mut self,
        now: Instant,
        follower: Follower,
    ) -> Result<Accepted, Refused> {
        if !self.shared.journal.is_on() {
            return Err(Refused::NoJournal);
        }
        if self.shared.journal.follower.is_some() {
            return Err(Refused::HandingOver);
        }
        let is_lost = |run: &&RunEntry| run.outcome().is_none() && !run.is_all_kept();
        let run = self.runs().find(is_lost).map(|run| run.id().to_string());
        let env = || self.envs.keys().next().map(ToString::to_string);
        let alone = || self.left_alone_ending().map(ToString::to_string);
        let what = run.or_else(env).or_else(|| self.changing.any());
        if let Some(what) = what.or_else(alone) {
            return Err(Refused::UnderWay(what));
        }
        self.hand_over(now, follower);
        Ok(Accepted::UnderWay)
    }

    /// For whom it has let go: what it was told of that may have come before anybody listened.
    pub const fn let_go(&self) -> Option<Follower> {
        self.shared.journal.let_go
    }

    /// Whether it does no more, as another host has all: nobody has told it since to end everything.
    pub(crate) const fn has_left(&self) -> bool {
        let ends_all = self.shutting_down && self.spares.is_none();
        self.shared.journal.let_go.is_some() && !ends_all
    }

    /// Tells who waits that all is written down.
    pub(crate) fn let_go_when_clean(&mut self) {
        let journal = &self.shared.journal;
        if journal.follower.is_none() || !journal.is_clean() {
            return;
        }
        if !self.processes().all(Process::can_be_found) {
            return;
        }
        self.let_go_now();
    }

    /// It has taken too long: whoever waits for it gives up as well. A host that ends does not stay
    /// for that: the next one has what was written before.
    pub(crate) fn stay(&mut self) {
        if self.spares.is_some() {
            return self.let_go_now();
        }
        self.shared.journal.follower = None;
        self.tell(JournalEvent::NotHandedOver);
    }

    fn let_go_now(&mut self) {
        if let Some(follower) = self.shared.journal.follower.take() {
            self.shared.wait(Child::HandOver, None);
            self.shared.journal.let_go = Some(follower);
            self.shared.out.event(Event::LetGo(follower));
        }
    }

    /// Whoever comes after goes on with the daemons: tells when all that is needed for that
    /// is written down. Nothing begins until then. A disk that takes nothing for long ends it.
    pub(crate) fn hand_over(&mut self, now: Instant, follower: Follower) {
        let living = self.processes().filter(|process| !process.has_ended());
        let ids: Vec<_> = living.map(|process| process.id().clone()).collect();
        ids.iter().for_each(|id| self.note_process(id));
        self.shared.put_again(&Sheet::Trees);
        self.shared.journal.follower = Some(follower);
        let deadline = Deadline::new(now + MOST_TO_WRITE, "the next host");
        self.shared.wait(Child::HandOver, Some(deadline));
    }
}
