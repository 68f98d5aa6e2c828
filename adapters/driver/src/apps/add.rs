//! Apps that are added.

use super::{
    Apps, AppsError,
    git::Git,
    mark::Mark,
    work::{Given, Work},
};
use collodi_apps::{ORIGIN, Origin, Reference, Source, Template, git};
use collodi_contain::{ContainedPath, Name, RelPath, Root};
use collodi_file::FileOp;
use collodi_host::HostOptions;

/// What git leaves alone in the folder of an app: ours.
const NOT_THEIRS: &str = "/.vatn/\n";

/// An app that is being made.
struct Addition {
    folder: ContainedPath,
    work: Work,
}

impl Apps {
    /// Fetches an app from a repository. Which schemes are allowed is for the caller to say
    /// before ([`Source::allowed_among`]).
    ///
    /// # Errors
    ///
    /// When the name is taken, or the repository cannot be had; then there is no app.
    pub async fn add_repository(
        &self,
        options: &HostOptions,
        source: &Source,
        name: &Name,
    ) -> Result<Origin, AppsError> {
        let work = self.begin(name).await?;
        let made = self.fetched(options, source, name, &work).await;
        self.publish(work, name, made).await
    }

    /// Makes an app of a template.
    ///
    /// # Errors
    ///
    /// When the name is taken, or a file cannot be written; then there is no app.
    pub async fn add_template(
        &self,
        template: &Template,
        name: &Name,
    ) -> Result<Origin, AppsError> {
        let work = self.begin(name).await?;
        let made = self.written(template, &work.folder).await;
        self.publish(work, name, made).await
    }

    /// Makes an app of what `fill` puts into a folder, whose path it gets.
    ///
    /// # Errors
    ///
    /// When the name is taken, or `fill` fails; then there is no app.
    pub async fn add_folder<E: From<AppsError>>(
        &self,
        name: &Name,
        fill: impl FnOnce(&str) -> Result<Origin, E>,
    ) -> Result<Origin, E> {
        let work = self.begin(name).await?;
        match fill(&work.folder.absolute()) {
            Ok(origin) => Ok(self.publish(work, name, Ok(origin)).await?),
            Err(error) => {
                drop(work);
                // What cannot be removed is left for the next sweep.
                let _ = self.tidy().await;
                Err(error)
            }
        }
    }

    /// Makes the folder that is to become the app of this name, which must be free.
    async fn begin(&self, name: &Name) -> Result<Addition, AppsError> {
        // What cannot be removed is no reason to add nothing.
        let _ = self.sweep().await;
        let place = self.place(name)?;
        if self.stat(&place).await?.is_some() {
            return Err(AppsError::Taken(name.clone()));
        }
        let (folder, claim) = self.workshop()?;
        let tree = self.tree();
        self.mark(&claim, Mark::note(&tree, false), name).await?;
        let given = Given {
            claim,
            folder: Some(folder.clone()),
        };
        let work = self.left.work(given, tree);
        let path = folder.clone();
        self.file(FileOp::MakeDir { path }).await?;
        Ok(Addition { folder, work })
    }

    /// Makes the folder the app of this name, as one step; or removes it.
    async fn publish(
        &self,
        Addition { folder, work }: Addition,
        name: &Name,
        made: Result<Origin, AppsError>,
    ) -> Result<Origin, AppsError> {
        let published = match made {
            Ok(origin) => self.rename(&folder, name, origin).await,
            Err(error) => Err(error),
        };
        let is_gone = match &published {
            Ok(_) => true,
            Err(_) => self.discard(folder).await.is_ok(),
        };
        // What cannot be removed is left for the next sweep.
        if is_gone && self.unmark(&work.given.claim).await.is_ok() {
            work.done();
        }
        published
    }

    async fn rename(
        &self,
        work: &ContainedPath,
        name: &Name,
        origin: Origin,
    ) -> Result<Origin, AppsError> {
        self.note(work, &origin).await?;
        let (from, to) = (work.clone(), self.place(name)?);
        let renamed = self.file(FileOp::Rename { from, to }).await;
        renamed.map_err(|error| AppsError::of_rename(error, name))?;
        Ok(origin)
    }

    /// Writes down where the app in this folder is from.
    pub(super) async fn note(&self, dir: &ContainedPath, origin: &Origin) -> Result<(), AppsError> {
        self.write(dir, ORIGIN, &origin.to_json()).await
    }

    async fn fetched(
        &self,
        options: &HostOptions,
        source: &Source,
        name: &Name,
        Addition { folder, work }: &Addition,
    ) -> Result<Origin, AppsError> {
        // Its own root: what git does stays in there.
        let dir = Root::new(&folder.absolute()).at(RelPath::root());
        let git = Git::new(self, options, name, dir, source.scheme(), work.tree.clone());
        git.run(git::first()).await?;
        self.write(folder, ".git/info/exclude", NOT_THEIRS).await?;
        git.run(git::from(source)).await?;
        git.run(git::fetch(source)).await?;
        git.run(git::replace(git::Checkout::Careful, git::FETCHED))
            .await?;
        let commit = git::commit(&git.run(git::look()).await?).unwrap_or_default();
        Ok(Origin::Repository {
            url: source.url().to_owned(),
            reference: source.reference().map(Reference::to_string),
            commit,
        })
    }

    async fn written(
        &self,
        template: &Template,
        work: &ContainedPath,
    ) -> Result<Origin, AppsError> {
        for file in template.files {
            self.write(work, file.name, file.text).await?;
        }
        Ok(Origin::Template(template.name.to_owned()))
    }

    async fn write(&self, dir: &ContainedPath, file: &str, text: &str) -> Result<(), AppsError> {
        let path = dir.join(file).map_err(|_| AppsError::NoPlace)?;
        let written = self.file(FileOp::write(path, text.into())).await;
        written.map(drop).map_err(AppsError::File)
    }
}
