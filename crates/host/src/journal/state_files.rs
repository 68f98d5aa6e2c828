//! The files of a host's state, for who looks at them when no host runs.

use super::{
    LeftAlone, LeftStep, Lost, LostDaemon, Record, TREES, Trees, Unread,
    damaged::{file_of, is_daemon, process_of},
    fields::NotARecord,
    read_trees,
};
use crate::ProcessId;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::TreeId;
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileKind};

/// What is in the directory of a host's state, as far as it says with whom the next host does not go on:
/// it is told one by one what is there, and keeps nothing of a file that can be used but whose it is.
#[derive(Clone, Debug, Default)]
pub struct StateFiles {
    trees: Trees,
    /// The trees of those whose files can be used.
    used: BTreeSet<TreeId>,
    /// The apps of those that have ended.
    ended: BTreeMap<ProcessId, String>,
    unread: BTreeMap<ProcessId, Unread>,
    /// What says nothing.
    lost: BTreeMap<ProcessId, Lost>,
    /// What is no file.
    odd: BTreeMap<ProcessId, Unread>,
}

impl StateFiles {
    /// A file was read.
    pub fn read(&mut self, name: &str, bytes: &[u8]) {
        if name == TREES {
            self.trees = read_trees(bytes).unwrap_or_default();
        } else if let Some(id) = process_of(name) {
            match Record::read_in(name, bytes) {
                Ok(record) => self.known(record),
                Err(NotARecord::OTHER_VERSION) if Record::is_of_ended(bytes) => {}
                Err(NotARecord::OTHER_VERSION) => {
                    self.unread.insert(id, Unread::OtherVersion);
                }
                Err(_) if bytes.is_empty() => drop(self.lost.insert(id, Lost::Empty)),
                Err(why) => drop(self.lost.insert(id, Lost::Damaged(why.to_string()))),
            }
        }
    }

    /// A file was not read.
    pub fn not_read(&mut self, name: &str, error: &FileError) {
        self.unread
            .extend(process_of(name).map(|id| (id, Unread::not_read(error))));
    }

    /// This is in place of a file.
    pub fn no_file(&mut self, name: &str, kind: FileKind) {
        self.odd
            .extend(process_of(name).map(|id| (id, Unread::no_file(kind))));
    }

    fn known(&mut self, record: Record) {
        if record.ended {
            let app = record.app.name.to_string();
            self.ended.insert(record.id, app);
        }
        self.used.insert(record.daemon.command.tree);
    }

    /// Those of an app that have ended: the next host only knows of them.
    pub fn ended_of<'a>(&'a self, app: &'a str) -> impl Iterator<Item = &'a ProcessId> {
        let its = self.ended.iter().filter(move |(_, of)| *of == app);
        its.map(|(id, _)| id)
    }

    /// Those that the next host ends, if anything of them lives.
    pub fn lost(&self, state: &ContainedPath) -> Vec<LostDaemon> {
        let is_unread = |id: &ProcessId| self.unread.contains_key(id) || self.odd.contains_key(id);
        let daemons = self.trees.iter();
        let daemons = daemons.filter_map(|(tree, id)| Some((tree, id.as_ref()?)));
        let lost = daemons.filter(|(tree, id)| !self.used.contains(*tree) && !is_unread(id));
        let lost = lost.map(|(tree, id)| {
            let why = self.lost.get(id).cloned().unwrap_or_default();
            LostDaemon::new(state, tree, id, why)
        });
        lost.collect()
    }

    /// What interrupted runs have left, if anything of it lives: the next host ends that.
    pub fn steps(&self) -> Vec<LeftStep> {
        let of_runs = self.trees.iter().filter(|(_, daemon)| daemon.is_none());
        of_runs.filter_map(|(tree, _)| LeftStep::of(tree)).collect()
    }

    /// Those that the next host leaves alone, if anything of them lives.
    pub fn left_alone(mut self, state: &ContainedPath) -> Vec<LeftAlone> {
        let trees = &self.trees;
        let odd = self.odd.into_iter();
        self.unread
            .extend(odd.filter(|(id, _)| is_daemon(id, trees)));
        let tree_of = |id: &ProcessId| {
            let found = trees.iter().find(|(_, of)| of.as_ref() == Some(id));
            found.map(|(tree, _)| tree.clone())
        };
        let left_alone = |(id, why): (ProcessId, Unread)| {
            let file = state.join(&file_of(&id)).ok()?.absolute();
            let tree = tree_of(&id);
            Some(LeftAlone {
                id,
                file,
                why,
                tree,
            })
        };
        self.unread.into_iter().filter_map(left_alone).collect()
    }
}
