//! What an earlier host has left: found, and gone on with.

use super::{
    LogMark, Record, Sheet, TREES, fields::NotARecord, history::Part, read_trees,
    sheet::MOST_AT_ONCE,
};
use crate::{
    Event, Follower, Host, Process, ProcessId, RunEntry,
    event::JournalEvent,
    process::{Birth, First, Past, instant},
    shared::{Child, Role},
};
use alloc::{
    collections::{BTreeSet, VecDeque},
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_file::{Entry, FileAnswer, FileErrorKind, FileKind, FileOp};
use collodi_machine::ActionId;
use collodi_restart::Input;
use collodi_time::{Deadline, Instant};
use core::time::Duration;

/// The largest file of the journal.
const FILE_BYTES: u64 = 4 << 20;
/// The most files that are looked at.
const MOST_FILES: usize = 10_000;
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
    trees: BTreeSet<TreeId>,
    /// Daemons that go on, and trees whose leftovers were ended.
    daemons: usize,
    cleared: usize,
}

/// The looks at files whose turn has not come, and how many are under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks {
    waiting: VecDeque<(Look, FileOp)>,
    under_way: usize,
}

/// What a question of the recovery is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// The files of the journal, all at once.
    All,
    /// Their names, where they are too large for that.
    Files,
    /// One of them.
    File(String),
    /// The end of a tree.
    Tree,
    /// The directories of what processes said.
    Recordings,
    /// The folders of temporary files.
    Temporary,
    /// What a daemon said: its last segments, all at once.
    History(ProcessId),
    /// Their names, where they are too large for that.
    Segments(ProcessId),
    /// A file of one of them.
    Segment(ProcessId, u32, Part),
}

/// How long the next host waits at most until all is written down for it.
const MOST_TO_WRITE: Duration = Duration::from_secs(20);

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

    /// Looks at a file when it is its turn: what many daemons left is not read at once.
    pub(super) fn look(&mut self, look: Look, op: FileOp) {
        self.shared.journal.looks.waiting.push_back((look, op));
        self.look_on();
    }

    fn look_on(&mut self) {
        let looks = &mut self.shared.journal.looks;
        let free = MOST_AT_ONCE.saturating_sub(looks.under_way);
        let next = looks.waiting.drain(..free.min(looks.waiting.len()));
        let next: Vec<_> = next.collect();
        looks.under_way += next.len();
        for (look, op) in next {
            let child = Child::Recovery(look);
            self.shared
                .ask_now(child, None, Role::Plain, Action::File(op));
        }
    }

    pub(crate) fn looked(&mut self, now: Instant, look: &Look, completion: Completion) {
        if *look != Look::Tree {
            let looks = &mut self.shared.journal.looks;
            looks.under_way = looks.under_way.saturating_sub(1);
            self.look_on();
        }
        match (look, completion) {
            (Look::All, Completion::File(Ok(FileAnswer::Files(files)))) => {
                self.found_all(now, files);
            }
            (Look::All, _) => self.list_files(),
            (Look::Files, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_files(now, &entries);
            }
            (Look::Files, Completion::File(Err(error))) => {
                if error.kind != FileErrorKind::NotFound {
                    let file = error.path.to_string();
                    self.tell(JournalEvent::NotWritten { file, error });
                }
                self.found_files(now, &[]);
            }
            (Look::File(name), completion) => self.found_file(now, name, completion),
            (Look::Tree, _) => self.cleared(now),
            (Look::History(id), Completion::File(Ok(FileAnswer::Files(files)))) => {
                self.found_history(now, id, files);
            }
            (Look::History(id), _) => self.list_segments(now, id),
            (Look::Segments(id), Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_segments(now, id, &entries);
            }
            (Look::Segments(id), _) => self.found_segments(now, id, &[]),
            (Look::Segment(id, number, part), completion) => {
                self.found_segment(now, id, (*number, *part), completion);
            }
            (Look::Recordings, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_recordings(&entries);
            }
            (Look::Temporary, Completion::File(Ok(FileAnswer::Entries(entries)))) => {
                self.found_temporary(&entries);
            }
            _ => {}
        }
    }

    fn tell(&mut self, event: JournalEvent) {
        self.shared.out.event(Event::Journal(event));
    }

    fn found_all(&mut self, now: Instant, files: Vec<(String, Vec<u8>)>) {
        self.shared.journal.recovery = Recovery::Reading(Found::default());
        for (name, bytes) in files {
            if !name.ends_with(".json") {
                self.remove_torn(&name);
            } else if let Err(why) = self.take_in(&name, &bytes) {
                let read = Completion::File(Ok(FileAnswer::Bytes(bytes)));
                self.set_aside(&name, why, read);
            }
        }
        self.go_on(now);
    }

    fn list_files(&mut self) {
        if let Some(dirs) = &self.shared.journal.dirs {
            let path = dirs.state.clone();
            self.look(Look::Files, FileOp::List { path });
        }
    }

    /// Removes a write that was interrupted.
    fn remove_torn(&mut self, name: &str) {
        if let Some(path) = self.shared.journal.file(name) {
            let remove = Action::File(FileOp::Remove { path });
            self.shared.ask_now(Child::Aside, None, Role::Plain, remove);
        }
    }

    fn found_files(&mut self, now: Instant, entries: &[Entry]) {
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

    fn found_file(&mut self, now: Instant, name: &str, completion: Completion) {
        let read = match &completion {
            Completion::File(Ok(FileAnswer::Bytes(bytes))) => self.take_in(name, bytes),
            Completion::File(Err(error)) => Err(error.to_string()),
            _ => Err(NotARecord("no answer").to_string()),
        };
        if let Err(why) = read {
            self.set_aside(name, why, completion);
        }
        if let Recovery::Reading(found) = &mut self.shared.journal.recovery {
            found.left = found.left.saturating_sub(1);
        }
        self.go_on(now);
    }

    fn take_in(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let Recovery::Reading(found) = &mut self.shared.journal.recovery else {
            return Ok(());
        };
        if name == TREES {
            let trees = read_trees(bytes).map_err(|error| error.to_string())?;
            found.trees.extend(trees);
            return Ok(());
        }
        let record = Record::read_in(name, bytes).map_err(|error| error.to_string())?;
        found.records.push(record);
        Ok(())
    }

    /// A file that cannot be used is kept for people to look at.
    fn set_aside(&mut self, name: &str, why: String, completion: Completion) {
        let aside = self.shared.journal.file("aside");
        let aside = aside.and_then(|dir| dir.join(name).ok());
        let path = self.shared.journal.file(name);
        if let (Completion::File(Ok(FileAnswer::Bytes(bytes))), Some(aside), Some(path)) =
            (completion, aside, path)
        {
            for op in [FileOp::write_private(aside, bytes), FileOp::Remove { path }] {
                self.shared
                    .ask_now(Child::Aside, None, Role::Plain, Action::File(op));
            }
        }
        let file = name.to_string();
        self.tell(JournalEvent::SetAside { file, why });
    }

    /// All files are read: what is left of runs is ended, and daemons go on.
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
        let trees = core::mem::take(&mut found.trees);
        (found.left, found.cleared) = (trees.len(), trees.len());
        for tree in trees {
            let child = || Child::Recovery(Look::Tree);
            let kill = Action::Signal(tree.clone(), Signal::KILL);
            self.shared.ask_now(Child::Aside, None, Role::Plain, kill);
            let empty = Action::AwaitEmpty(tree);
            self.shared.ask_now(child(), None, Role::Plain, empty);
        }
        let records = core::mem::take(&mut found.records);
        found.daemons = records.iter().filter(|one| !one.stays_stopped()).count();
        self.shared.journal.recovery = Recovery::Clearing(found);
        for record in records {
            self.resume(now, record);
        }
        self.look(Look::Temporary, self.temporary_files());
        self.resumed(now);
    }

    /// When all daemons have gone on whose histories were read, what the machine has is looked
    /// for: that is for what is started later.
    pub(super) fn resumed(&mut self, now: Instant) {
        let reads = |process: &Process| process.order.history.is_some();
        if self.is_clearing() && !self.processes().any(reads) {
            self.begin_detection(now);
            self.recovered();
        }
    }

    fn cleared(&mut self, now: Instant) {
        if let Recovery::Clearing(found) = &mut self.shared.journal.recovery {
            found.left = found.left.saturating_sub(1);
        }
        self.resumed(now);
    }

    const fn is_clearing(&self) -> bool {
        matches!(self.shared.journal.recovery, Recovery::Clearing(_))
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
        self.shared.put_trees();
        let dirs = self.shared.journal.dirs.as_ref();
        if let Some(path) = dirs.and_then(|dirs| dirs.logs.clone()) {
            self.look(Look::Recordings, FileOp::List { path });
        }
        self.tell(JournalEvent::Recovered { daemons, trees });
    }

    /// Recordings of nothing that is known are removed.
    fn found_recordings(&mut self, entries: &[Entry]) {
        let dirs = entries.iter().filter(|e| e.kind == FileKind::Directory);
        let is_known = |name: &str| self.processes().any(|p| p.recording() == Some(name));
        let unknown = dirs.filter(|entry| !is_known(&entry.name));
        let names: Vec<_> = unknown.map(|entry| entry.name.clone()).collect();
        for name in names {
            self.shared.remove_recording(&name);
        }
    }

    /// A daemon of an earlier host goes on, as far as it is to.
    fn resume(&mut self, now: Instant, record: Record) {
        let stays_stopped = record.stays_stopped();
        // Of what was not written down nobody knows more than that it is.
        let began = record
            .began
            .map_or(now, |at| instant(self.options.epoch, at));
        let first = match (&record.identity, record.ended) {
            (_, true) => First::Started,
            (Some(identity), false) => First::Adopted(identity.clone(), began),
            (None, false) => First::Lost,
        };
        let revived = record.ended;
        let (id, stopped, url) = (record.id.clone(), record.stopped, record.url.clone());
        let mark = record.log;
        let past = Past {
            restarts: if revived { 0 } else { record.past.restarts },
            ..record.past
        };
        let kept = record.kept.as_ref().filter(|_| !revived);
        let kept = kept.map(|_| ActionId::from_number(0));
        self.restore_run(now, &record);
        let seed = self.shared.ids.seed();
        let birth = Birth {
            id: record.id,
            app: Arc::new(record.app),
            run: record.run,
            daemon: record.daemon,
            supervision: record.supervision,
            starting: None,
            kept,
            first,
            past,
        };
        self.add_process(birth, seed);
        if let Some(process) = self.processes.get_mut(&id) {
            process.order.noted = true;
            process.stopped_by_operator |= stopped;
            process.order.stop_asked |= stopped || self.shutting_down;
            url.into_iter().for_each(|url| process.answered(&url));
        }
        match revived {
            true if stays_stopped => self.keep_stopped(now, &id, mark),
            // The host that follows begins it.
            true if self.shutting_down => self.stop_daemons(core::slice::from_ref(&id)),
            true => self.begin_process(now, &id),
            false => self.begin_history(now, &id, mark),
        }
    }

    /// What somebody stopped is known, with what it said, and is not started.
    fn keep_stopped(&mut self, now: Instant, id: &ProcessId, mark: LogMark) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        process.was_stopped();
        let app = process.app().to_string();
        self.shared.journal.stopped.insert(id.clone(), app);
        self.ended_processes.push((now, id.clone()));
        self.forget_old_processes(now);
        self.begin_history(now, id, mark);
    }

    /// A daemon of an earlier host goes on; one that is to be ended is ended then.
    pub(super) fn go_on_with(&mut self, now: Instant, id: &ProcessId) {
        self.process_input(now, id, Input::Start);
        if self.process(id).is_some_and(|p| p.order.stop_asked) {
            self.stop_daemons(core::slice::from_ref(id));
        }
    }

    /// The run of a daemon is known as before: it serves on when the daemon was a command
    /// of it, and is done otherwise.
    fn restore_run(&mut self, now: Instant, record: &Record) {
        let now_is = self.options.epoch + now.since_origin();
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

    /// What was stopped and stays so is forgotten when its app is run again, with what it said.
    pub(crate) fn forget_stopped(&mut self, app: &str) {
        let stopped = &mut self.shared.journal.stopped;
        let its: Vec<_> = stopped.iter().filter(|(_, of)| *of == app).collect();
        let its: Vec<_> = its.into_iter().map(|(id, _)| id.clone()).collect();
        self.ended_processes.retain(|(_, id)| !its.contains(id));
        its.iter().for_each(|id| self.forget_process(id));
    }

    /// What a daemon has said is gone: one of that name that is to run may.
    pub(super) fn recording_gone(&mut self, now: Instant, name: &str) {
        let is_it = |p: &&Process| !p.order.noted && p.recording() == Some(name);
        let id = self.processes().find(is_it).map(|p| p.id().clone());
        let sheets = &self.shared.journal.sheets;
        if let Some(id) = id.filter(|id| !sheets.is_under_way(&Sheet::Process(id.clone()))) {
            self.noted(now, &id);
        }
    }

    /// What is to be known of a daemon before it runs is written down. What it said in an
    /// earlier life may still be on its way out: it says no more until that is gone.
    pub(crate) fn noted(&mut self, now: Instant, id: &ProcessId) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        let recording = process
            .recording()
            .map(|name| Sheet::Recording(name.into()));
        let sheets = &self.shared.journal.sheets;
        if recording.is_some_and(|recording| sheets.is_going(&recording)) {
            return;
        }
        let tree = process.spec().command.tree.clone();
        let was_noted = core::mem::replace(&mut process.order.noted, true);
        self.shared.forget_tree(&tree);
        if !was_noted {
            self.begin_process(now, id);
        }
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
        if let Some(follower) = self.shared.journal.follower.take() {
            self.shared.wait(Child::HandOver, None);
            self.shared.out.event(Event::LetGo(follower));
        }
    }

    /// Whoever comes after goes on with the daemons: tells when all that is needed for that
    /// is written down. Nothing begins until then. A disk that takes nothing for long ends it.
    pub(crate) fn hand_over(&mut self, now: Instant, follower: Follower) {
        let living = self.processes().filter(|process| !process.has_ended());
        let ids: Vec<_> = living.map(|process| process.id().clone()).collect();
        ids.iter().for_each(|id| self.note_process(id));
        self.shared.journal.follower = Some(follower);
        let deadline = Deadline::new(now + MOST_TO_WRITE, "the next host");
        self.shared.wait(Child::HandOver, Some(deadline));
    }
}
