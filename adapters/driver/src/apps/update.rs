//! Apps that are brought to the state of their repository.

use super::{Apps, AppsError, Kept, git::Git, work::Work};
use collodi_apps::{Origin, Provenance, Reference, Scheme, Source, git};
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_host::HostOptions;

/// What an update came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// The commit that the app had.
    pub from: String,
    /// Where it is from, with the commit that it has.
    pub origin: Origin,
    /// Whether that is another one.
    pub changed: bool,
    /// What was kept of an earlier update, which was cut.
    pub kept: Option<Kept>,
}

impl Apps {
    /// Brings an app to what its repository has by now: of the branch, tag or commit that it
    /// was added with, or of `to`. Files that are not the repository's stay. The repository is
    /// reached by one of these schemes, or is a file: where it is, the app's folder says, and
    /// the app may have changed that.
    ///
    /// # Errors
    ///
    /// When files of the repository were changed or commits made, unless `checkout` says
    /// that these may be lost, or when the repository cannot be had. Then the app is as it
    /// was. Where git was killed, the next update or [`mend`](Self::mend) has it end well.
    pub async fn update(
        &self,
        options: &HostOptions,
        name: &Name,
        to: Option<Reference>,
        checkout: git::Checkout,
        schemes: &[Scheme],
    ) -> Result<Updated, AppsError> {
        self.tidy().await?;
        let kept = self.mend_app(options, name).await?;
        let (source, had) = self.repository(name).await?;
        source.allowed_among(&[schemes, &[Scheme::File]].concat())?;
        let source = match to {
            Some(to) => source.at(Some(to)),
            None => source,
        };
        let work = self.begin_update(name, false).await?;
        let dir = self.workspace.layout().app(name).at(RelPath::root());
        let (scheme, tree) = (source.scheme(), work.tree.clone());
        let update = Update {
            git: Git::new(self, options, name, dir.clone(), scheme, tree),
            apps: self,
            name,
            dir,
            checkout,
        };
        let (replaced, is_whole) = match update.fetch(&source, &had).await {
            Ok(origin) => {
                let replaced = update.replace(&work, origin).await;
                let is_whole = replaced.is_ok() || update.is_whole().await;
                (replaced, is_whole)
            }
            Err(error) => (Err(error), !self.has_locks(name).await),
        };
        self.end_update(work, is_whole).await?;
        let (origin, commit) = replaced?;
        Ok(Updated {
            changed: had != commit,
            from: had,
            origin,
            kept,
        })
    }

    /// The source of an app, and the commit that was taken.
    async fn repository(&self, name: &Name) -> Result<(Source, String), AppsError> {
        let path = self.there(name).await?.absolute();
        let (url, reference, commit) = match self.provenance(name).await {
            Some(Provenance::Noted(Origin::Repository {
                url,
                reference,
                commit,
            })) => (url, reference, commit),
            from => {
                let (app, from) = (name.clone(), from.map(Box::new));
                return Err(AppsError::NoRepository { app, path, from });
            }
        };
        let reference = reference.as_deref().map(Reference::parse).transpose()?;
        Ok((Source::parse(&url)?.at(reference), commit))
    }
}

/// What an app is to have: where it is from, and the commit.
type Next = (Origin, String);

/// An update that is under way.
struct Update<'a> {
    apps: &'a Apps,
    git: Git<'a>,
    name: &'a Name,
    dir: ContainedPath,
    checkout: git::Checkout,
}

impl Update<'_> {
    /// Fetches what the app is to have, and sees that nothing is lost when it has it.
    async fn fetch(&self, source: &Source, had: &str) -> Result<Next, AppsError> {
        let is_careful = self.checkout == git::Checkout::Careful;
        if is_careful {
            self.unchanged().await?;
        }
        self.git.run(git::fetch(source)).await?;
        let commit = git::commit(&self.git.run(git::look_at_fetched()).await?).unwrap_or_default();
        if is_careful {
            self.at_one_of([had, &commit]).await?;
            self.git.run(git::would_replace()).await?;
        }
        let origin = Origin::Repository {
            url: source.url().to_owned(),
            reference: source.reference().map(Reference::to_string),
            commit: commit.clone(),
        };
        Ok((origin, commit))
    }

    /// From here on nothing can be lost: whoever finds the mark may bring the app to the commit
    /// that is written down.
    async fn replace(&self, work: &Work, next: Next) -> Result<Next, AppsError> {
        let had = self.apps.origin(self.name).await;
        self.apps.replacing(work, self.name).await?;
        self.apps.note(&self.dir, &next.0).await?;
        let replaced = self.git.run(git::replace(self.checkout, &next.1)).await;
        if let (Err(_), Some(had)) = (&replaced, had)
            && self.is_whole().await
        {
            self.apps.note(&self.dir, &had).await?;
        }
        replaced.map(|_| next)
    }

    /// Whether the app is as it was, after something has failed.
    async fn is_whole(&self) -> bool {
        !self.apps.has_locks(self.name).await && self.unchanged().await.is_ok()
    }

    /// No file of the repository was changed.
    async fn unchanged(&self) -> Result<(), AppsError> {
        let files = git::files(&self.git.run(git::changed_files()).await?);
        match files.is_empty() {
            true => Ok(()),
            false => Err(AppsError::Changed {
                app: self.name.clone(),
                files,
            }),
        }
    }

    /// The folder is at a commit that was fetched: the one that is written down, or the next.
    /// Any other was made in the folder.
    async fn at_one_of(&self, known: [&str; 2]) -> Result<(), AppsError> {
        match git::commit(&self.git.run(git::look()).await?) {
            Some(has) if !known.contains(&has.as_str()) => Err(AppsError::Commits {
                app: self.name.clone(),
                has,
            }),
            _ => Ok(()),
        }
    }
}
