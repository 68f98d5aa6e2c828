//! Files of the journal that cannot be used. Where one was read, and says nothing, what still runs of
//! its daemon is ended, as nothing says how that is to go on, and the file is put aside for people to
//! look at. Where one was not read, or is of another version, its daemon is left alone, and the file
//! stays. That of trees is put aside in each case, or stays where it could not be read.

use super::{Look, Record, Sheet, TREES, Trees, Unread, fields::NotARecord};
use crate::{
    Host, ProcessId,
    event::{JournalEvent, Left},
    shared::{Child, Role},
};
use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::Action;
use collodi_contain::ContainedPath;
use collodi_file::FileOp;

/// A file that cannot be used.
#[derive(Clone, Debug)]
pub(super) struct Damaged {
    why: String,
    /// What is in it; none where it was not read. Such a file stays where it is.
    bytes: Option<Vec<u8>>,
    /// What became of what it is about.
    left: Left,
}

impl Host {
    /// A file was read, and says nothing that can be used. One of another version says it to that.
    pub(super) fn found_damaged(&mut self, name: &str, why: NotARecord, bytes: Vec<u8>) {
        // That of trees is written anew by each host, whatever it says.
        match why == NotARecord::OTHER_VERSION && name != TREES {
            // What it said stays, too.
            true if Record::is_of_ended(&bytes) => {
                self.shared.journal.unusable.insert(name.into());
                return;
            }
            true => return self.found_unread(name, Unread::OtherVersion),
            false => {}
        }
        self.note_damaged(name, why.to_string(), Some(bytes));
    }

    /// A file was not read: it may be as it is to be. Its daemon is left alone.
    pub(super) fn found_unread(&mut self, name: &str, why: Unread) {
        match process_of(name) {
            Some(id) => {
                self.shared.journal.unusable.insert(name.into());
                self.shared.journal.unread.insert(id, why);
            }
            None => self.note_damaged(name, format!("it {why}"), None),
        }
    }

    fn note_damaged(&mut self, name: &str, why: String, bytes: Option<Vec<u8>>) {
        let left = Left::Unknown;
        let damaged = Damaged { why, bytes, left };
        self.shared.journal.damaged.insert(name.into(), damaged);
        self.shared.journal.unusable.insert(name.into());
    }

    /// Whether the file of this daemon was there and could not be used.
    pub(super) fn is_unusable(&self, id: &str) -> bool {
        let name = file_of(&ProcessId::from_text(id));
        self.shared.journal.unusable.contains(&name)
    }

    /// Whether the file of this daemon was not read, so that it is left alone, or was.
    pub(super) fn is_unread(&self, id: &ProcessId) -> bool {
        let name = file_of(id);
        let journal = &self.shared.journal;
        journal.unusable.contains(&name) && !journal.damaged.contains_key(&name)
    }

    /// Puts those aside of whose processes nothing is known but that there may be some.
    pub(super) fn give_up_unknown(&mut self, trees: &Trees) {
        let known: BTreeSet<_> = trees.values().flatten().map(file_of).collect();
        let names = self.shared.journal.damaged.keys();
        let unknown: Vec<_> = names
            .filter(|name| !known.contains(*name))
            .cloned()
            .collect();
        unknown.iter().for_each(|name| self.set_aside(name));
    }

    /// Whether no file was found that is about this daemon.
    pub(super) fn is_missing(&self, id: &ProcessId) -> bool {
        let journal = &self.shared.journal;
        !journal.damaged.contains_key(&file_of(id)) && !journal.unread.contains_key(id)
    }

    /// Nothing that can be read says how this daemon is to go on: what lives of it is being ended.
    pub(super) fn end_damaged(&mut self, id: &ProcessId, is_empty: bool) {
        let name = file_of(id);
        match self.shared.journal.damaged.get_mut(&name) {
            Some(damaged) => {
                damaged.left = if is_empty { Left::Nothing } else { Left::Ended };
                self.set_aside(&name);
            }
            None if is_empty => {}
            None => {
                let (file, process) = (self.path_text(&name), id.clone());
                self.tell(JournalEvent::Lost { file, process });
            }
        }
    }

    fn set_aside(&mut self, name: &str) {
        let to = self.aside(name);
        let damaged = self.shared.journal.damaged.get_mut(name);
        let bytes = damaged.and_then(|damaged| damaged.bytes.take());
        match (to, bytes) {
            (Some(to), Some(bytes)) => {
                let look = Look::Aside(name.into());
                self.look(look, FileOp::write_private(to, bytes));
            }
            _ => self.put_aside(name, false),
        }
    }

    /// A file is kept elsewhere; where that failed it stays where it is.
    pub(super) fn put_aside(&mut self, name: &str, is_there: bool) {
        let Some(damaged) = self.shared.journal.damaged.remove(name) else {
            return;
        };
        let file = match self.aside(name).filter(|_| is_there) {
            Some(aside) => aside.absolute(),
            None => self.path_text(name),
        };
        // That of trees may be another one by now.
        let is_to_go = is_there && name != TREES;
        if let Some(path) = self.shared.journal.file(name).filter(|_| is_to_go) {
            let remove = Action::File(FileOp::Remove { path });
            self.shared.ask_now(Child::Aside, None, Role::Plain, remove);
        }
        let Damaged { why, left, .. } = damaged;
        let process = process_of(name);
        let told = JournalEvent::SetAside {
            file,
            process,
            why,
            left,
        };
        self.tell(told);
    }

    pub(super) fn aside(&self, name: &str) -> Option<ContainedPath> {
        self.shared.journal.dirs.as_ref()?.aside.join(name).ok()
    }

    pub(super) fn path_text(&self, name: &str) -> String {
        let path = self.shared.journal.file(name);
        path.map_or_else(|| name.to_string(), |path| path.absolute())
    }
}

pub(super) fn file_of(id: &ProcessId) -> String {
    Sheet::Process(id.clone()).name()
}

/// Whether what is no file, and has the name of this one's, stands for a daemon: it is named as one, or
/// there is a tree of it.
pub(super) fn is_daemon(id: &ProcessId, trees: &Trees) -> bool {
    id.app().is_some() || trees.values().flatten().any(|of| of == id)
}

/// The daemon that the file of this name is about.
pub(super) fn process_of(name: &str) -> Option<ProcessId> {
    let id = name.strip_suffix(".json").filter(|_| name != TREES)?;
    Some(ProcessId::from_text(id))
}
