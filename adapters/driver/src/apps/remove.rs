//! Apps that are removed.

use super::{Apps, AppsError};
use collodi_contain::Name;
use collodi_file::FileOp;
use collodi_script::{Dialect, Document, Script};
use std::collections::BTreeSet;

/// What goes with an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its folder.
    pub path: String,
    /// The environments that its scripts name, and no other app's.
    pub environments: Vec<Name>,
}

impl Apps {
    /// What would go with the app of this name.
    ///
    /// # Errors
    ///
    /// When there is no such app.
    pub async fn removal(&self, name: &Name) -> Result<Removal, AppsError> {
        let path = self.there(name).await?.absolute();
        let mut own = self.environments_of(name).await;
        for other in self.workspace.apps().await? {
            if other.name != *name {
                let shared = self.environments_of(&other.name).await;
                own.retain(|env| !shared.contains(env));
            }
        }
        let there = self.workspace.environments().await?;
        let there = there.into_iter().map(|env| env.name);
        Ok(Removal {
            path,
            environments: there.filter(|env| own.contains(env)).collect(),
        })
    }

    /// Removes an app, all its files with it. Whether it runs is for the caller to see.
    ///
    /// # Errors
    ///
    /// When there is no such app, or it cannot be removed.
    pub async fn remove(&self, name: &Name) -> Result<(), AppsError> {
        let path = self.there(name).await?;
        Ok(self.discard(path).await?)
    }

    /// Deletes an environment of the workspace that nobody uses, where no host runs that
    /// would have to know.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub async fn remove_environment(&self, name: &Name) -> Result<(), AppsError> {
        let env = self.workspace.layout().environment(name);
        let (path, bytes) = (env.marker(), Vec::new());
        self.file(FileOp::write(path.clone(), bytes)).await?;
        self.file(FileOp::Remove {
            path: env.path().clone(),
        })
        .await?;
        self.file(FileOp::Remove { path }).await?;
        Ok(())
    }

    /// The environments of the workspace that the app's scripts name.
    async fn environments_of(&self, name: &Name) -> BTreeSet<Name> {
        let mut named = BTreeSet::new();
        for parsed in self.parsed_scripts(name).await {
            if let Document::Script(script) = parsed.document {
                named.extend(environments(&script));
            }
        }
        named
    }
}

/// The environments that steps name. In the Pinokio dialect they are folders of the app.
fn environments(script: &Script) -> impl Iterator<Item = Name> {
    let lists = script.actions.values().chain([&script.steps]);
    let steps = lists.flatten().filter(|_| script.dialect == Dialect::Vatn);
    steps.filter_map(|step| Name::parse(step.params.get("venv")?.as_text()?).ok())
}
