//! Daemons of an earlier host: they go on, run again, or stay ended.

use super::{LogMark, Record};
use crate::{
    Host, ProcessId, RunEntry,
    order::Again,
    process::{Birth, Earlier, First, instant},
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_machine::ActionId;
use collodi_restart::{Input, Phase, Standing};
use collodi_time::{Instant, WallTime};

/// A daemon of an earlier host that is known again.
struct Known {
    id: ProcessId,
    mark: LogMark,
    then: Then,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    GoesOn,
    /// It ended with its host, and is started by each.
    BeginsAnew,
    /// It ended at this time.
    StaysEnded(WallTime),
}

impl Then {
    fn of(record: &Record, goes_on: bool) -> Self {
        match record.ended {
            true if record.stays_ended(goes_on) => {
                Self::StaysEnded(record.ended_at.unwrap_or(record.log.at))
            }
            true => Self::BeginsAnew,
            false => Self::GoesOn,
        }
    }

    /// Its place among others: who may live is looked after first, and what ended first is forgotten first.
    fn rank(self) -> WallTime {
        match self {
            Self::StaysEnded(at) => at,
            Self::GoesOn | Self::BeginsAnew => WallTime::default(),
        }
    }
}

impl Host {
    /// Daemons of an earlier host go on, as far as they are to: each when all are known that it may
    /// depend on.
    pub(super) fn resume(&mut self, now: Instant, mut records: Vec<Record>) {
        // A run that serves does, whatever else is known of it.
        records.sort_by_key(|record| record.kept.is_none());
        let known = records.into_iter().map(|record| self.take_up(now, record));
        let mut known: Vec<_> = known.collect();
        known.sort_by_key(|daemon| daemon.then.rank());
        for daemon in known {
            self.set_going(now, &daemon);
        }
        self.forget_old_processes(now);
    }

    fn set_going(&mut self, now: Instant, daemon: &Known) {
        let (id, mark) = (&daemon.id, daemon.mark);
        match daemon.then {
            Then::StaysEnded(at) => self.keep_ended(now, id, at, mark),
            // The host that follows begins it.
            Then::BeginsAnew if self.shutting_down => {
                self.stop_daemons(core::slice::from_ref(id));
            }
            Then::BeginsAnew => self.begin_process(now, id),
            Then::GoesOn => self.begin_history(now, id, mark),
        }
    }

    /// A daemon of an earlier host is known again.
    fn take_up(&mut self, now: Instant, mut record: Record) -> Known {
        let then = Then::of(&record, self.options.goes_on);
        let (id, mark, epoch) = (record.id.clone(), record.log, self.options.epoch);
        record.standing.is_seen_again(mark.at, self.wall(now));
        let standing = standing(&record, then, epoch, self.shared.ids.seed());
        if !matches!(then, Then::StaysEnded(_)) {
            self.restore_run(now, &record);
        }
        let past = Past::of(&record, then, self.options.goes_on);
        self.add_process(now, birth(record, now, epoch), standing);
        self.recall(now, &id, past);
        Known { id, mark, then }
    }

    fn recall(&mut self, now: Instant, id: &ProcessId, past: Past) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        if !process.has_ended() {
            self.shared.note_daemon(now, process.tree(), id);
        }
        if let Some(name) = past.recording {
            process.set_recording(self.shared.journal.recording(&name));
        }
        (process.order.noted, process.order.after) = (true, past.after);
        process.was_found = past.was_found;
        process.order.again = past.again;
        process.stopped_by_operator |= past.was_stopped;
        process.order.stop_asked |= past.is_to_end || self.shutting_down;
        if let Some(reason) = past.reason {
            process.was_brought_down(reason, past.stays_down);
        }
        past.url.iter().for_each(|url| process.answered(url));
    }

    /// A daemon of an earlier host goes on; one that is to be ended is ended then.
    pub(super) fn go_on_with(&mut self, now: Instant, id: &ProcessId, asked: Option<Input>) {
        let ended_at = self
            .ended_at(id)
            .map_or(now, |at| instant(self.options.epoch, at));
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        if process.has_ended() {
            return process.had_ended(ended_at);
        }
        let is_to_end = process.order.stop_asked;
        let asked = asked.filter(|_| !is_to_end);
        if asked.is_none() && !is_to_end {
            process.waits_on(now, &mut self.shared);
        }
        match process.status().phase {
            // When others are up.
            Phase::Held => self.settle(now, id),
            _ => self.process_input(now, id, asked.unwrap_or(Input::Start)),
        }
        self.go_down_in_turn(id);
        if is_to_end {
            self.stop_daemons(core::slice::from_ref(id));
        }
    }

    /// What has ended is known, with what it said, and is not started.
    fn keep_ended(&mut self, now: Instant, id: &ProcessId, at: WallTime, mark: LogMark) {
        let Some(process) = self.processes.get(id) else {
            return;
        };
        if !process.is_for_next_host() {
            self.shared.journal.kept.insert(id.clone());
        }
        if process.stopped_by_operator {
            let app = process.app().to_string();
            self.shared.journal.stopped.insert(id.clone(), app);
        }
        // A clock may have been set back since.
        self.ended_processes
            .push((at.min(self.wall(now)), id.clone()));
        self.begin_history(now, id, mark);
    }

    /// The run of a daemon is known as before: it serves on when the daemon was a command
    /// of it, and is done otherwise.
    fn restore_run(&mut self, now: Instant, record: &Record) {
        let now_is = self.wall(now);
        let started = record.run_began.unwrap_or(now_is);
        let local = record.kept.clone().filter(|_| !record.ended);
        let serves = local.is_some();
        let run = self.runs.entry(record.run.clone()).or_insert_with(|| {
            RunEntry::restored(record.run.clone(), record.app.clone(), local, started)
        });
        match serves {
            true => run.add_kept(record.id.clone()),
            false => run.add_daemon(record.id.clone()),
        }
        if run.outcome().is_some() && !self.ended_runs.iter().any(|(_, id)| *id == record.run) {
            self.ended_runs.push((now, record.run.clone()));
        }
    }
}

/// What is known of a daemon of an earlier host that a new one has nothing of.
struct Past {
    url: Option<String>,
    recording: Option<String>,
    after: Option<ProcessId>,
    again: Again,
    was_stopped: bool,
    is_to_end: bool,
    /// Why it does not run, and whether nobody starts it unasked.
    reason: Option<String>,
    stays_down: bool,
    was_found: bool,
}

impl Past {
    fn of(record: &Record, then: Then, goes_on: bool) -> Self {
        let recording = record.recording.clone();
        let is_held = record.is_held();
        let after = record
            .after
            .clone()
            .filter(|_| is_held || record.again || record.waits());
        Self {
            url: record.url.clone(),
            recording: recording.filter(|_| then != Then::BeginsAnew),
            after,
            again: match (is_held, record.again) {
                (true, _) => Again::GoesDown,
                (false, true) => Again::InTurn,
                (false, false) => Again::No,
            },
            was_stopped: record.was_stopped(),
            is_to_end: record.is_to_end(),
            reason: record.reason.clone().filter(|_| then != Then::BeginsAnew),
            stays_down: record.stopped,
            // What only ended with its host begins here.
            was_found: !record.ended && (record.was_found || !goes_on),
        }
    }
}

/// A daemon as it is known again.
fn birth(record: Record, now: Instant, epoch: WallTime) -> Birth {
    let first = first_life(&record, now, epoch);
    let kept = record.kept.filter(|_| !record.ended);
    Birth {
        id: record.id,
        app: Arc::new(record.app),
        run: record.run,
        daemon: record.daemon,
        supervision: record.supervision,
        starting: None,
        kept: kept.map(|_| ActionId::from_number(0)),
        first,
        own_from: record.own_from,
    }
}

/// What the first life of a daemon is under this host.
fn first_life(record: &Record, now: Instant, epoch: WallTime) -> First {
    // Of what was not written down nobody knows more than that it is.
    let began = record.began.map_or(now, |at| instant(epoch, at));
    match &record.identity {
        _ if record.ended || record.waits() => First::Started,
        Some(identity) => First::Adopted(Box::new(Earlier {
            identity: identity.clone(),
            since: began,
            was_up: record.is_up,
            exit: record.exit,
        })),
        None => First::Lost,
    }
}

/// From where the supervisor of a daemon goes on: of one that begins anew, from the beginning.
fn standing(record: &Record, then: Then, epoch: WallTime, seed: u64) -> Standing {
    let standing = record.standing.at(epoch, seed);
    match then {
        Then::BeginsAnew => Standing {
            last_exit: standing.last_exit,
            ..Standing::new(seed)
        },
        Then::StaysEnded(_) => Standing {
            ended: Some(record.end()),
            pause: None,
            ending: None,
            course: None,
            ..standing
        },
        Then::GoesOn => Standing {
            ended: None,
            pause: standing.pause.filter(|_| record.waits()),
            ..standing
        },
    }
}
