//! Who is started after whom, and ended before whom.
//!
//! A daemon is started when those that it depends on are up, and ended when those that
//! depend on it have ended; daemons that have nothing to do with each other go side by
//! side. What the death of one means for the others, their script says.

mod again;

pub(crate) use again::Again;

use crate::{Event, Host, Process, ProcessId, event::ProcessEvent, post::Post};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_restart::{Ended, Ending, Input, Phase, Status};
use collodi_script::Supervision;
use collodi_time::Instant;
use core::fmt;

/// The daemons that have something to do with others. They are few, or there are none: so what
/// becomes of one daemon is no reason to look at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ties {
    /// Those that depend on others, or wait for one that died.
    tied: BTreeSet<ProcessId>,
    /// Those that are to be ended when it is their turn.
    to_end: BTreeSet<ProcessId>,
}

impl Ties {
    /// A daemon that depends on others.
    pub(crate) fn tie(&mut self, id: &ProcessId) {
        self.tied.insert(id.clone());
    }

    /// Whether no daemon depends on another one, or waits for one.
    fn are_none(&self) -> bool {
        self.tied.is_empty()
    }

    /// A daemon that is no longer known.
    pub(crate) fn forget(&mut self, id: &ProcessId) {
        self.tied.remove(id);
        self.to_end.remove(id);
    }
}

/// Whether those that a daemon depends on are up.
#[derive(Debug, PartialEq, Eq)]
enum Ground {
    Firm,
    /// These are not up yet.
    Waits(Vec<String>),
    /// One is not there.
    Gone(Missing),
}

/// One that a daemon depends on, and that is not there.
#[derive(Debug, PartialEq, Eq)]
enum Missing {
    /// It has ended like this.
    Ended {
        name: String,
        id: ProcessId,
        how: Phase,
    },
    /// Nobody has its name.
    Unknown(String),
}

impl Missing {
    fn ended(process: &Process, name: &str) -> Self {
        Self::Ended {
            name: name.to_string(),
            id: process.id().clone(),
            how: process.status().phase,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended { name, id, how } => write!(
                f,
                "{name}, which it depends on, has ended: {how}; `collodi logs {id}` has what it said"
            ),
            Self::Unknown(name) => {
                write!(f, "it depends on {name}, and no daemon has that name")
            }
        }
    }
}

impl Host {
    /// What a daemon that is not started yet, or not again, waits for: the names of others.
    pub fn waits_for(&self, process: &Process) -> Vec<String> {
        match (process.status().phase, self.ground(process)) {
            (Phase::New | Phase::Held, Ground::Waits(names)) if !process.lives_already() => names,
            (Phase::Held, Ground::Gone(Missing::Ended { name, .. })) => Vec::from([name]),
            _ => Vec::new(),
        }
    }

    /// Starts a daemon, now or when those that it depends on are up.
    pub(crate) fn begin_process(&mut self, now: Instant, id: &ProcessId) {
        let process = self.process(id).filter(|process| process.order.noted);
        match process.map(|process| self.ground(process)) {
            None => {}
            Some(Ground::Waits(names)) => {
                self.ties.tie(id);
                self.tell_waits(id, names);
            }
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

    fn ground(&self, process: &Process) -> Ground {
        if let Some(after) = self.not_before(process) {
            return Ground::Waits(Vec::from([after.id().to_string()]));
        }
        if let Some(missing) = self.missing_below(process) {
            return Ground::Gone(missing);
        }
        let is_firm = |p: &Process| p.is_up() && p.order.again == Again::No;
        let waits = |name: &&String| {
            let living = self.named_by(process, name).find(|p| !p.has_ended());
            living.is_some_and(|p| !is_firm(p))
        };
        let waits: Vec<_> = process.depends_on().iter().filter(waits).cloned().collect();
        match waits.is_empty() {
            true => Ground::Firm,
            false => Ground::Waits(waits),
        }
    }

    /// The first that a daemon depends on and that is not there. Who has lived with one that is not known
    /// any more goes on without it.
    fn missing_below(&self, process: &Process) -> Option<Missing> {
        let mut needed = process.depends_on().iter();
        needed.find_map(|name| {
            let mut named = self.named_by(process, name);
            match (named.clone().all(Process::has_ended), named.next()) {
                (false, _) => None,
                (true, Some(ended)) => Some(Missing::ended(ended, name)),
                (true, None) if process.has_lived() => None,
                (true, None) => Some(Missing::Unknown(name.clone())),
            }
        })
    }

    /// The daemons that one means by a name.
    pub(crate) fn named_by<'h>(
        &'h self,
        process: &'h Process,
        name: &'h str,
    ) -> impl Iterator<Item = &'h Process> + Clone {
        let is_it = move |p: &&Process| p.name() == Some(name);
        self.siblings(process).filter(is_it)
    }

    /// Another one that it waits for since one of them died: the one that did until that is up, or waits for
    /// somebody, and that one until those that were ended for it are down.
    fn not_before(&self, process: &Process) -> Option<&Process> {
        let after = process.order.after.as_ref().and_then(|id| self.process(id));
        let comes_up = |after: &&Process| {
            let is_held = after.status().phase == Phase::Held;
            let waits_for_somebody = is_held && self.missing_below(after).is_some();
            !after.is_up() && !after.has_ended() && !waits_for_somebody
        };
        let goes_down = |p: &&Process| {
            p.order.after.as_ref() == Some(process.id()) && p.order.again != Again::No
        };
        let after = after.filter(comes_up);
        after.or_else(|| self.siblings(process).find(goes_down))
    }

    /// The other daemons of its run.
    pub(crate) fn siblings(&self, process: &Process) -> impl Iterator<Item = &Process> + Clone {
        let (run, id) = (process.run().clone(), process.id().clone());
        let its = move |p: &&Process| *p.run() == run && *p.id() != id;
        self.processes.values().map(AsRef::as_ref).filter(its)
    }

    /// Something has changed for a daemon: others may start, have to wait, or end.
    pub(crate) fn process_changed(&mut self, now: Instant, id: &ProcessId, before: &Status) {
        let Some(process) = self.process(id) else {
            return;
        };
        let after = process.status();
        let is_news = begins_to_end(process, before) || comes_up(process, before);
        if before.phase == after.phase {
            return;
        }
        self.see_whether_down(id);
        if has_died(before, &after) {
            self.take_down_with(now, id);
        }
        if matches!(after.phase, Phase::Ended(_)) {
            self.note_process(id);
            self.note_ended_below(id);
        } else if begins_to_wait(before, &after) || is_news {
            self.note_soon(now, id);
        }
        if matches!(after.phase, Phase::Ended(ended) if brings_down(ended)) {
            self.bring_down_with(now, id);
        }
        self.advance_stops(id);
        self.settle_siblings(now, id);
    }

    /// Those that go down and come up again with this one, by what the script says.
    fn fellows(&self, id: &ProcessId) -> Vec<ProcessId> {
        let Some(process) = self.process(id) else {
            return Vec::new();
        };
        let mut fellows: Vec<_> = match process.supervision() {
            Supervision::OneForOne => Vec::new(),
            Supervision::OneForAll => self.siblings(process).collect(),
            Supervision::RestForOne => self.depend_on(process),
        };
        fellows.retain(|p| !p.has_ended());
        fellows.into_iter().map(|p| p.id().clone()).collect()
    }

    /// Those of its run that depend on it, directly or not, also when they have ended.
    pub(crate) fn depend_on(&self, process: &Process) -> Vec<&Process> {
        if self.ties.are_none() {
            return Vec::new();
        }
        let all: Vec<_> = self.siblings(process).collect();
        let mut names: BTreeSet<&str> = process.name().into_iter().collect();
        let mut found: BTreeMap<&ProcessId, &Process> = BTreeMap::new();
        // Each round finds at least one more.
        for _ in 0..all.len() {
            let depends = |p: &&&Process| p.depends_on().iter().any(|n| names.contains(n.as_str()));
            let more: Vec<_> = all.iter().filter(depends).collect();
            let known = found.len();
            found.extend(more.iter().map(|p| (p.id(), **p)));
            names.extend(more.iter().filter_map(|p| p.name()));
            if found.len() == known {
                break;
            }
        }
        found.into_values().collect()
    }

    /// Whether one that has not ended names it as one that it depends on.
    pub(crate) fn is_needed(&self, process: &Process) -> bool {
        let needs = |of: &Process| !of.has_ended() && of.depends_on_it(process);
        !self.ties.are_none() && self.siblings(process).any(needs)
    }

    /// It died and is started again: others go down and wait until it is up, but those that it waits for
    /// itself.
    fn take_down_with(&mut self, now: Instant, id: &ProcessId) {
        let (fellows, name) = (self.fellows(id), self.name_of(id));
        for fellow in &fellows {
            let is_needed = |fellow| self.depend_on(fellow).iter().any(|p| p.id() == id);
            let is_needed = self.process(fellow).is_some_and(is_needed);
            if let Some(process) = self.processes.get_mut(fellow) {
                process.taken_down_with(now, &name, &mut self.shared);
                process.order.after = (!is_needed).then(|| id.clone());
                self.ties.tie(fellow);
            }
        }
        if fellows.is_empty() {
            return;
        }
        // It is the first to come up, whatever it waited for itself.
        if let Some(process) = self.processes.get_mut(id) {
            process.order.after = None;
        }
        self.ties.tie(id);
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
            self.note_soon(now, fellow);
        }
        self.stop_daemons(&fellows);
    }

    /// What others call it.
    fn name_of(&self, id: &ProcessId) -> String {
        let name = self.process(id).and_then(Process::name);
        name.unwrap_or(id.as_str()).to_string()
    }

    fn settle_siblings(&mut self, now: Instant, id: &ProcessId) {
        for id in self.of_one_run(id, &self.ties.tied) {
            self.settle(now, &id);
        }
    }

    /// Those of `some` that belong to the run of this daemon.
    fn of_one_run(&self, id: &ProcessId, some: &BTreeSet<ProcessId>) -> Vec<ProcessId> {
        let Some(process) = self.process(id) else {
            return Vec::new();
        };
        let its = |id: &&ProcessId| self.process(id).is_some_and(|p| p.run() == process.run());
        some.iter().filter(its).cloned().collect()
    }

    /// Starts a daemon that waits when it may run.
    pub(crate) fn settle(&mut self, now: Instant, id: &ProcessId) {
        let Some(process) = self.process(id) else {
            return;
        };
        let waits = matches!(process.status().phase, Phase::New | Phase::Held);
        if !waits || process.lives_already() || process.order.stop_asked || !process.order.noted {
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
        if matches!(input, Input::Hold) {
            self.ties.tie(id);
        }
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
        for id in self.of_one_run(id, &self.ties.to_end) {
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
