//! What an earlier host has left: its files are read, and what is left of its runs is ended.

use super::{
    Look, Record, TREES, Trees, Unread,
    damaged::{file_of, is_daemon, process_of},
    fields::NotARecord,
    read_trees,
};
use crate::{
    Event, Host, Process, ProcessId,
    event::JournalEvent,
    shared::{Child, Role},
};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_time::{Deadline, Duration, Instant};

/// The largest file of the journal.
const FILE_BYTES: u64 = 4 << 20;
/// The most files that are looked at.
const MOST_FILES: usize = 10_000;
/// How long it is waited for the end of what was left: a process in the hands of a dead disk does not
/// end.
const MOST_TO_END: Duration = Duration::from_secs(10);
/// The most bytes of files that are read at once.
const ALL_BYTES: u64 = 16 << 20;

/// How far the look at what an earlier host has left is.
#[derive(Clone, Debug, Default)]
pub(crate) enum Recovery {
    /// Not begun.
    #[default]
    New,
    Listing,
    Reading(Found),
    /// It is asked whether those that are said to wait do not live.
    Asking(Found),
    /// What is left of runs is being ended: as many trees are not known to be empty.
    Clearing(Found),
    Done,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Answers that are still to come.
    left: usize,
    records: Vec<Record>,
    /// Those of which it is asked whether they live, as they are said to wait.
    asked: BTreeSet<TreeId>,
    trees: Trees,
    /// Whether it was looked for what is no file.
    looked_again: bool,
    /// Daemons that go on, and trees whose leftovers were ended.
    daemons: usize,
    cleared: usize,
}

impl Found {
    /// What is said to wait in these trees may live: nobody knows how far it is.
    fn may_live(&mut self, are_its: impl Fn(&TreeId) -> bool) {
        let records = self.records.iter_mut();
        let records = records.filter(|record| are_its(&record.daemon.command.tree));
        records.for_each(|record| record.standing.known.pause = None);
    }
}

impl Host {
    /// Whether it knows what an earlier host has left.
    pub const fn has_recovered(&self) -> bool {
        matches!(self.shared.journal.recovery, Recovery::Done)
    }

    /// Looks for what an earlier host has left, once, and then for what the machine has.
    pub(crate) fn begin_recovery(&mut self, now: Instant) {
        if self.shutting_down || !matches!(self.shared.journal.recovery, Recovery::New) {
            return;
        }
        let Some(dirs) = &self.shared.journal.dirs else {
            self.shared.journal.recovery = Recovery::Done;
            return self.begin_detection(now);
        };
        let path = dirs.state.clone();
        self.shared.journal.recovery = Recovery::Listing;
        let all = FileOp::ReadAll {
            path,
            last: MOST_FILES,
            limit: ALL_BYTES,
        };
        self.look(Look::All, all);
    }

    pub(super) fn found_all(&mut self, now: Instant, files: Vec<(String, Vec<u8>)>) {
        self.shared.journal.recovery = Recovery::Reading(Found::default());
        for (name, bytes) in files {
            if !name.ends_with(".json") {
                self.remove_torn(&name);
            } else if let Err(why) = self.take_in(&name, &bytes) {
                self.found_damaged(&name, why, bytes);
            }
        }
        self.go_on(now);
    }

    pub(super) fn list_files(&mut self) {
        if let Some(dirs) = &self.shared.journal.dirs {
            let path = dirs.state.clone();
            self.look(Look::Files, FileOp::List { path });
        }
    }

    pub(super) fn found_files(&mut self, now: Instant, entries: &[Entry]) {
        let is_file = |entry: &&Entry| entry.kind == FileKind::File;
        let files: Vec<_> = entries.iter().filter(is_file).take(MOST_FILES).collect();
        let mut left = 0;
        for entry in files {
            let Some(path) = self.shared.journal.file(&entry.name) else {
                continue;
            };
            if entry.name.ends_with(".json") {
                left += 1;
                let read = FileOp::read(path, FILE_BYTES);
                self.look(Look::File(entry.name.clone()), read);
            } else {
                self.remove_torn(&entry.name);
            }
        }
        let found = Found {
            left,
            ..Found::default()
        };
        self.shared.journal.recovery = Recovery::Reading(found);
        self.go_on(now);
    }

    pub(super) fn found_file(&mut self, now: Instant, name: &str, completion: Completion) {
        match completion {
            Completion::File(Ok(FileAnswer::Bytes(bytes))) => {
                if let Err(why) = self.take_in(name, &bytes) {
                    self.found_damaged(name, why, bytes);
                }
            }
            // It has gone meanwhile.
            Completion::File(Err(error)) if error.kind == FileErrorKind::NotFound => {}
            Completion::File(Err(error)) => self.found_unread(name, Unread::not_read(&error)),
            _ => self.found_unread(name, Unread::NotRead("no answer".into())),
        }
        self.found_one(now);
    }

    /// What is there that is no file: nobody can read it. Where that is not known, nobody knows what is
    /// there in place of the files of daemons whose trees are.
    pub(super) fn found_odd(&mut self, now: Instant, answer: Result<FileAnswer, FileError>) {
        match answer {
            Ok(FileAnswer::Entries(entries)) => {
                let odd = entries.iter().filter(|e| e.kind != FileKind::File);
                odd.for_each(|entry| self.found_no_file(&entry.name, entry.kind));
            }
            Err(error) if error.kind != FileErrorKind::NotFound => {
                for id in self.missing() {
                    self.found_unread(&file_of(&id), Unread::not_read(&error));
                }
            }
            _ => {}
        }
        self.found_one(now);
    }

    fn found_no_file(&mut self, name: &str, kind: FileKind) {
        let Recovery::Reading(found) = &self.shared.journal.recovery else {
            return;
        };
        let is_read = |id: &ProcessId| found.records.iter().any(|record| record.id == *id);
        let counts = |id: &ProcessId| is_daemon(id, &found.trees) && !is_read(id);
        if process_of(name).is_some_and(|id| counts(&id)) {
            self.found_unread(name, Unread::no_file(kind));
        }
    }

    /// The daemons whose trees are known, and of which no file was found.
    fn missing(&self) -> Vec<ProcessId> {
        let Recovery::Reading(found) = &self.shared.journal.recovery else {
            return Vec::new();
        };
        let daemons = found.trees.values().flatten();
        daemons.filter(|id| self.is_missing(id)).cloned().collect()
    }

    fn found_one(&mut self, now: Instant) {
        if let Recovery::Reading(found) = &mut self.shared.journal.recovery {
            found.left = found.left.saturating_sub(1);
        }
        self.go_on(now);
    }

    /// Recordings of nothing that is known are removed; those of daemons whose files cannot be used are
    /// for people, too.
    pub(super) fn found_recordings(&mut self, entries: &[Entry]) {
        let dirs = entries.iter().filter(|e| e.kind == FileKind::Directory);
        let is_known = |name: &str| {
            self.is_unusable(name) || self.processes().any(|p| p.recording() == Some(name))
        };
        let unknown = dirs.filter(|entry| !is_known(&entry.name));
        let names: Vec<_> = unknown.map(|entry| entry.name.clone()).collect();
        for name in names {
            self.shared.remove_recording(&name);
        }
    }

    /// When all daemons have gone on whose histories were read, what the machine has is looked
    /// for: that is for what is started later.
    pub(super) fn resumed(&mut self, now: Instant) {
        let is_clearing = matches!(self.shared.journal.recovery, Recovery::Clearing(_));
        let reads = |process: &Process| process.order.history.is_some();
        if is_clearing && !self.processes().any(reads) {
            self.begin_detection(now);
            self.recovered();
        }
    }

    /// Who lives of a tree that nobody goes on with is ended. Where that cannot be seen, somebody may.
    pub(super) fn found_left(&mut self, now: Instant, tree: &TreeId, completion: &Completion) {
        let Recovery::Clearing(found) = &mut self.shared.journal.recovery else {
            return;
        };
        let process = found.trees.remove(tree).flatten();
        let is_empty = is_empty(completion);
        if let Some(id) = process.as_ref().filter(|id| self.is_unread(id)) {
            self.found_alone(id, is_empty);
            return self.cleared(now);
        }
        self.count_cleared(is_empty);
        if let Some(id) = process {
            self.end_damaged(&id, is_empty);
        }
        if is_empty {
            return self.cleared(now);
        }
        let kill = Action::Signal(tree.clone(), Signal::KILL);
        self.shared.ask_now(Child::Aside, None, Role::Plain, kill);
        let (child, empty) = (
            Child::Recovery(Look::Tree),
            Action::AwaitEmpty(tree.clone()),
        );
        self.shared.ask_now(child, None, Role::Plain, empty);
    }

    fn count_cleared(&mut self, was_empty: bool) {
        if let Recovery::Clearing(found) = &mut self.shared.journal.recovery {
            found.cleared += usize::from(!was_empty);
        }
    }

    pub(super) fn cleared(&mut self, now: Instant) {
        if let Recovery::Clearing(found) = &mut self.shared.journal.recovery {
            found.left = found.left.saturating_sub(1);
        }
        self.resumed(now);
    }

    pub(super) fn tell(&mut self, event: JournalEvent) {
        self.shared.out.event(Event::Journal(event));
    }

    /// What a file says. One without a byte in it says nothing, and goes: so is a note that the disk
    /// has not got before the power went.
    fn take_in(&mut self, name: &str, bytes: &[u8]) -> Result<(), NotARecord> {
        if bytes.is_empty() {
            self.remove_torn(name);
            return Ok(());
        }
        let Recovery::Reading(found) = &mut self.shared.journal.recovery else {
            return Ok(());
        };
        if name == TREES {
            found.trees.extend(read_trees(bytes)?);
            return Ok(());
        }
        found.records.push(Record::read_in(name, bytes)?);
        Ok(())
    }

    /// Removes a write that was interrupted, or a note of which there is nothing.
    fn remove_torn(&mut self, name: &str) {
        if let Some(path) = self.shared.journal.file(name) {
            let remove = Action::File(FileOp::Remove { path });
            self.shared.ask_now(Child::Aside, None, Role::Plain, remove);
        }
    }

    /// All files are read: those that are said to wait are asked for, as one of them may have been
    /// started since.
    fn go_on(&mut self, now: Instant) {
        let Recovery::Reading(found) = &mut self.shared.journal.recovery else {
            return;
        };
        if found.left > 0 {
            return;
        }
        let mut found = core::mem::take(found);
        for record in &found.records {
            found.trees.remove(&record.daemon.command.tree);
        }
        if self.look_again(&mut found) {
            self.shared.journal.recovery = Recovery::Reading(found);
            return;
        }
        let waiting = found.records.iter().filter(|record| record.waits());
        let trees = waiting.map(|record| record.daemon.command.tree.clone());
        found.asked = trees.collect();
        for tree in &found.asked {
            let child = Child::Recovery(Look::Waiting(tree.clone()));
            let who = Action::Members(tree.clone());
            self.shared.ask_now(child, None, Role::Plain, who);
        }
        self.shared.journal.recovery = Recovery::Asking(found);
        self.wait_for_the_end(Some(Deadline::new(now + MOST_TO_END, "who waits")));
        self.go_on_with_all(now);
    }

    /// A daemon that is said to wait does, if nothing of it lives. Else nobody knows how far it is, and
    /// what lives is ended.
    pub(super) fn found_waiting(&mut self, now: Instant, tree: &TreeId, completion: &Completion) {
        let Recovery::Asking(found) = &mut self.shared.journal.recovery else {
            return;
        };
        found.asked.remove(tree);
        if !is_empty(completion) {
            found.may_live(|of| of == tree);
        }
        self.go_on_with_all(now);
    }

    /// All is known: what is left of runs is ended, and daemons go on.
    fn go_on_with_all(&mut self, now: Instant) {
        let Recovery::Asking(found) = &mut self.shared.journal.recovery else {
            return;
        };
        if !found.asked.is_empty() {
            return;
        }
        let mut found = core::mem::take(found);
        found.left = found.trees.len();
        for tree in found.trees.keys() {
            let child = Child::Recovery(Look::Left(tree.clone()));
            let who = Action::Members(tree.clone());
            self.shared.ask_now(child, None, Role::Plain, who);
        }
        self.give_up_unknown(&found.trees);
        self.leave_unread(&found.trees);
        let records = core::mem::take(&mut found.records);
        let goes_on = self.options.goes_on;
        let going = records.iter().filter(|one| !one.stays_ended(goes_on));
        found.daemons = going.count();
        let end = Deadline::new(now + MOST_TO_END, "what was left");
        self.wait_for_the_end((found.left > 0).then_some(end));
        self.shared.journal.recovery = Recovery::Clearing(found);
        self.resume(now, records);
        self.look(Look::Temporary, self.temporary_files());
        self.resumed(now);
    }

    /// Looks what is there that is no file: once, and whether it does.
    fn look_again(&mut self, found: &mut Found) -> bool {
        let Some(dirs) = &self.shared.journal.dirs else {
            return false;
        };
        if core::mem::replace(&mut found.looked_again, true) {
            return false;
        }
        let path = dirs.state.clone();
        found.left = 1;
        self.look(Look::Odd, FileOp::List { path });
        true
    }

    /// Where nobody says who lives of those that are said to wait, somebody may. What was left and
    /// does not end is waited for no longer, nor who lives of those that are left alone.
    pub(crate) fn give_up_clearing(&mut self, now: Instant) {
        if let Recovery::Asking(found) = &mut self.shared.journal.recovery {
            let asked = core::mem::take(&mut found.asked);
            found.may_live(|tree| asked.contains(tree));
            return self.go_on_with_all(now);
        }
        let Recovery::Clearing(found) = &mut self.shared.journal.recovery else {
            return;
        };
        let killed = core::mem::take(&mut found.left);
        let mut unseen: Vec<_> = found.trees.values().flatten().cloned().collect();
        unseen.retain(|id| self.is_unread(id));
        let trees = killed.saturating_sub(unseen.len());
        if trees > 0 {
            self.tell(JournalEvent::NotEnded { trees });
        }
        unseen.iter().for_each(|id| self.found_alone(id, false));
        self.resumed(now);
    }

    fn wait_for_the_end(&mut self, deadline: Option<Deadline>) {
        self.shared.wait(Child::Recovery(Look::Tree), deadline);
    }

    fn recovered(&mut self) {
        let Recovery::Clearing(found) = &self.shared.journal.recovery else {
            return;
        };
        if found.left > 0 {
            return;
        }
        let (daemons, trees) = (found.daemons, found.cleared);
        self.shared.journal.recovery = Recovery::Done;
        self.wait_for_the_end(None);
        self.shared.put_trees();
        let dirs = self.shared.journal.dirs.as_ref();
        if let Some(path) = dirs.and_then(|dirs| dirs.logs.clone()) {
            self.look(Look::Recordings, FileOp::List { path });
        }
        self.tell(JournalEvent::Recovered { daemons, trees });
    }
}

/// Whether it is certain that nothing lives.
fn is_empty(members: &Completion) -> bool {
    matches!(members, Completion::Members(Ok(members)) if members.is_empty())
}
