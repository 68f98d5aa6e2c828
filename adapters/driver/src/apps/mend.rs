//! What was under way when its maker was killed, or given up.

use super::{
    Apps, AppsError, WORK,
    git::Git,
    keep::Kept,
    mark::Mark,
    work::{Given, Work},
};
use collodi_apps::{Origin, Scheme, git};
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_host::HostOptions;

/// What the name of an update's mark begins with, before that of the app.
const UPDATE: &str = ".update-";
/// What the name of the mark of a folder ends with.
pub(super) const CLAIM: &str = ".claim";
/// What git leaves in an app that is killed, and the next one does not begin for.
const LOCKS: [&str; 3] = [".git/index.lock", ".git/shallow.lock", ".git/HEAD.lock"];

impl Apps {
    /// Removes what was left of apps that were being added, and ends what adds them still.
    /// What a living program adds is its own.
    ///
    /// # Errors
    ///
    /// When the folder of apps cannot be read, or something in it not removed.
    pub async fn sweep(&self) -> Result<(), FileError> {
        self.tidy().await?;
        let entries = self.entries().await?;
        let is_claim = |entry: &&Entry| entry.name.ends_with(CLAIM);
        let works = || entries.iter().filter(|entry| entry.name.starts_with(WORK));
        for entry in works().filter(is_claim) {
            let folder = entry.name.trim_end_matches(CLAIM);
            self.sweep_work(folder, &entry.name).await?;
        }
        for entry in works().filter(|entry| !is_claim(entry)) {
            let claim = format!("{}{CLAIM}", entry.name);
            if !works().any(|entry| entry.name == claim) {
                self.sweep_folder(&entry.name).await?;
            }
        }
        Ok(())
    }

    async fn sweep_work(&self, folder: &str, claim: &str) -> Result<(), FileError> {
        let Ok(claim) = self.workspace.layout().apps().join(claim) else {
            return Ok(());
        };
        let Some(mark) = self.left_mark(&claim).await? else {
            return Ok(());
        };
        self.end_maker(&mark).await;
        self.sweep_folder(folder).await?;
        self.file(FileOp::Remove { path: claim }).await.map(drop)
    }

    async fn sweep_folder(&self, name: &str) -> Result<(), FileError> {
        match self.workspace.layout().apps().join(name) {
            Ok(path) => self.discard(path).await,
            Err(_) => Ok(()),
        }
    }

    /// Brings apps whose update was cut to its end: they get the files of the commit that was
    /// fetched. What somebody has changed since is kept, and told. Nobody else may be at work on
    /// the apps.
    ///
    /// # Errors
    ///
    /// When one cannot be. The next update, or start, tries again.
    pub async fn mend(&self, options: &HostOptions) -> Result<Vec<Kept>, AppsError> {
        self.tidy().await?;
        let mut kept = Vec::new();
        for entry in self.entries().await? {
            let name = entry.name.strip_prefix(UPDATE).map(Name::parse);
            if let Some(Ok(name)) = name {
                kept.extend(self.mend_app(options, &name).await?);
            }
        }
        Ok(kept)
    }

    /// As [`mend`](Self::mend), one app.
    pub(super) async fn mend_app(
        &self,
        options: &HostOptions,
        name: &Name,
    ) -> Result<Option<Kept>, AppsError> {
        let path = self.update_mark(name)?;
        let Some(mark) = self.left_mark(&path).await? else {
            return Ok(None);
        };
        self.end_maker(&mark).await;
        if self.there(name).await.is_ok() {
            let work = self.begin_update(name, mark.is_replacing).await?;
            let mended = self.mended(options, name, &work, mark.is_replacing).await;
            self.end_update(work, mended.is_ok()).await?;
            return mended;
        }
        self.unmark(&path).await?;
        Ok(None)
    }

    async fn mended(
        &self,
        options: &HostOptions,
        name: &Name,
        work: &Work,
        is_replacing: bool,
    ) -> Result<Option<Kept>, AppsError> {
        let dir = self.workspace.layout().app(name).at(RelPath::root());
        for lock in LOCKS {
            let path = dir.join(lock).map_err(|_| AppsError::NoPlace)?;
            self.file(FileOp::Remove { path }).await?;
        }
        if let Some(Origin::Repository { commit, .. }) = self.origin(name).await
            && is_replacing
        {
            let tree = work.tree.clone();
            let git = Git::new(self, options, name, dir.clone(), Scheme::File, tree);
            return self.replaced(&git, name, &dir, &commit).await;
        }
        Ok(None)
    }

    /// Git names the commit that it is at when all files are replaced: from then on, what is
    /// changed is changed on top of it, and stays.
    async fn replaced(
        &self,
        git: &Git<'_>,
        name: &Name,
        dir: &ContainedPath,
        commit: &str,
    ) -> Result<Option<Kept>, AppsError> {
        let had = git::commit(&git.run(git::look()).await?).unwrap_or_default();
        if had == commit {
            return Ok(None);
        }
        let kept = self.keep(git, name, (dir, &had, commit)).await?;
        git.run(git::replace(git::Checkout::Discard, commit))
            .await?;
        Ok(kept)
    }

    /// Claims the app for an update of it, which may be at the replacing of its files.
    pub(super) async fn begin_update(
        &self,
        name: &Name,
        is_replacing: bool,
    ) -> Result<Work, AppsError> {
        let (claim, tree) = (self.update_mark(name)?, self.tree());
        self.mark(&claim, Mark::note(&tree, is_replacing), name)
            .await?;
        let folder = None;
        Ok(self.left.work(Given { claim, folder }, tree))
    }

    /// Ends an update; what is not whole keeps its mark, for the next to mend.
    pub(super) async fn end_update(&self, work: Work, is_whole: bool) -> Result<(), FileError> {
        let claim = work.given.claim.clone();
        let ended = match is_whole {
            true => self.unmark(&claim).await,
            false => {
                self.release(&claim).await;
                Ok(())
            }
        };
        work.done();
        ended
    }

    /// Whether a git that failed has left something in the app that the next one does not
    /// begin for.
    pub(super) async fn has_locks(&self, name: &Name) -> bool {
        let dir = self.workspace.layout().app(name).at(RelPath::root());
        for path in LOCKS.into_iter().filter_map(|lock| dir.join(lock).ok()) {
            if !matches!(self.stat(&path).await, Ok(None)) {
                return true;
            }
        }
        false
    }

    pub(super) fn update_mark(&self, name: &Name) -> Result<ContainedPath, AppsError> {
        let apps = self.workspace.layout().apps();
        apps.join(&format!("{UPDATE}{name}"))
            .map_err(|_| AppsError::NoPlace)
    }

    /// Lets go of what this has given up, and removes its folders. The next work does it, too.
    ///
    /// # Errors
    ///
    /// When something cannot be removed; the next start tries again.
    pub async fn tidy(&self) -> Result<(), FileError> {
        for given in self.left.take() {
            self.release(&given.claim).await;
            if let Some(folder) = given.folder {
                self.discard(folder).await?;
                self.file(FileOp::Remove { path: given.claim }).await?;
            }
        }
        Ok(())
    }

    /// All that is in the folder of apps.
    async fn entries(&self) -> Result<Vec<Entry>, FileError> {
        let path = self.workspace.layout().apps();
        match self.file(FileOp::List { path }).await {
            Ok(FileAnswer::Entries(entries)) => Ok(entries),
            Err(error) if error.kind != FileErrorKind::NotFound => Err(error),
            _ => Ok(Vec::new()),
        }
    }
}
