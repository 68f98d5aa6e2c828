//! What of a life lives on when it is to be over.

use super::Process;
use crate::{
    event::ProcessEvent,
    shared::{Child, Role, Shared},
};
use alloc::{format, string::String, vec::Vec};
use collodi_action::Action;
use collodi_command::Member;
use collodi_machine::ActionId;
use collodi_restart::Phase;
use collodi_time::{Deadline, Duration, Instant};

/// The wait before it is asked what keeps an end waiting.
const LOOK: Duration = Duration::from_secs(1);
/// The most processes that are named in a line.
const NAMED: usize = 5;

impl Process {
    /// Its leader has ended by itself, and what lives of it is ended: asks who that is, before they
    /// are told.
    pub(super) fn look_at_leftovers(&self, shared: &mut Shared) {
        if let Some(life) = self.life {
            let action = Action::Members(self.daemon.command.tree.clone());
            self.ask(Some(life.spawn), Role::Members, action, shared);
        }
    }

    /// Says who is ended with the leader of that life: a program that goes to the background would end, and
    /// nobody would know why.
    pub(super) fn left_behind(
        &mut self,
        now: Instant,
        spawn: ActionId,
        members: &[Member],
        shared: &mut Shared,
    ) {
        let life = self.life.filter(|life| life.spawn == spawn);
        let Some(exit) = life.and_then(|life| life.exit) else {
            return;
        };
        if members.is_empty() {
            return;
        }
        self.note_exit(now, exit, shared);
        let advice = match exit.is_success() {
            true => ". A daemon ends with its first process, and has to stay in the foreground",
            false => "",
        };
        let text = format!("Ending what that left behind: {}{advice}", named(members));
        self.note(now, &text, shared);
    }

    pub(super) fn look_later(&self, now: Instant, shared: &mut Shared) {
        let look = Deadline::new(now + LOOK, "what still lives?");
        shared.wait(Child::Members(self.id.clone()), Some(look));
    }

    pub(super) fn looks_no_more(&mut self, shared: &mut Shared) {
        self.lingering.clear();
        shared.wait(Child::Members(self.id.clone()), None);
    }

    /// Asks what of it still lives.
    pub(crate) fn look(&self, shared: &mut Shared) {
        if self.life.is_some() {
            let action = Action::Members(self.daemon.command.tree.clone());
            self.ask(None, Role::Members, action, shared);
        }
    }

    pub(super) fn looked(&mut self, now: Instant, members: Vec<Member>, shared: &mut Shared) {
        let is_ending = matches!(self.status().phase, Phase::Stopping | Phase::Clearing);
        if !is_ending || self.life.is_none() {
            return;
        }
        if self.lingering != members {
            self.lingering = members;
            self.tell(ProcessEvent::Lingers(self.lingering.clone()), shared);
        }
        self.look_later(now, shared);
    }
}

/// Processes in a line.
fn named(members: &[Member]) -> String {
    let shown = members.iter().take(NAMED);
    let shown = shown.map(|member| format!("{} (pid={})", member.name, member.pid));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match members.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
