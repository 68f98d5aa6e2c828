//! The claims of works on apps: who finds one that nobody has ends what its maker left.

use super::{Apps, AppsError, work::Work};
use crate::left::{empty, left_claim};
use collodi_command::{Signal, TreeId};
use collodi_contain::{ContainedPath, Name};
use collodi_file::{Claim, FileAnswer, FileError, FileOp};

/// What the trees of works are called, before the work's own name.
const TREES: &str = "git-work-";
/// What follows the tree in a mark when the files of the app are being replaced.
const REPLACING: &str = " replacing";

/// What a mark says that nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// What worked for its maker, and for those before, and may do so still.
    trees: Vec<TreeId>,
    /// Whether files of the app were being replaced.
    pub(super) is_replacing: bool,
}

impl Mark {
    /// The text of a mark.
    pub(super) fn note(tree: &TreeId, is_replacing: bool) -> String {
        format!("{tree}{}", if is_replacing { REPLACING } else { "" })
    }

    /// Whoever mends an app that was being replaced notes so again; so the latest note counts.
    fn read(left: &Claim) -> Self {
        let latest = left.notes().next().unwrap_or_default();
        let tree = |note: &str| {
            let tree = note.strip_suffix(REPLACING).unwrap_or(note);
            // No other tree is ended by what stands in a file.
            tree.starts_with(TREES).then(|| TreeId::new(tree))
        };
        let mut trees: Vec<_> = left.notes().filter_map(tree).collect();
        trees.dedup();
        Self {
            is_replacing: latest.ends_with(REPLACING),
            trees,
        }
    }
}

impl Apps {
    /// A tree for the work at hand.
    pub(super) fn tree(&self) -> TreeId {
        TreeId::new(&format!("git{}", self.work()))
    }

    /// Claims a mark for what is done to the app of this name.
    pub(super) async fn mark(
        &self,
        path: &ContainedPath,
        note: String,
        name: &Name,
    ) -> Result<(), AppsError> {
        let path = path.clone();
        match self.file(FileOp::Claim { path, note }).await? {
            FileAnswer::Held(_) => Err(AppsError::UnderWay(name.clone())),
            _ => Ok(()),
        }
    }

    /// Notes in the mark of a work that files of the app are being replaced from here on.
    pub(super) async fn replacing(&self, work: &Work, name: &Name) -> Result<(), AppsError> {
        self.release(&work.given.claim).await;
        let note = Mark::note(&work.tree, true);
        self.mark(&work.given.claim, note, name).await
    }

    /// What a mark says; none when somebody has it, or it is not there.
    pub(super) async fn left_mark(&self, path: &ContainedPath) -> Result<Option<Mark>, FileError> {
        let left = left_claim(&*self.backends.files, path).await?;
        Ok(left.map(|left| Mark::read(&left)))
    }

    /// Ends what works for the maker of a mark.
    pub(super) async fn end_maker(&self, mark: &Mark) {
        for tree in &mark.trees {
            self.end(tree).await;
        }
    }

    /// Kills a tree, and waits until nothing of it is left. What cannot be killed is left
    /// behind.
    pub(super) async fn end(&self, tree: &TreeId) {
        let _ = empty(&self.backends, tree, Signal::KILL).await;
    }

    /// Removes a mark that is ours, and lets go of it.
    pub(super) async fn unmark(&self, path: &ContainedPath) -> Result<(), FileError> {
        let removed = self.file(FileOp::Remove { path: path.clone() }).await;
        self.release(path).await;
        removed.map(drop)
    }

    pub(super) async fn release(&self, path: &ContainedPath) {
        let path = path.clone();
        // Letting go does not fail.
        let _ = self.file(FileOp::Release { path }).await;
    }
}
