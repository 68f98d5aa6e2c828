//! The files of the journal: which are not as they are to be, and whose turn it is.
//!
//! A file is written with what is known when its turn comes, and a few are written at a time.
//! So who stops many daemons writes little: most have ended before theirs.

use super::{Journal, Record, TREES, WrittenStanding};
use crate::{
    Event, Host, Process, ProcessId, RunEntry,
    event::JournalEvent,
    order::Again,
    shared::{Child, Role, Shared},
};
use alloc::{
    collections::{BTreeMap, VecDeque},
    format,
    string::{String, ToString},
};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileOp};
use collodi_restart::{Ending, Pause, RestartClass};
use collodi_run::App;
use collodi_time::{Deadline, Duration, Instant};

/// The wait before it is written that somebody stops a daemon, or that it waits for its next start: as
/// a rule it has ended by then, or a short wait has.
const SOON: Duration = Duration::from_millis(100);
/// The wait before the trees of daemons are written.
const TOGETHER: Duration = Duration::from_secs(1);
/// The wait before a write that failed is tried again; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// The most files that are written, or read, at a time.
pub(super) const MOST_AT_ONCE: usize = 8;

/// The files that are not as they are to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheets {
    pages: BTreeMap<Sheet, Page>,
    /// Those whose turn has not come.
    due: VecDeque<Sheet>,
    /// How many are being written.
    in_flight: usize,
}

/// A file of the journal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sheet {
    /// What is known of a daemon.
    Process(ProcessId),
    /// The trees of all that is under way.
    Trees,
    /// What the processes of this name have said. Others write it; it only goes.
    Recording(String),
}

/// A file that is not as it is to be.
#[derive(Clone, Debug)]
struct Page {
    wanted: Wanted,
    at: At,
    wait: Duration,
    /// Why it could not be written when that was tried last.
    error: Option<FileError>,
}

impl Page {
    const fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            at: At::Rest,
            wait: FIRST,
            error: None,
        }
    }
}

/// Whether a file is to be there. What is in it is known when it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    There,
    Gone,
}

/// How far the writing of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// It is tried again later.
    Rest,
    /// It is written when it is its turn.
    Due,
    /// It is being written; when something else was wanted since, it is due after that.
    InFlight { again: bool },
}

impl Sheets {
    /// Whether all that was wanted is written.
    pub(crate) fn are_written(&self) -> bool {
        self.pages.is_empty()
    }

    /// Whether the file is about to be as it is to be.
    pub(super) fn is_under_way(&self, sheet: &Sheet) -> bool {
        let page = self.pages.get(sheet);
        page.is_some_and(|page| page.at != At::Rest && page.wanted == Wanted::There)
    }

    /// Whether the file is about to go.
    pub(super) fn is_going(&self, sheet: &Sheet) -> bool {
        let page = self.pages.get(sheet);
        page.is_some_and(|page| page.at != At::Rest && page.wanted == Wanted::Gone)
    }

    /// Why the file is not there as it is to be.
    fn error(&self, sheet: &Sheet) -> Option<&FileError> {
        let page = self.pages.get(sheet);
        page.filter(|page| page.wanted == Wanted::There)?
            .error
            .as_ref()
    }
}

impl Sheet {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Process(id) => format!("{id}.json"),
            Self::Trees => TREES.to_string(),
            Self::Recording(name) => name.clone(),
        }
    }
}

impl Journal {
    fn path(&self, sheet: &Sheet) -> Option<ContainedPath> {
        let name = sheet.name();
        match sheet {
            Sheet::Recording(_) => Some(self.recording(&name)?.dir),
            _ => self.file(&name),
        }
    }
}

impl Shared {
    /// Removes what the processes of this name have said.
    pub(crate) fn remove_recording(&mut self, name: &str) {
        self.put(Sheet::Recording(name.into()), Wanted::Gone);
    }

    /// What the processes of this name have said stays, unless its removal has begun.
    pub(crate) fn keep_recording(&mut self, name: &str) {
        let sheet = Sheet::Recording(name.into());
        let page = self.journal.sheets.pages.get_mut(&sheet);
        if let Some(page) = page.filter(|page| page.at == At::Due) {
            page.wanted = Wanted::There;
        }
    }

    /// A file is to be there as things are now, or is to go.
    pub(crate) fn put(&mut self, sheet: Sheet, wanted: Wanted) {
        if !self.journal.is_on() {
            return;
        }
        let page = self.journal.sheets.pages.entry(sheet.clone());
        let page = page.or_insert(Page::new(wanted));
        page.wanted = wanted;
        match page.at {
            At::Rest => self.make_due(sheet),
            At::Due => {}
            At::InFlight { .. } => page.at = At::InFlight { again: true },
        }
    }

    fn make_due(&mut self, sheet: Sheet) {
        if let Some(page) = self.journal.sheets.pages.get_mut(&sheet) {
            page.at = At::Due;
            self.wait(Child::Journal(sheet.clone()), None);
            self.journal.sheets.due.push_back(sheet);
        }
    }

    /// The next file to be written, and whether it is to be there.
    fn next_due(&mut self) -> Option<(Sheet, Wanted)> {
        if self.journal.sheets.in_flight >= MOST_AT_ONCE {
            return None;
        }
        let sheet = self.journal.sheets.due.pop_front()?;
        let wanted = self.journal.sheets.pages.get(&sheet)?.wanted;
        Some((sheet, wanted))
    }

    /// A file stays as it is.
    fn leave(&mut self, sheet: &Sheet) {
        self.journal.sheets.pages.remove(sheet);
    }

    /// Does to a file whose turn it is what makes it as it is to be.
    fn send(&mut self, sheet: Sheet, op: FileOp) {
        let Some(page) = self.journal.sheets.pages.get_mut(&sheet) else {
            return;
        };
        page.at = At::InFlight { again: false };
        self.journal.sheets.in_flight += 1;
        self.ask_now(Child::Journal(sheet), None, Role::Plain, Action::File(op));
    }

    /// A file is written, or is not: then it is tried again, and what waited goes on. Whether
    /// that is what was wanted of it last.
    fn put_done(&mut self, now: Instant, sheet: &Sheet, result: Result<(), FileError>) -> bool {
        let Some(page) = self.journal.sheets.pages.get_mut(sheet) else {
            return true;
        };
        let is_over = result.is_ok() || matches!(sheet, Sheet::Recording(_));
        let changed = page.at == (At::InFlight { again: true });
        page.at = At::Rest;
        self.journal.sheets.in_flight = self.journal.sheets.in_flight.saturating_sub(1);
        match result {
            Ok(()) => (page.wait, page.error) = (FIRST, None),
            // It only takes room.
            Err(_) if is_over => {}
            Err(error) => {
                let again = Deadline::new(now + page.wait, "write it down again");
                page.wait = page.wait.saturating_mul(2).min(LONGEST);
                page.error = Some(error.clone());
                let file = sheet.name();
                self.out
                    .event(Event::Journal(JournalEvent::NotWritten { file, error }));
                self.wait(Child::Journal(sheet.clone()), Some(again));
            }
        }
        self.settle_notes(sheet);
        if changed {
            self.make_due(sheet.clone());
        } else if is_over {
            self.journal.sheets.pages.remove(sheet);
        }
        !changed
    }

    /// The trees of daemons are to be written, those of many that come one after the other at once.
    pub(super) fn put_trees_soon(&mut self, now: Instant) {
        self.put_within(now + TOGETHER, Sheet::Trees);
    }

    /// A file is to be there at that time as things are by then.
    fn put_within(&mut self, at: Instant, sheet: Sheet) {
        match self.journal.sheets.pages.get_mut(&sheet) {
            Some(page) if matches!(page.at, At::InFlight { .. }) => {
                self.put(sheet, Wanted::There);
            }
            Some(page) => {
                // It is written with what is known then.
                page.wanted = Wanted::There;
                // After a write that failed it may have been due much later.
                if page.error.is_some() && page.at == At::Rest {
                    let due = Deadline::new(at, "write it down");
                    self.wait(Child::Journal(sheet), Some(due));
                }
            }
            None => {
                let page = Page::new(Wanted::There);
                self.journal.sheets.pages.insert(sheet.clone(), page);
                let due = Deadline::new(at, "write it down");
                self.wait(Child::Journal(sheet), Some(due));
            }
        }
    }

    /// It is time to write a file again.
    pub(crate) fn put_again(&mut self, sheet: &Sheet) {
        let page = self.journal.sheets.pages.get(sheet);
        if page.is_some_and(|page| page.at == At::Rest) {
            self.make_due(sheet.clone());
        }
    }
}

impl Host {
    /// Why the next host will not know of this daemon, or not how it is now: what is written down of
    /// it could not be.
    pub fn not_kept(&self, id: &ProcessId) -> Option<&FileError> {
        let sheets = &self.shared.journal.sheets;
        sheets.error(&Sheet::Process(id.clone()))
    }

    /// Writes down what is known of a daemon; removes it when nobody needs it.
    pub(crate) fn note_process(&mut self, id: &ProcessId) {
        let Some(process) = self
            .processes
            .get(id)
            .filter(|_| self.shared.journal.is_on())
        else {
            return;
        };
        if process.has_ended() {
            self.shared.forget_daemon(&process.spec().command.tree);
        }
        if self.is_for_next_host(process) {
            if !process.is_for_next_host() {
                self.shared.journal.kept.insert(id.clone());
            }
            return self.shared.put(Sheet::Process(id.clone()), Wanted::There);
        }
        self.shared.journal.kept.remove(id);
        self.forget_note(id);
    }

    /// The next host is to know nothing of a daemon, nor what it said.
    pub(crate) fn forget_note(&mut self, id: &ProcessId) {
        let process = self.processes.get(id);
        let recording = process.and_then(|process| process.recording());
        let recording = recording.map(ToString::to_string);
        self.shared.put(Sheet::Process(id.clone()), Wanted::Gone);
        if let Some(name) = recording {
            self.shared.remove_recording(&name);
        }
    }

    /// Writes down that somebody stops a daemon, or that it waits; of one that has not ended, soon. Most
    /// that are stopped have ended by then, and nobody was told yet that it was done; most that are to
    /// start at once run again. A host that waits for it to let go does not.
    pub(crate) fn note_soon(&mut self, now: Instant, id: &ProcessId) {
        let journal = &self.shared.journal;
        let is_early = journal.is_on() && journal.follower.is_none();
        match self.process(id) {
            Some(process) if is_early && !process.has_ended() => {
                self.shared
                    .put_within(now + SOON, Sheet::Process(id.clone()));
            }
            _ => self.note_process(id),
        }
    }

    /// Writes down what has changed, as far as it is its turn.
    pub(crate) fn write_down(&mut self, now: Instant) {
        while let Some((sheet, wanted)) = self.shared.next_due() {
            match self.change_of(now, &sheet, wanted) {
                Some(op) => self.shared.send(sheet, op),
                // Nobody knows more than what is on the disk.
                None => self.shared.leave(&sheet),
            }
        }
    }

    /// What makes a file as it is to be, by what is known now. What only says what is about to run
    /// waits for no disk: a machine that goes down takes that with it.
    fn change_of(&mut self, now: Instant, sheet: &Sheet, wanted: Wanted) -> Option<FileOp> {
        let path = self.shared.journal.path(sheet)?;
        match (wanted, sheet) {
            (Wanted::Gone, _) => Some(FileOp::Remove { path }),
            (Wanted::There, Sheet::Recording(_)) => None,
            (Wanted::There, Sheet::Trees) => Some(FileOp::note(path, self.shared.trees_text())),
            (Wanted::There, Sheet::Process(id)) => {
                let process = self.process(id)?;
                let text = self.record_of(now, process).write();
                Some(match process.is_to_last() {
                    true => FileOp::write_private(path, text),
                    false => FileOp::note(path, text),
                })
            }
        }
    }

    fn record_of(&self, now: Instant, process: &Process) -> Record {
        let run = self.run(process.run());
        let serves = run.filter(|_| process.is_kept());
        let has_ended = process.has_ended();
        Record {
            id: process.id().clone(),
            app: App::clone(process.app_info()),
            run: process.run().clone(),
            daemon: process.spec().clone(),
            supervision: process.supervision(),
            standing: self.standing_of(process),
            after: process.order.after.clone(),
            again: process.order.again == Again::InTurn,
            reason: process.reason().map(ToString::to_string),
            own_from: process.own_from(),
            stopped: process.is_to_stay_down() || has_ended && !self.is_begun_by_each_host(process),
            ended: has_ended,
            ended_at: has_ended.then(|| self.ended_at(process.id()).unwrap_or(self.wall(now))),
            was_found: process.was_found,
            is_up: process.is_up(),
            identity: process.identity().cloned(),
            exit: process.exit_of_life(),
            began: process.started_at().filter(|_| process.is_alive()),
            run_began: run.map(RunEntry::started_at),
            url: process.url().map(|url| url.text.clone()),
            kept: serves.and_then(RunEntry::local).cloned(),
            log: process.log_mark(now),
            recording: process.recording().map(ToString::to_string),
        }
    }

    /// What its supervisor knows. One that waits for others before its first start is held until then;
    /// one that only ends with its host goes on under the next.
    fn standing_of(&self, process: &Process) -> WrittenStanding {
        let mut standing = process.standing();
        let is_stopped = standing.ending == Some(Ending::Stop);
        if is_stopped && self.shutting_down && !process.stopped_by_operator {
            standing.course = None;
        }
        if standing.pause.is_none() && !self.waits_for(process).is_empty() {
            standing.pause = Some(Pause::Held(None));
        }
        WrittenStanding::of(standing, self.options.epoch)
    }

    /// A file of the journal is written, or is not.
    pub(crate) fn put_down(&mut self, now: Instant, sheet: &Sheet, completion: Completion) {
        let result = match completion {
            Completion::File(answer) => answer.map(drop),
            _ => Ok(()),
        };
        let was_told = self.shared.journal.sheets.error(sheet).is_some();
        let is_last = self.shared.put_done(now, sheet, result);
        if let Sheet::Process(id) = sheet {
            if !was_told {
                self.note_not_kept(now, id);
            }
            self.forget_ended_unkept(id);
        }
        match sheet {
            Sheet::Process(id) if is_last => self.noted(now, id),
            Sheet::Recording(name) => self.recording_gone(now, name),
            Sheet::Process(_) | Sheet::Trees => {}
        }
    }

    /// What is written down of one that has ended says that it lives: there is room to remove that.
    fn forget_ended_unkept(&mut self, id: &ProcessId) {
        let is_over = |p: &Process| {
            let remembers = p.policy().class == RestartClass::UnlessStopped;
            p.has_ended() && !remembers && !self.is_begun_by_each_host(p)
        };
        if self.not_kept(id).is_some() && self.process(id).is_some_and(is_over) {
            self.forget_note(id);
        }
    }

    /// Who looks at a daemon alone hears of it, too.
    fn note_not_kept(&mut self, now: Instant, id: &ProcessId) {
        let Some(error) = self.not_kept(id) else {
            return;
        };
        let note = format!(
            "Warning: the next server will not find it, or not as it is now: its state is not kept: {error}"
        );
        if let Some(process) = self.processes.get_mut(id) {
            process.note(now, &note, &mut self.shared);
        }
    }
}
