//! Apps that are brought to the state of their repository.

use super::{Apps, AppsError, git::Git};
use collodi_apps::{Origin, Reference, Scheme, Source, git};
use collodi_contain::{Name, RelPath};
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
    /// was.
    pub async fn update(
        &self,
        options: &HostOptions,
        name: &Name,
        to: Option<Reference>,
        checkout: git::Checkout,
        schemes: &[Scheme],
    ) -> Result<Updated, AppsError> {
        let (source, had) = self.repository(name).await?;
        source.allowed_among(&[schemes, &[Scheme::File]].concat())?;
        let source = match to {
            Some(to) => source.at(Some(to)),
            None => source,
        };
        let dir = self.workspace.layout().app(name).at(RelPath::root());
        let git = Git::new(self, options, name, dir.clone(), source.scheme());
        if checkout == git::Checkout::Careful {
            unchanged(&git, name).await?;
        }
        git.run(git::fetch(&source)).await?;
        let commit = git::commit(&git.run(git::look_at_fetched()).await?).unwrap_or_default();
        if checkout == git::Checkout::Careful {
            at_one_of(&git, name, [&had, &commit]).await?;
        }
        git.run(git::replace(checkout)).await?;
        let origin = Origin::Repository {
            url: source.url().to_owned(),
            reference: source.reference().map(Reference::to_string),
            commit: commit.clone(),
        };
        self.note(&dir, &origin).await?;
        Ok(Updated {
            changed: had != commit,
            from: had,
            origin,
        })
    }

    /// The source of an app, and the commit that was taken.
    async fn repository(&self, name: &Name) -> Result<(Source, String), AppsError> {
        self.there(name).await?;
        let Some(Origin::Repository {
            url,
            reference,
            commit,
        }) = self.origin(name).await
        else {
            return Err(AppsError::NoRepository(name.clone()));
        };
        let reference = reference.as_deref().map(Reference::parse).transpose()?;
        Ok((Source::parse(&url)?.at(reference), commit))
    }
}

/// No file of the repository was changed.
async fn unchanged(git: &Git<'_>, name: &Name) -> Result<(), AppsError> {
    let files = git::files(&git.run(git::changed_files()).await?);
    match files.is_empty() {
        true => Ok(()),
        false => Err(AppsError::Changed {
            app: name.clone(),
            files,
        }),
    }
}

/// The folder is at a commit that was fetched: the one that is written down, or the next,
/// where an earlier update was cut short. Any other was made in the folder.
async fn at_one_of(git: &Git<'_>, name: &Name, known: [&str; 2]) -> Result<(), AppsError> {
    match git::commit(&git.run(git::look()).await?) {
        Some(has) if !known.contains(&has.as_str()) => Err(AppsError::Commits {
            app: name.clone(),
            has,
        }),
        _ => Ok(()),
    }
}
