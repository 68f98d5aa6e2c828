//! The files as the run would find them: what is there, and over it, in memory, what the run
//! has done so far.

use collodi_action::{Action, Completion};
use collodi_backend::{Backends, FileSystem};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_python::Layout;
use collodi_run::App;
use collodi_sim::World;
use std::collections::BTreeSet;

/// The largest file that is taken into memory because the run changes it, in bytes.
const COPIED: u64 = 16 << 20;

/// Real files below, which are only read, and files in memory above.
#[derive(Debug)]
pub(crate) struct Disk<'a> {
    below: &'a dyn FileSystem,
    above: Backends,
    world: World,
    /// What the run has deleted, by absolute path.
    deleted: BTreeSet<String>,
}

impl<'a> Disk<'a> {
    pub(crate) fn new(layout: &Layout, below: &'a dyn FileSystem) -> Self {
        let world = World::new();
        for dir in [layout.environments(), layout.apps()] {
            world.dir(&dir.absolute());
        }
        Self {
            below,
            above: world.backends(),
            world,
            deleted: BTreeSet::new(),
        }
    }

    /// The folders of an app whose script is run are there.
    pub(crate) fn enter(&self, app: &App) {
        self.world.dir(app.root.as_str());
        self.assume_dir(&app.cwd());
    }

    /// Performs an operation: what reads, on both; what changes something, above only.
    pub(crate) async fn perform(&mut self, op: &FileOp) -> Result<FileAnswer, FileError> {
        match op {
            FileOp::Read { .. }
            | FileOp::Stat { .. }
            | FileOp::List { .. }
            | FileOp::ReadAll { .. }
            | FileOp::Measure { .. }
            | FileOp::Space { .. } => self.read(op).await,
            FileOp::Append { path, .. } => {
                self.lift(path).await;
                self.change(op)
            }
            FileOp::Copy { from, .. } | FileOp::Rename { from, .. } => {
                self.lift(from).await;
                let answer = self.change(op);
                if answer.is_ok() && matches!(op, FileOp::Rename { .. }) {
                    self.deleted.insert(from.absolute());
                }
                answer
            }
            FileOp::Remove { path } => {
                let answer = self.change(op);
                if answer.is_ok() {
                    self.deleted.insert(path.absolute());
                }
                answer
            }
            _ => self.change(op),
        }
    }

    /// Does something else, in memory; none when that cannot end.
    pub(crate) fn complete(&self, action: Action) -> Option<Completion> {
        let done = collodi_driver::complete(&self.above, action);
        self.world.block_on(done).ok().flatten()
    }

    /// Whether something is at the path.
    pub(crate) async fn has(&mut self, path: &ContainedPath) -> bool {
        let op = FileOp::Stat { path: path.clone() };
        matches!(self.perform(&op).await, Ok(FileAnswer::Stat(Some(_))))
    }

    /// Makes a folder that a command would make.
    pub(crate) fn assume_dir(&self, path: &ContainedPath) {
        self.world.dir(&path.absolute());
    }

    /// Makes a file that a command would make.
    pub(crate) fn assume_file(&self, path: &ContainedPath, content: &str) {
        self.world.file(&path.absolute(), content);
    }

    async fn read(&mut self, op: &FileOp) -> Result<FileAnswer, FileError> {
        let above = self.change(op);
        match (&above, op) {
            (Ok(FileAnswer::Stat(None)), _)
            | (Err(_), FileOp::Read { .. } | FileOp::ReadAll { .. }) => {}
            // A folder that the run writes into is there twice: the real one has the rest.
            (_, FileOp::List { .. }) => {}
            // What is made in memory takes no room.
            (_, FileOp::Measure { .. } | FileOp::Space { .. }) => {}
            _ => return above,
        }
        if self.is_deleted(op.path()) {
            return above;
        }
        match (self.below.perform(op.clone()).await, above) {
            (Ok(FileAnswer::Entries(mut all)), Ok(FileAnswer::Entries(more))) => {
                let new = more
                    .into_iter()
                    .filter(|m| all.iter().all(|e| e.name != m.name));
                let new: Vec<_> = new.collect();
                all.extend(new);
                all.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(FileAnswer::Entries(all))
            }
            (Err(error), Ok(above)) if error.kind == FileErrorKind::NotFound => Ok(above),
            (below, _) => below,
        }
    }

    /// In memory, where everything is answered at once.
    fn change(&self, op: &FileOp) -> Result<FileAnswer, FileError> {
        let done = self.above.files.perform(op.clone());
        let stuck = |_| Err(FileError::new(FileErrorKind::Other, op.path().clone()));
        self.world.block_on(done).unwrap_or_else(stuck)
    }

    /// Takes a file that is there into memory, so that it can be changed; a folder without
    /// what is in it.
    async fn lift(&mut self, path: &ContainedPath) {
        let stat = FileOp::Stat { path: path.clone() };
        if matches!(self.change(&stat), Ok(FileAnswer::Stat(Some(_)))) || self.is_deleted(path) {
            return;
        }
        let Ok(FileAnswer::Stat(Some(found))) = self.below.perform(stat).await else {
            return;
        };
        if found.kind == FileKind::Directory {
            return self.assume_dir(path);
        }
        let read = FileOp::read(path.clone(), COPIED);
        if let Ok(FileAnswer::Bytes(bytes)) = self.below.perform(read).await {
            // Fails only where memory has a folder in its place, which then counts.
            let _ = self.change(&FileOp::write(path.clone(), bytes));
        }
    }

    /// Whether the run has deleted the path or a folder around it.
    fn is_deleted(&self, path: &ContainedPath) -> bool {
        let whole = path.absolute();
        self.deleted.iter().any(|deleted| {
            let below = whole.strip_prefix(deleted.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}
