//! What somebody changed in an app whose update was cut, before that is brought to its end.

use super::{Apps, AppsError, git::Git};
use collodi_apps::git;
use collodi_contain::{ContainedPath, Name};
use collodi_file::{FileError, FileErrorKind, FileOp};
use std::{collections::BTreeSet, fmt};

/// Where it is kept, in the app's folder; git leaves it alone.
const KEPT: &str = ".vatn/kept";
/// The index in which the files are compared with a commit.
const INDEX: &str = ".git/collodi-index";
/// How often an update to one commit may be cut with changes to keep.
const MOST_FOLDERS: u32 = 100;
/// How many files are named.
const NAMED: usize = 5;

/// Files that were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The app.
    pub app: Name,
    /// The folder that has them.
    pub folder: String,
    /// Their paths, there and in the app.
    pub files: Vec<String>,
}

/// A commit that the files of an app are compared with, and those that differ.
type Differing = BTreeSet<String>;

impl Apps {
    /// Copies the files of an app that have neither their state in the commit that it had, nor
    /// the one in the commit that it is to have: somebody has changed them after the update was
    /// cut, or git was at writing them.
    ///
    /// # Errors
    ///
    /// When they cannot be found or copied. Nothing else has changed then.
    pub(super) async fn keep(
        &self,
        git: &Git<'_>,
        name: &Name,
        (dir, had, next): (&ContainedPath, &str, &str),
    ) -> Result<Option<Kept>, AppsError> {
        let of_old = self.differing(git, dir, had).await?;
        let of_new = self.differing(git, dir, next).await?;
        let only_new = git::names(&git.run(git::only_in(had, next, true)).await?);
        let only_old = git::names(&git.run(git::only_in(had, next, false)).await?);
        let both = of_new.intersection(&of_old);
        let in_new = of_new.intersection(&only_new);
        let in_old = of_old.intersection(&only_old);
        let files: BTreeSet<_> = both.chain(in_new).chain(in_old).cloned().collect();
        if files.is_empty() {
            return Ok(None);
        }
        let folder = self.free_folder(dir, next).await?;
        for file in &files {
            let place = |dir: &ContainedPath| dir.join(file).map_err(|_| AppsError::NoPlace);
            let (from, to) = (place(dir)?, place(&folder)?);
            self.file(FileOp::Copy { from, to }).await?;
        }
        Ok(Some(Kept {
            app: name.clone(),
            folder: folder.absolute(),
            files: files.into_iter().collect(),
        }))
    }

    /// The files that are there and differ from those of a commit.
    async fn differing(
        &self,
        git: &Git<'_>,
        dir: &ContainedPath,
        commit: &str,
    ) -> Result<Differing, AppsError> {
        let index = dir.join(INDEX).map_err(|_| AppsError::NoPlace)?;
        let by_index = git.with_index(index.absolute());
        by_index.run(git::read_into_index(commit)).await?;
        let said = by_index.run(git::differing_files()).await;
        self.file(FileOp::Remove { path: index }).await?;
        Ok(git::names(&said?))
    }

    async fn free_folder(
        &self,
        dir: &ContainedPath,
        next: &str,
    ) -> Result<ContainedPath, AppsError> {
        let short: String = next.chars().take(12).collect();
        for number in 1..=MOST_FOLDERS {
            let folder = dir.join(&format!("{KEPT}/{short}-{number}"));
            let folder = folder.map_err(|_| AppsError::NoPlace)?;
            if self.stat(&folder).await?.is_none() {
                return Ok(folder);
            }
        }
        let folder = dir.join(KEPT).map_err(|_| AppsError::NoPlace)?;
        Err(FileError::new(FileErrorKind::AlreadyExists, folder).into())
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, folder, files } = self;
        let named: Vec<_> = files.iter().take(NAMED).map(String::as_str).collect();
        write!(
            f,
            "files of {app} that were neither those before its update, which was cut, nor those after it are kept in {folder}: {}",
            named.join(", ")
        )?;
        match files.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}
