//! What a host writes down, so that the next one can go on.
//!
//! One file a daemon says all that is needed to find it again, or to run it again; it is
//! written before the daemon runs. One file names the trees of all that is under way, so that what
//! runs is found also when the file of its daemon cannot be read.
//! What cannot be written is tried again; nothing waits for it twice.

mod damaged;
mod fields;
mod hand_over;
mod history;
mod left_alone;
mod left_step;
mod look;
mod lost;
mod noted;
mod record;
mod recovery;
mod resumption;
mod sheet;
mod standing;
mod state_files;

use crate::{
    Follower, ProcessId,
    shared::{Child, Role, Shared},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::Action;
use collodi_command::{Recording, TreeId};
use collodi_contain::ContainedPath;
use collodi_machine::ActionId;
use collodi_python::Layout;
use collodi_time::Instant;
use collodi_value::{Object, Value};
use damaged::Damaged;
use fields::{Fields, NotARecord, array, object};
use left_alone::AllLeftAlone;
use look::Looks;
use sheet::Sheets;

pub use left_alone::{LeftAlone, Unread};
pub use left_step::LeftStep;
pub use lost::{Lost, LostDaemon};
pub use state_files::StateFiles;

pub(crate) use history::History;
pub(crate) use look::Look;
pub(crate) use record::{LogMark, Record};
pub(crate) use recovery::Recovery;
pub(crate) use sheet::{Sheet, Wanted};
pub(crate) use standing::WrittenStanding;

/// The version of the file of trees.
const VERSION: u32 = 1;
/// The name of that file.
const TREES: &str = "trees.json";

/// What a host writes down. Without directories it writes nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    dirs: Option<Dirs>,
    sheets: Sheets,
    notes: BTreeMap<TreeId, Note>,
    /// What waits until its tree is noted.
    held: Vec<Held>,
    /// Daemons that somebody stopped, and that stay stopped: their apps.
    pub(crate) stopped: BTreeMap<ProcessId, String>,
    /// Daemons that were stopped, and are known as others of their run are.
    pub(crate) kept: BTreeSet<ProcessId>,
    pub(crate) recovery: Recovery,
    looks: Looks,
    /// Files that cannot be used, by their names.
    damaged: BTreeMap<String, Damaged>,
    /// Those that were not read, until it is known what runs of their daemons.
    unread: BTreeMap<ProcessId, Unread>,
    left_alone: AllLeftAlone,
    /// The names of all that could not be used.
    unusable: BTreeSet<String>,
    /// Who waits until all is written.
    pub(crate) follower: Option<Follower>,
    /// What is to be known is written, and the next host may go on: this one does no more.
    pub(crate) let_go: Option<Follower>,
}

#[derive(Clone, Debug)]
struct Dirs {
    state: ContainedPath,
    /// Where files that cannot be used are kept.
    aside: ContainedPath,
    /// None where what processes say cannot be kept.
    logs: Option<ContainedPath>,
}

/// Trees that are written down, each with its daemon, if it is one's.
type Trees = BTreeMap<TreeId, Option<ProcessId>>;

/// A tree that may have processes.
#[derive(Clone, Debug)]
struct Note {
    child: Child,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Wanted,
    Sent,
    /// It is written, or could not be: what is to run in it runs.
    Settled,
}

/// An action that waits until its tree is noted.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) child: Child,
    pub(crate) id: Option<ActionId>,
    pub(crate) role: Role,
    pub(crate) action: Action,
}

impl Journal {
    /// One that writes below the layout's directories.
    pub(crate) fn new(layout: &Layout, records: bool) -> Self {
        let dirs = Dirs {
            state: layout.state(),
            aside: layout.set_aside(),
            logs: records.then(|| layout.logs()),
        };
        Self {
            dirs: Some(dirs),
            ..Self::default()
        }
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.dirs.is_some()
    }

    /// Whether all that was wanted is written.
    pub(crate) fn is_clean(&self) -> bool {
        self.held.is_empty() && self.sheets.are_written()
    }

    /// Where what the processes of this name say is kept.
    pub(crate) fn recording(&self, name: &str) -> Option<Recording> {
        let dir = self.dirs.as_ref()?.logs.as_ref()?.join(name).ok()?;
        Some(Recording::new(dir))
    }

    /// The file of this name.
    fn file(&self, name: &str) -> Option<ContainedPath> {
        self.dirs.as_ref()?.state.join(name).ok()
    }

    /// Whether an action has to wait until its tree is noted.
    fn holds(&self, action: &Action) -> bool {
        let tree = match action {
            Action::Exec(spec) => &spec.tree,
            Action::Write(tree, _) => tree,
            _ => return false,
        };
        let note = self.notes.get(tree);
        note.is_some_and(|note| note.stage != Stage::Settled)
    }
}

impl Shared {
    /// The file of trees, with all that are noted.
    pub(crate) fn trees_text(&mut self) -> Vec<u8> {
        let wanted = |note: &&mut Note| note.stage == Stage::Wanted;
        let notes = self.journal.notes.values_mut().filter(wanted);
        notes.for_each(|note| note.stage = Stage::Sent);
        let daemon = |(tree, note): (&TreeId, &Note)| match &note.child {
            Child::Process(id) => Some((id.to_string(), fields::text(tree))),
            _ => None,
        };
        let daemons: Object = self.journal.notes.iter().filter_map(daemon).collect();
        let others = self.journal.notes.iter();
        let others = others.filter(|(_, note)| !matches!(note.child, Child::Process(_)));
        let value = object([
            ("version", Value::from(f64::from(VERSION))),
            ("trees", array(others.map(|(tree, _)| tree))),
            ("daemons", Value::Object(daemons)),
        ]);
        value.to_json().into_bytes()
    }

    /// What waited for the trees that were sent runs.
    fn settle_notes(&mut self, sheet: &Sheet) {
        if *sheet != Sheet::Trees {
            return;
        }
        let sent = |note: &&mut Note| note.stage == Stage::Sent;
        let notes = self.journal.notes.values_mut().filter(sent);
        notes.for_each(|note| note.stage = Stage::Settled);
        for held in core::mem::take(&mut self.journal.held) {
            if self.journal.holds(&held.action) {
                self.journal.held.push(held);
            } else {
                self.ask_now(held.child, held.id, held.role, held.action);
            }
        }
    }

    /// Whether what a child asks for may be asked of the world. What runs in a tree that
    /// is not noted waits until it is.
    pub(crate) fn admit(&mut self, held: Held) -> Option<Held> {
        let is_noted = matches!(held.child, Child::Run(_) | Child::Env(_));
        if !(self.journal.is_on() && is_noted) {
            return Some(held);
        }
        if let Action::Exec(spec) = &held.action
            && !self.journal.notes.contains_key(&spec.tree)
        {
            let (child, stage) = (held.child.clone(), Stage::Wanted);
            self.journal
                .notes
                .insert(spec.tree.clone(), Note { child, stage });
            self.put_trees();
        }
        if !self.journal.holds(&held.action) {
            return Some(held);
        }
        self.journal.held.push(held);
        None
    }

    /// The file of trees is to be as things are. What an earlier host has left stays in it until that
    /// has ended.
    fn put_trees(&mut self) {
        if !matches!(self.journal.recovery, Recovery::Done) {
            return;
        }
        let wanted = match self.journal.notes.is_empty() {
            true => Wanted::Gone,
            false => Wanted::There,
        };
        self.put(Sheet::Trees, wanted);
    }

    /// Nothing of a child's trees is left.
    pub(crate) fn forget_trees(&mut self, child: &Child) {
        self.forget_notes(|_, note| note.child == *child);
    }

    /// A tree is that of a daemon from here on. The file of that one says so already.
    pub(crate) fn note_daemon(&mut self, now: Instant, tree: &TreeId, id: &ProcessId) {
        let is_new = self.keep_daemon(tree, id);
        if is_new && matches!(self.journal.recovery, Recovery::Done) {
            self.put_trees_soon(now);
        }
    }

    /// The tree of a daemon is in the file of trees when that is written next. Whether it is new there.
    fn keep_daemon(&mut self, tree: &TreeId, id: &ProcessId) -> bool {
        let (child, stage) = (Child::Process(id.clone()), Stage::Settled);
        let note = Note { child, stage };
        let before = self.journal.notes.insert(tree.clone(), note);
        before.is_none_or(|before| before.child != Child::Process(id.clone()))
    }

    /// Nothing of a daemon's trees is left. Who finds its name in the file finds nobody there: so
    /// the file is written when there is more to say, or nothing.
    pub(crate) fn forget_daemon(&mut self, tree: &TreeId) {
        let is_known = self.journal.notes.remove(tree).is_some();
        if is_known && self.journal.notes.is_empty() {
            self.put_trees();
        }
    }

    fn forget_notes(&mut self, is_it: impl Fn(&TreeId, &Note) -> bool) {
        let known = self.journal.notes.len();
        self.journal.notes.retain(|tree, note| !is_it(tree, note));
        if self.journal.notes.len() < known {
            self.put_trees();
        }
    }
}

/// Reads the file of trees.
fn read_trees(bytes: &[u8]) -> Result<Trees, NotARecord> {
    let value = fields::parse(bytes)?;
    let fields = Fields::of(&value)?;
    fields.version(VERSION)?;
    let names = fields.texts("trees")?;
    let mut trees: Trees = names.iter().map(|name| (TreeId::new(name), None)).collect();
    let daemons = fields.optional("daemons", Value::as_object)?;
    for (id, tree) in daemons.into_iter().flat_map(Object::iter) {
        let tree = TreeId::new(tree.as_str().ok_or(NotARecord("daemons"))?);
        trees.insert(tree, Some(ProcessId::from_text(id)));
    }
    Ok(trees)
}
