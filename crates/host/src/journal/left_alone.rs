//! Daemons of which nothing could be read: another version wrote it down, or it cannot be read. Such
//! a daemon is left as it is, with its file, until somebody stops it.

use super::{Look, Trees, damaged};
use crate::{
    Host, ProcessId, Refused,
    event::{JournalEvent, Left},
    process::ASK_AGAIN,
    shared::{Child, Role},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId, quote_posix};
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileKind, FileOp};
use collodi_restart::Escalation;
use collodi_time::{Deadline, Instant};
use core::fmt;

/// A daemon that a host leaves as it is, because it could not read what is written down of it. Its
/// processes go on, and its file stays, for the program that can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// Which one it is. Of its app nothing is known but what this says: [`ProcessId::app`].
    pub id: ProcessId,
    /// Its file.
    pub file: String,
    /// Why that was not read.
    pub why: Unread,
    /// The tree that has its processes. Where nobody knows which that is, some may run.
    pub tree: Option<TreeId>,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is whole, and of another version of the program.
    OtherVersion,
    /// It could not be, for this reason.
    NotRead(String),
}

impl Unread {
    /// Something else is in place of the file.
    pub(super) fn no_file(kind: FileKind) -> Self {
        Self::NotRead(format!("it is a {kind}"))
    }

    /// What went wrong when it was read.
    pub fn not_read(error: &FileError) -> Self {
        let kind = error.kind;
        let detail = error.detail.as_ref();
        Self::NotRead(detail.map_or_else(|| kind.to_string(), |why| format!("{kind} ({why})")))
    }

    /// What to do for that it can be read.
    const fn cure(&self) -> &'static str {
        match self {
            Self::OtherVersion => "start the program that wrote it",
            Self::NotRead(_) => "mend that and start the server anew",
        }
    }
}

impl LeftAlone {
    /// Whether nothing of it is left when somebody ends this app: it is one of it for certain, and its
    /// processes are known.
    pub fn ends_with(&self, app: &str) -> bool {
        self.id.app() == Some(app) && self.tree.is_some()
    }

    /// What to do about it.
    pub fn way_out(&self) -> String {
        let id = &self.id;
        let end = match self.tree {
            Some(_) => format!("end {id}"),
            None => "look for its processes, and have it forgotten".to_string(),
        };
        let first = self.why.cure();
        format!("{first}, or {end} with `collodi stop {id}`")
    }

    /// What to do about one of which nothing lives, and that no host knows therefore.
    pub fn way_back(&self) -> String {
        let (first, file) = (self.why.cure(), quote_posix(&self.file));
        format!("{first} if it is to run again, else: rm -r {file}")
    }

    /// What to do for a run that it keeps from beginning.
    pub fn way_beside(&self) -> String {
        let out = self.way_out();
        format!("{out}; a run with --again (\"again\": true) begins beside it")
    }
}

/// Those that a host leaves alone, by their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllLeftAlone(BTreeMap<ProcessId, Alone>);

#[derive(Clone, Debug)]
struct Alone {
    known: LeftAlone,
    /// Whether it was told of: it lives, or nobody knows whether it does.
    is_told: bool,
    /// Whether its end is waited for.
    is_watched: bool,
    /// How far its end is, when somebody stops it.
    ending: Option<Ending>,
}

/// How far the end of one is that somebody stops.
#[derive(Clone, Debug)]
enum Ending {
    Signalled(Escalation),
    /// Its file is put aside.
    Ended,
}

/// How far a file is on its way to those that are set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Move {
    /// Their directory is made.
    Dir,
    /// What was set aside of its name before goes.
    Older,
    File,
}

impl AllLeftAlone {
    /// One that somebody stops, while that is not done.
    fn ending(&self) -> Option<&ProcessId> {
        let mut all = self.0.iter();
        let ending = all.find(|(_, alone)| alone.ending.is_some());
        ending.map(|(id, _)| id)
    }
}

impl Host {
    /// The daemons of earlier hosts that are left as they are, because what is written down of them
    /// could not be read: until they end, or somebody stops them. Those of which it is being asked
    /// whether they live are not among them, and nothing begins until then.
    pub fn left_alone(&self) -> impl Iterator<Item = &LeftAlone> {
        let all = self.shared.journal.left_alone.0.values();
        all.filter(|alone| alone.is_told).map(|alone| &alone.known)
    }

    /// Whether the one of this name is.
    pub(crate) fn is_left_alone(&self, id: &ProcessId) -> bool {
        self.shared.journal.left_alone.0.contains_key(id)
    }

    /// Why nothing is done with this daemon: it is left alone, or nobody knows it.
    pub fn refusal_of(&self, id: &ProcessId) -> Refused {
        match self.left_alone().find(|alone| alone.id == *id) {
            Some(alone) => Refused::LeftAlone(alone.clone().into()),
            None => Refused::NoSuchProcess(id.to_string()),
        }
    }

    /// Whether a daemon that is one of this app, or may be, is left alone: beside it nothing of that app
    /// begins.
    pub(crate) fn refuse_left_alone(&self, app: &str) -> Result<(), Refused> {
        match self.left_alone().find(|alone| alone.id.is_of(app)) {
            Some(alone) => Err(Refused::LeftAlone(alone.clone().into())),
            None => Ok(()),
        }
    }

    /// Those of this app. One that may be of another is not ended with it.
    pub(crate) fn left_alone_of(&self, app: &str) -> Vec<ProcessId> {
        let ids = self.shared.journal.left_alone.0.keys();
        ids.filter(|id| id.app() == Some(app)).cloned().collect()
    }

    /// Daemons whose files were not read are left as they are from here on. Their trees stay in the
    /// file of trees, also when they are empty: so it is known under each host that nothing runs. Those
    /// that have none are told at once, the others when it is known that they live.
    pub(super) fn leave_unread(&mut self, trees: &Trees) {
        let daemons = trees.iter();
        let daemons = daemons.filter_map(|(tree, id)| Some((id.as_ref()?, tree)));
        let trees: BTreeMap<_, _> = daemons.collect();
        for (id, why) in core::mem::take(&mut self.shared.journal.unread) {
            let tree = trees.get(&id).map(|tree| (*tree).clone());
            self.leave_alone(id, why, tree);
        }
    }

    fn leave_alone(&mut self, id: ProcessId, why: Unread, tree: Option<TreeId>) {
        let alone = Alone {
            known: LeftAlone {
                id: id.clone(),
                file: self.path_text(&damaged::file_of(&id)),
                why,
                tree: tree.clone(),
            },
            is_told: false,
            is_watched: false,
            ending: None,
        };
        self.shared.journal.left_alone.0.insert(id.clone(), alone);
        match tree {
            Some(tree) => drop(self.shared.keep_daemon(&tree, &id)),
            None => self.tell_alone(&id),
        }
    }

    /// Whether anything of one lives is known, or nobody says it in time. One of which nothing does is
    /// known no more; of one that somebody stops meanwhile, its end says so.
    pub(super) fn found_alone(&mut self, id: &ProcessId, is_empty: bool) {
        match self.alone(id).map(|alone| alone.is_told) {
            Some(false) if is_empty => drop(self.shared.journal.left_alone.0.remove(id)),
            _ => self.tell_alone(id),
        }
    }

    /// It is told of one that it is left alone, once, and its end is waited for.
    fn tell_alone(&mut self, id: &ProcessId) {
        let Some(alone) = self.alone(id).filter(|alone| !alone.is_told) else {
            return;
        };
        alone.is_told = true;
        let known = alone.known.clone();
        self.tell(JournalEvent::LeftAlone(known));
        self.await_end_of(id);
    }

    /// Whether any may be ended: a host that is over does nothing, and the next one would not hear of it.
    pub(crate) fn may_end_alone(&self) -> Result<(), Refused> {
        match self.shared.journal.follower {
            _ if self.is_over() => Err(Refused::ShuttingDown),
            Some(_) => Err(Refused::HandingOver),
            None => Ok(()),
        }
    }

    /// Somebody stops one: it is ended as others are. What nobody can find is not signalled.
    pub(crate) fn end_left_alone(&mut self, now: Instant, id: &ProcessId) {
        let Some(alone) = self.alone(id).filter(|alone| alone.ending.is_none()) else {
            return;
        };
        if alone.known.tree.is_none() {
            return self.set_left_alone_aside(id);
        }
        self.tell_alone(id);
        let (escalation, signal) = Escalation::begin(self.options.stop.clone(), now);
        self.go_on_ending(id, escalation, Some(signal));
    }

    /// It is time to go on with the end of one.
    pub(crate) fn left_alone_due(&mut self, now: Instant, id: &ProcessId) {
        let ending = self.alone(id).and_then(|alone| alone.ending.clone());
        if let Some(Ending::Signalled(mut escalation)) = ending {
            let signal = escalation.due(now);
            self.go_on_ending(id, escalation, signal);
        }
    }

    /// Those that somebody stops are killed.
    pub(crate) fn hurry_left_alone(&mut self, now: Instant) {
        let ids: Vec<_> = self.shared.journal.left_alone.0.keys().cloned().collect();
        for id in ids {
            let ending = self.alone(&id).and_then(|alone| alone.ending.clone());
            if let Some(Ending::Signalled(mut escalation)) = ending {
                let signal = escalation.hurry(now);
                self.go_on_ending(&id, escalation, Some(signal));
            }
        }
    }

    /// Nothing of one is left, or that cannot be seen: then it is asked again after a while.
    pub(crate) fn left_alone_is_empty(
        &mut self,
        now: Instant,
        id: &ProcessId,
        completion: &Completion,
    ) {
        let is_empty = matches!(completion, Completion::Empty(Ok(())));
        let Some(alone) = self.alone(id) else {
            return;
        };
        alone.is_watched = false;
        match (is_empty, &alone.ending) {
            (true, Some(_)) => self.set_left_alone_aside(id),
            (true, None) => self.ended_alone(id),
            (false, _) => {
                let again = Deadline::new(now + ASK_AGAIN, "is anything left?");
                self.shared.wait(Child::Emptying(id.clone()), Some(again));
            }
        }
    }

    /// Its file is on its way to those that are set aside.
    pub(super) fn moved(&mut self, id: &ProcessId, how: Move, answer: Result<(), FileError>) {
        match (how, answer) {
            (Move::Dir, Ok(())) => self.remove_older(id),
            (Move::Older, Ok(())) => self.move_file(id),
            (Move::File, Ok(())) => self.is_set_aside(id),
            (_, Err(error)) => self.stays(id, error),
        }
    }

    /// Whether nothing but the end of those that are left alone is waited for, which nobody stops.
    pub(crate) fn only_leaves_alone(&self) -> bool {
        let is_alone = |child: &Child| matches!(child, Child::LeftAlone(_));
        let owners = &self.shared.owners;
        let mut in_flight = self.shared.out.in_flight();
        !self.ends_left_alone()
            && in_flight.all(|id| owners.get(&id).is_some_and(|owner| is_alone(&owner.child)))
    }

    /// Whether the end of one that somebody stops is under way.
    pub(crate) fn ends_left_alone(&self) -> bool {
        self.left_alone_ending().is_some()
    }

    /// One whose end is under way: whoever comes after would leave it alone again.
    pub(super) fn left_alone_ending(&self) -> Option<&ProcessId> {
        self.shared.journal.left_alone.ending()
    }

    fn alone(&mut self, id: &ProcessId) -> Option<&mut Alone> {
        self.shared.journal.left_alone.0.get_mut(id)
    }

    /// The end of one is waited for, once at a time.
    pub(crate) fn await_end_of(&mut self, id: &ProcessId) {
        let Some(alone) = self.alone(id).filter(|alone| !alone.is_watched) else {
            return;
        };
        if let Some(tree) = alone.known.tree.clone() {
            alone.is_watched = true;
            let (child, empty) = (Child::LeftAlone(id.clone()), Action::AwaitEmpty(tree));
            self.shared.ask_now(child, None, Role::Plain, empty);
        }
    }

    fn go_on_ending(&mut self, id: &ProcessId, how: Escalation, signal: Option<Signal>) {
        let Some(alone) = self.alone(id) else {
            return;
        };
        let (tree, due) = (alone.known.tree.clone(), how.deadline());
        alone.ending = Some(Ending::Signalled(how));
        if let (Some(tree), Some(signal)) = (tree, signal) {
            let signal = Action::Signal(tree, signal);
            self.shared.ask_now(Child::Aside, None, Role::Plain, signal);
        }
        self.await_end_of(id);
        self.wait_with(id, Some(due));
    }

    fn wait_with(&mut self, id: &ProcessId, due: Option<Deadline>) {
        self.shared.wait(Child::LeftAlone(id.clone()), due);
    }

    /// It has ended by itself. Whoever can read its file decides whether it runs again, so that stays;
    /// and so does its tree in the file of trees: the next host sees that nothing runs.
    fn ended_alone(&mut self, id: &ProcessId) {
        if let Some(alone) = self.shared.journal.left_alone.0.remove(id) {
            self.tell(JournalEvent::EndedAlone(alone.known));
        }
    }

    fn set_left_alone_aside(&mut self, id: &ProcessId) {
        self.wait_with(id, None);
        self.shared.wait(Child::Emptying(id.clone()), None);
        if let Some(alone) = self.alone(id) {
            alone.ending = Some(Ending::Ended);
        }
        if let Some(dirs) = &self.shared.journal.dirs {
            let path = dirs.aside.clone();
            let look = Look::Move(id.clone(), Move::Dir);
            self.look(look, FileOp::MakeDir { path });
        }
    }

    fn remove_older(&mut self, id: &ProcessId) {
        if let Some((_, path)) = self.way_aside(id) {
            let look = Look::Move(id.clone(), Move::Older);
            self.look(look, FileOp::Remove { path });
        }
    }

    fn move_file(&mut self, id: &ProcessId) {
        if let Some((from, to)) = self.way_aside(id) {
            let look = Look::Move(id.clone(), Move::File);
            self.look(look, FileOp::Rename { from, to });
        }
    }

    fn way_aside(&self, id: &ProcessId) -> Option<(ContainedPath, ContainedPath)> {
        let name = damaged::file_of(id);
        Some((self.shared.journal.file(&name)?, self.aside(&name)?))
    }

    fn is_set_aside(&mut self, id: &ProcessId) {
        let Some(alone) = self.shared.journal.left_alone.0.remove(id) else {
            return;
        };
        let LeftAlone {
            id,
            file,
            why,
            tree,
        } = alone.known;
        let left = tree.as_ref().map_or(Left::Unknown, |_| Left::Ended);
        tree.iter().for_each(|tree| self.shared.forget_daemon(tree));
        let aside = self.way_aside(&id).map(|(_, to)| to.absolute());
        self.tell(JournalEvent::SetAside {
            file: aside.unwrap_or(file),
            process: Some(id),
            why: format!("it {why}"),
            left,
        });
    }

    /// Its file cannot be put aside: the next host finds it, and sees in the file of trees that nothing
    /// runs.
    fn stays(&mut self, id: &ProcessId, error: FileError) {
        if let Some(alone) = self.shared.journal.left_alone.0.remove(id) {
            let daemon = alone.known;
            self.tell(JournalEvent::NotSetAside { daemon, error });
        }
    }
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            file,
            why,
            tree,
        } = self;
        let lives = match tree {
            Some(_) => "",
            None => ", and nobody knows whether it runs",
        };
        write!(f, "{id} is left as it is{lives}: {file} {why}")
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherVersion => f.write_str("is of another version"),
            Self::NotRead(why) => write!(f, "cannot be read: {why}"),
        }
    }
}
