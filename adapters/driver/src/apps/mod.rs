//! Apps that are added, looked at, updated and removed.

mod add;
mod error;
mod git;
mod keep;
mod look;
mod mark;
mod mend;
mod remove;
mod update;
mod work;

pub use error::AppsError;
pub use keep::Kept;
pub use look::AppDetail;
pub use update::Updated;

use work::Left;

use crate::Workspace;
use collodi_backend::Backends;
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp, Stat};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// What the name of a folder begins with in which something is made or removed. No app has
/// such a name.
const WORK: &str = ".work-";

/// The apps of a workspace, to add to them and to take away from them.
///
/// An app is made in a folder beside the others and renamed when it is whole; one that is
/// removed is renamed first. So nobody ever sees half of one. What is under way is claimed: a
/// future that is dropped, and a program that is killed, leaves the mark of it behind, and
/// who works on the apps next ends it ([`sweep`](Apps::sweep), [`mend`](Apps::mend)).
#[derive(Clone, Debug)]
pub struct Apps {
    workspace: Workspace,
    backends: Backends,
    /// Tells this from others that work in the same folder.
    seed: u64,
    works: Arc<AtomicU64>,
    left: Left,
}

impl Apps {
    /// The apps of this workspace, by means of these backends. `seed` is random.
    pub fn new(workspace: Workspace, backends: Backends, seed: u64) -> Self {
        Self {
            workspace,
            backends,
            seed,
            works: Arc::default(),
            left: Left::default(),
        }
    }

    /// The workspace.
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// A name for the work at hand.
    fn work(&self) -> String {
        let number = self.works.fetch_add(1, Ordering::Relaxed);
        format!("{WORK}{:016x}-{number}", self.seed)
    }

    /// A place beside the apps that nobody else has, and that of the claim on it.
    fn workshop(&self) -> Result<(ContainedPath, ContainedPath), AppsError> {
        let (apps, name) = (self.workspace.layout().apps(), self.work());
        let place = |name: &str| apps.join(name).map_err(|_| AppsError::NoPlace);
        Ok((place(&name)?, place(&format!("{name}{}", mend::CLAIM))?))
    }

    /// Where the app of this name is, or would be.
    fn place(&self, name: &Name) -> Result<ContainedPath, AppsError> {
        let apps = self.workspace.layout().apps();
        apps.join(name.as_str()).map_err(|_| AppsError::NoPlace)
    }

    /// Takes a folder out of the way, and removes it.
    async fn discard(&self, path: ContainedPath) -> Result<(), FileError> {
        let Ok((away, _)) = self.workshop() else {
            return Ok(());
        };
        let (from, to) = (path, away.clone());
        match self.file(FileOp::Rename { from, to }).await {
            Err(error) if error.kind != FileErrorKind::NotFound => Err(error),
            Err(_) => Ok(()),
            Ok(_) => self.file(FileOp::Remove { path: away }).await.map(drop),
        }
    }

    /// The app must be there.
    async fn there(&self, name: &Name) -> Result<ContainedPath, AppsError> {
        let path = self.place(name)?;
        match self.stat(&path).await? {
            Some(stat) if stat.kind == collodi_file::FileKind::Directory => Ok(path),
            _ => Err(AppsError::NotThere(name.clone())),
        }
    }

    async fn stat(&self, path: &ContainedPath) -> Result<Option<Stat>, FileError> {
        let path = path.clone();
        match self.file(FileOp::Stat { path }).await? {
            FileAnswer::Stat(stat) => Ok(stat),
            _ => Ok(None),
        }
    }

    /// The text of a file of an app; none when it is not there, or no text that can be read.
    async fn text(&self, name: &Name, file: &str, most: u64) -> Option<String> {
        let root = self.workspace.layout().app(name);
        let path = root.at(RelPath::root()).join(file).ok()?;
        match self.file(FileOp::read(path, most)).await {
            Ok(FileAnswer::Bytes(bytes)) => String::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    async fn file(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        self.backends.files.perform(op).await
    }
}
