//! The folders for temporary files of sandboxed commands: one a tree, as long as its commands
//! may come.

use crate::{
    Host, ProcessId,
    shared::{Child, Role, Shared},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    vec::Vec,
};
use collodi_action::Action;
use collodi_command::{CommandSpec, Sandbox, TreeId};
use collodi_contain::ContainedPath;
use collodi_file::{Entry, FileOp};
use collodi_sandbox::{Place, Temp};

/// The folders that were given out.
#[derive(Clone, Debug)]
pub(crate) struct Temporary {
    dir: ContainedPath,
    given: BTreeMap<TreeId, Child>,
}

impl Temporary {
    pub(crate) const fn new(dir: ContainedPath) -> Self {
        Self {
            dir,
            given: BTreeMap::new(),
        }
    }

    /// Gives a sandboxed command of this child the folder of its tree. A file system in memory
    /// will do for the looks that the host has, and what it fetches.
    pub(crate) fn fill(&mut self, spec: &mut CommandSpec, child: &Child) {
        let is_large = matches!(child, Child::Run(_) | Child::Env(_) | Child::Process(_));
        let path = self.path(&spec.tree).filter(|_| is_large);
        let folder = path.and_then(|path| Place::parse(&path.absolute()).ok());
        if let (Sandbox::Within(profile), Some(folder)) = (&mut spec.sandbox, folder) {
            Arc::make_mut(profile).temp = Temp::Folder(folder);
            self.given.insert(spec.tree.clone(), child.clone());
        }
    }

    fn path(&self, tree: &TreeId) -> Option<ContainedPath> {
        self.dir.join(tree.as_str()).ok()
    }
}

impl Shared {
    /// The folders of this child have no use any more, but for those of trees that live.
    pub(crate) fn remove_temporary(&mut self, child: &Child, live: &BTreeSet<TreeId>) {
        let given = self.temporary.given.iter();
        let its: Vec<_> = given
            .filter(|(tree, of)| *of == child && !live.contains(*tree))
            .map(|(tree, _)| tree.clone())
            .collect();
        for tree in its {
            self.temporary.given.remove(&tree);
            if let Some(path) = self.temporary.path(&tree) {
                self.remove_aside(path);
            }
        }
    }

    fn remove_aside(&mut self, path: ContainedPath) {
        let remove = Action::File(FileOp::Remove { path });
        self.ask_now(Child::Aside, None, Role::Plain, remove);
    }
}

impl Host {
    /// The trees of daemons that live.
    pub(crate) fn live_trees(&self) -> BTreeSet<TreeId> {
        let live = self.processes().filter(|process| !process.has_ended());
        live.map(|process| process.spec().command.tree.clone())
            .collect()
    }

    /// A daemon has ended. Its tree may have been one of a run's.
    pub(crate) fn remove_temporary_of(&mut self, id: &ProcessId) {
        let child = Child::Process(id.clone());
        let tree = self
            .processes
            .get(id)
            .map(|process| &process.spec().command.tree);
        let given = &mut self.shared.temporary.given;
        if let Some(of) = tree.and_then(|tree| given.get_mut(tree)) {
            of.clone_from(&child);
        }
        let live = self.live_trees();
        self.shared.remove_temporary(&child, &live);
    }

    /// Asks for the folders that an earlier host has left.
    pub(crate) fn temporary_files(&self) -> FileOp {
        FileOp::List {
            path: self.shared.temporary.dir.clone(),
        }
    }

    /// Removes those that nobody has who goes on.
    pub(crate) fn found_temporary(&mut self, entries: &[Entry]) {
        let live = self.live_trees();
        let is_used = |name: &str| {
            let tree = TreeId::new(name);
            live.contains(&tree) || self.shared.temporary.given.contains_key(&tree)
        };
        let left = entries.iter().filter(|entry| !is_used(&entry.name));
        let left: Vec<_> = left
            .filter_map(|entry| self.shared.temporary.dir.join(&entry.name).ok())
            .collect();
        left.into_iter()
            .for_each(|path| self.shared.remove_aside(path));
    }
}
