//! Who is started after whom, and ended before whom.
//!
//! A daemon is started when those that it depends on are up, and ended when those that
//! depend on it have ended; daemons that have nothing to do with each other go side by
//! side. What the death of one means for the others, their script says.

mod again;
mod graph;
mod ground;

pub(crate) use again::Again;
use ground::{Ground, Missing};

use crate::{Event, Host, Process, ProcessId, RunId, event::ProcessEvent, post::Post};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_restart::{Ended, Ending, Input, Phase, Status};
use collodi_script::Supervision;
use collodi_time::Instant;

/// The runs in which what becomes of one daemon is of interest to others. Those of most are not: so that is
/// no reason to look at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ties {
    groups: BTreeSet<RunId>,
    /// Those that are to be ended when it is their turn.
    to_end: BTreeSet<ProcessId>,
}

impl Ties {
    /// A daemon is known from here on.
    pub(crate) fn know(&mut self, process: &Process) {
        let depends = !process.depends_on().is_empty();
        if depends || process.supervision() != Supervision::OneForOne {
            self.groups.insert(process.run().clone());
        }
    }

    pub(crate) fn is_group(&self, run: &RunId) -> bool {
        self.groups.contains(run)
    }

    /// A daemon is no longer known; nor is any of its run, if it is the last.
    pub(crate) fn forget(&mut self, process: &Process, is_last: bool) {
        self.to_end.remove(process.id());
        if is_last {
            self.groups.remove(process.run());
        }
    }
}

impl Host {
    /// What a daemon that is not started yet, or not again, waits for: the names of others.
    pub fn waits_for(&self, process: &Process) -> Vec<String> {
        if process.lives_already() || !matches!(process.status().phase, Phase::New | Phase::Held) {
            return Vec::new();
        }
        match self.ground(process) {
            Ground::Firm | Ground::Gone(Missing::Unknown(_)) => Vec::new(),
            Ground::Waits(names) => names,
            Ground::Gone(Missing::Ended { name, .. }) => Vec::from([name]),
        }
    }

    /// Starts a daemon, now or when those that it depends on are up.
    pub(crate) fn begin_process(&mut self, now: Instant, id: &ProcessId) {
        let process = self.process(id).filter(|process| process.order.noted);
        match process.map(|process| self.ground(process)) {
            None => {}
            Some(Ground::Waits(names)) => self.tell_waits(id, names),
            Some(Ground::Gone(_)) => self.settle(now, id),
            Some(Ground::Firm) => {
                let start = Post::Process(id.clone(), Input::Start);
                self.shared.post.push_back(start);
            }
        }
    }

    fn tell_waits(&mut self, id: &ProcessId, names: Vec<String>) {
        let Some(process) = self.process(id) else {
            return;
        };
        self.shared.out.event(Event::Process {
            process: id.clone(),
            app: process.app().into(),
            what: ProcessEvent::Waits(names),
        });
    }

    /// The other daemons of its run, where they have something to do with each other.
    pub(crate) fn siblings<'h>(
        &'h self,
        process: &'h Process,
    ) -> impl Iterator<Item = &'h Process> + Clone {
        let all = self.ties.is_group(process.run()).then_some(&self.processes);
        let all = all.into_iter().flat_map(BTreeMap::values);
        let its = |p: &&Process| p.run() == process.run() && p.id() != process.id();
        all.map(AsRef::as_ref).filter(its)
    }

    /// Something has changed for a daemon: others may start, have to wait, or end.
    pub(crate) fn process_changed(&mut self, now: Instant, id: &ProcessId, before: &Status) {
        let Some(process) = self.process(id) else {
            return;
        };
        let after = process.status();
        if before.phase == after.phase {
            return;
        }
        if self.comes_again(id) {
            return self.begin_again(now, id);
        }
        if has_died(before, &after) {
            self.take_down_with(now, id);
        }
        if matches!(after.phase, Phase::Ended(ended) if brings_down(ended)) {
            self.bring_down_with(now, id);
        }
        self.note_change(now, id, before);
        self.advance_stops(id);
        self.settle_with(now, id);
    }

    /// Writes down what the next host has to know of a change.
    fn note_change(&mut self, now: Instant, id: &ProcessId, before: &Status) {
        let Some(process) = self.process(id) else {
            return;
        };
        let (after, run) = (process.status(), process.run().clone());
        let is_news = begins_to_end(process, before) || comes_up(process, before);
        if matches!(after.phase, Phase::Ended(_)) {
            self.note_process(id);
            self.note_kept_with(&run);
        } else if begins_to_wait(before, &after) || is_news {
            self.note_soon(now, id);
        }
    }

    /// Those that go down and come up again with this one, by what the script says.
    fn fellows(&self, id: &ProcessId) -> Vec<ProcessId> {
        let Some(process) = self.process(id) else {
            return Vec::new();
        };
        let mut fellows: Vec<_> = match process.supervision() {
            Supervision::OneForOne => Vec::new(),
            Supervision::OneForAll => self.siblings(process).collect(),
            Supervision::RestForOne => self.above(process),
        };
        fellows.retain(|p| !p.has_ended());
        fellows.into_iter().map(|p| p.id().clone()).collect()
    }

    /// It died and is started again: others go down and wait until it is up, but those that it waits for
    /// itself.
    fn take_down_with(&mut self, now: Instant, id: &ProcessId) {
        let (fellows, name) = (self.fellows(id), self.name_of(id));
        if fellows.is_empty() {
            return;
        }
        let below = self.process(id).map(|process| self.below(process));
        let below = below.unwrap_or_default().into_iter();
        let below: BTreeSet<_> = below.map(|p| p.id().clone()).collect();
        for fellow in &fellows {
            if let Some(process) = self.processes.get_mut(fellow) {
                process.take_down_with(now, &name, &mut self.shared);
                process.order.after = (!below.contains(fellow)).then(|| id.clone());
            }
        }
        // It is the first to come up, whatever it waited for itself.
        if let Some(process) = self.processes.get_mut(id) {
            process.order.after = None;
        }
        self.start_again(now, &fellows);
    }

    /// It has failed for good.
    fn bring_down_with(&mut self, now: Instant, id: &ProcessId) {
        let (fellows, name) = (self.fellows(id), self.name_of(id));
        let stays_down = !self.process(id).is_some_and(Process::begins_with_each_host);
        for fellow in &fellows {
            if let Some(process) = self.processes.get_mut(fellow) {
                process.bring_down_with(now, &name, stays_down, &mut self.shared);
            }
            self.note_process(fellow);
        }
        self.stop_daemons(&fellows);
    }

    /// What others call it.
    fn name_of(&self, id: &ProcessId) -> String {
        let name = self.process(id).and_then(Process::name);
        name.unwrap_or(id.as_str()).to_string()
    }

    /// It may run, and others that wait for what became of it: those that depend on it or come up after it, and
    /// those that it is ended before.
    pub(crate) fn settle_with(&mut self, now: Instant, id: &ProcessId) {
        self.settle(now, id);
        for id in self.waiting_for(id) {
            self.settle(now, &id);
        }
    }

    fn waiting_for(&self, id: &ProcessId) -> Vec<ProcessId> {
        let Some(process) = self.process(id) else {
            return Vec::new();
        };
        let below = match process.supervision() {
            Supervision::RestForOne => self.below(process),
            _ => Vec::new(),
        };
        let below: BTreeSet<_> = below.into_iter().map(Process::id).collect();
        let are_down = process.supervision() == Supervision::OneForAll
            && !self.siblings(process).any(Process::goes_down_for_another);
        let waits = |p: &&Process| matches!(p.status().phase, Phase::New | Phase::Held);
        let for_it = |p: &&Process| {
            let comes_after = p.order.after.as_ref() == Some(id);
            are_down || comes_after || p.depends_on_it(process) || below.contains(p.id())
        };
        let waiting = self.siblings(process).filter(waits).filter(for_it);
        waiting.map(|p| p.id().clone()).collect()
    }

    /// Starts a daemon that waits when it may run.
    pub(crate) fn settle(&mut self, now: Instant, id: &ProcessId) {
        let Some(process) = self.process(id) else {
            return;
        };
        let waits = matches!(process.status().phase, Phase::New | Phase::Held);
        if !waits || process.lives_already() || process.is_being_stopped() || !process.order.noted {
            return;
        }
        match self.ground(process) {
            Ground::Waits(_) => {}
            Ground::Firm => {
                if let Some(process) = self.processes.get_mut(id) {
                    process.order.after = None;
                }
                let start = Post::Process(id.clone(), Input::Start);
                self.shared.post.push_back(start);
            }
            // It waits until somebody starts that one.
            Ground::Gone(_) if process.has_lived() => {}
            Ground::Gone(missing) => {
                if let Some(process) = self.processes.get_mut(id) {
                    process.refuse(now, &missing.to_string(), &mut self.shared);
                }
            }
        }
    }

    /// What a deadline of a daemon means: one that would be started again waits as long
    /// as those that it depends on are down.
    pub(crate) fn process_due(&mut self, now: Instant, id: &ProcessId) {
        let crashed = |process: &&Process| matches!(process.status().phase, Phase::Crashed);
        let process = self.process(id).filter(crashed);
        let input = match process.map_or(Ground::Firm, |process| self.ground(process)) {
            Ground::Firm => Input::Timeout,
            Ground::Waits(_) => Input::Hold,
            Ground::Gone(missing) => {
                self.note_wait_for(now, id, &missing);
                Input::Hold
            }
        };
        self.process_input(now, id, input);
    }

    /// It would run, and does not before somebody starts what it depends on.
    fn note_wait_for(&mut self, now: Instant, id: &ProcessId, missing: &Missing) {
        if let Some(process) = self.processes.get_mut(id) {
            process.note(now, &format!("Waiting: {missing}"), &mut self.shared);
        }
    }

    /// Ends these daemons, each when those of them that depend on it have ended.
    pub(crate) fn stop_daemons(&mut self, ids: &[ProcessId]) {
        for id in ids {
            if let Some(process) = self.processes.get_mut(id).filter(|p| !p.has_ended()) {
                process.order.stop_asked = true;
                if process.order.again == Again::InTurn {
                    process.order.again = Again::No;
                }
            }
        }
        for id in ids {
            self.stop_in_turn(id);
        }
    }

    /// The end of this one, or a pause of its, may be what others waited for to end.
    fn advance_stops(&mut self, id: &ProcessId) {
        let Some(process) = self.process(id) else {
            return;
        };
        let needs = |of: &ProcessId| self.process(of).is_some_and(|of| process.depends_on_it(of));
        let is_its = |of: &&ProcessId| *of == id || needs(of);
        let its: Vec<_> = self.ties.to_end.iter().filter(is_its).cloned().collect();
        for id in its {
            match self.process(&id).is_some_and(|p| p.order.stop_asked) {
                true => self.stop_in_turn(&id),
                false => self.go_down_in_turn(&id),
            }
        }
    }

    fn stop_in_turn(&mut self, id: &ProcessId) {
        let Some(process) = self.process(id) else {
            return;
        };
        // It goes on first, and is ended then.
        if process.order.history.is_some() {
            self.ties.to_end.insert(id.clone());
            return;
        }
        let lives = matches!(
            process.status().phase,
            Phase::Starting | Phase::Warming | Phase::Running
        );
        let needs = |p: &Process| p.order.stop_asked && !p.has_ended() && p.depends_on_it(process);
        let is_needed = self.siblings(process).any(needs);
        match lives && is_needed {
            true => drop(self.ties.to_end.insert(id.clone())),
            false => self.stop_process(id),
        }
    }

    fn stop_process(&mut self, id: &ProcessId) {
        self.ties.to_end.remove(id);
        if let Some(process) = self.processes.get_mut(id).filter(|p| !p.order.stop_told) {
            process.order.stop_told = true;
            let stop = Post::Process(id.clone(), Input::Stop);
            self.shared.post.push_back(stop);
        }
    }
}

/// Whether it waits for its next start from here on, which another host has to know. Of a life that
/// has begun its process is noted; until then, who finds some of it knows that the wait is over.
fn begins_to_wait(before: &Status, after: &Status) -> bool {
    before.phase != after.phase && matches!(after.phase, Phase::Crashed | Phase::Held)
}

/// Whether its life is to be over, but not for good, and some of it may live on: what comes then is to be known
/// while it does.
fn begins_to_end(process: &Process, before: &Status) -> bool {
    let after = process.status().phase;
    let ends = matches!(after, Phase::Clearing | Phase::Stopping);
    before.phase != after && ends && process.standing().ending != Some(Ending::Stop)
}

/// Whether it was looked whether it is up, and it is: the next host does not look again.
fn comes_up(process: &Process, before: &Status) -> bool {
    process.spec().ready.is_some() && process.is_up() && before.phase != Phase::Running
}

/// Whether a death lies between the two, after which it is started again.
fn has_died(before: &Status, after: &Status) -> bool {
    let had_life = !matches!(before.phase, Phase::New | Phase::Held | Phase::Crashed);
    had_life && after.phase == Phase::Crashed
}

/// Whether an end of this kind is one that others should not go on after.
const fn brings_down(ended: Ended) -> bool {
    matches!(ended, Ended::GaveUp(_))
}
