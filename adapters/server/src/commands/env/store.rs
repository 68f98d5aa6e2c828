//! Where the environments of a workspace are asked for and deleted: at its server when one
//! runs, else by ourselves.

use crate::{client::Client, failure::Failure, home::Home, runtime::Runtime, state::Hold};
use anyhow::{Context as _, Result};
use collodi_api::{Env, EnvDeleted, Envs};
use collodi_backend::Backends;
use collodi_contain::{ContainedPath, Name};
use collodi_driver::Workspace;
use collodi_file::{FileAnswer, FileOp};
use collodi_inventory::{Inventory, Unclaimed, left_users, remove};
use futures::future;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// The workspace, and its server if one runs.
pub(super) struct EnvStore {
    pub(super) workspace: Workspace,
    backends: Backends,
    dir: PathBuf,
    server: Option<Client>,
}

impl EnvStore {
    pub(super) async fn take(runtime: &dyn Runtime, workspace: &std::path::Path) -> Result<Self> {
        let backends = runtime.backends();
        let Home { dir, layout, .. } = Home::read(workspace, &*backends.files).await?;
        Ok(Self {
            workspace: Workspace::new(layout, Arc::clone(&backends.files)),
            backends,
            server: Client::of_running(&dir)?,
            dir,
        })
    }

    /// Whether a server of the workspace runs.
    pub(super) const fn is_served(&self) -> bool {
        self.server.is_some()
    }

    /// The environments, with all that can be known of them.
    pub(super) async fn envs(&self) -> Result<Vec<Env>> {
        if let Some(server) = &self.server {
            return Ok(server.get_patiently::<Envs>("/python/envs?wait=true")?.envs);
        }
        let clock = Arc::clone(&self.backends.clock);
        let (inventory, worker) = Inventory::new(self.workspace.clone(), clock);
        let asked = async move { inventory.envs(true, &BTreeMap::new()).await };
        let (envs, ()) = future::join(asked, worker.work()).await;
        let mut envs = envs?.envs;
        let living = left_users(&self.backends, &self.workspace).await?;
        for env in &mut envs {
            let of_env = living.iter().filter(|(path, _)| *path == env.path);
            env.used_by
                .splice(..0, of_env.map(|(_, user)| user.clone()));
        }
        let unclaimed = Unclaimed::of(&self.backends, &self.workspace).await?;
        unclaimed.may_use(&mut envs);
        Ok(envs)
    }

    /// Whether the making or deletion of an environment has begun and not ended.
    pub(super) async fn is_half_made(&self, name: &Name) -> bool {
        let env = self.workspace.layout().environment(name);
        self.workspace.is_half_made(&env).await
    }

    /// Deletes an environment that nothing lives in, or by force.
    pub(super) async fn delete(&self, name: &Name, force: bool) -> Result<()> {
        if let Some(server) = &self.server {
            let query = if force { "?force=true" } else { "" };
            let path = format!("/python/envs/{name}{query}");
            return server.delete::<EnvDeleted>(&path).map(drop);
        }
        let _hold = self.hold()?;
        delete(&self.backends, &self.workspace, name, force).await
    }

    /// Removes a file that nobody needs.
    pub(super) async fn remove_file(&self, path: ContainedPath) -> Result<()> {
        let _hold = match self.server {
            Some(_) => None,
            None => Some(self.hold()?),
        };
        self.backends.files.perform(FileOp::Remove { path }).await?;
        Ok(())
    }

    /// What the deletion of an environment that is not whole would free.
    pub(super) async fn freed(&self, name: &Name) -> Option<u64> {
        let path = self.workspace.layout().environment(name).path().clone();
        let limits = collodi_disk::Limits::default();
        match self
            .backends
            .files
            .perform(FileOp::Measure { path, limits })
            .await
        {
            Ok(FileAnswer::Measured(tally)) => Some(tally.usage().freed),
            _ => None,
        }
    }

    /// No server may begin meanwhile.
    fn hold(&self) -> Result<Hold> {
        Hold::take(&self.dir)
    }
}

/// Deletes an environment that no daemon of an earlier server lives in, or by force. The
/// workspace is held meanwhile.
pub(in crate::commands) async fn delete(
    backends: &Backends,
    workspace: &Workspace,
    name: &Name,
    force: bool,
) -> Result<()> {
    let env = workspace.layout().environment(name);
    let path = env.path().absolute();
    let living = left_users(backends, workspace).await?;
    let user = living.iter().find(|(of, _)| *of == path);
    if let Some((_, user)) = user.filter(|_| !force) {
        let by = user.id.as_deref().unwrap_or("a daemon");
        return Err(in_use(name.as_str(), by, false).into());
    }
    let removed = remove(backends, &env).await;
    removed.with_context(|| format!("failed to delete {name}"))
}

/// What is said of an environment that something lives in: what ends that needs a server.
pub(super) fn in_use(name: &str, by: &str, is_served: bool) -> Failure {
    let first = match is_served {
        true => format!("end it first (`collodi stop {by}`)"),
        false => {
            format!("start `collodi serve`, and end what it goes on with (`collodi stop {by}`)")
        }
    };
    Failure::new(format!(
        "environment {name} is in use by {by}; nothing of it was deleted"
    ))
    .hint(format!("{first}, or delete it anyway with --force"))
}
