//! One look at everything.

use crate::{
    installed::mlx_of,
    named::{Everyone, Says, everyone},
    views::{self, Total},
};
use collodi_api::{DiskUse, EnvUse, EnvUseKind, Size};
use collodi_backend::{Clock, FileSystem};
use collodi_contain::ContainedPath;
use collodi_disk::{Limits, Space, Tally};
use collodi_driver::{AppInfo, EnvInfo, Workspace};
use collodi_file::{FileAnswer, FileOp};
use collodi_python::version_of;
use collodi_time::{Instant, WallTime};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// The largest `pyvenv.cfg` that is read.
const CFG_BYTES: u64 = 16 << 10;

/// What was found, and when.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) envs: BTreeMap<String, EnvLook>,
    pub(crate) apps: BTreeMap<String, Size>,
    pub(crate) disk: DiskUse,
    pub(crate) ended: Instant,
    pub(crate) took: Duration,
    /// The last change of an environment that was heard of before.
    changes: u64,
}

impl Look {
    /// Whether this change came later.
    pub(crate) fn is_older(&self, change: Option<&u64>) -> bool {
        change.is_some_and(|change| *change > self.changes)
    }
}

/// What was found of an environment.
#[derive(Debug)]
pub(crate) struct EnvLook {
    pub(crate) size: Size,
    pub(crate) python_version: Option<String>,
    pub(crate) mlx: Option<String>,
    pub(crate) named_by: Vec<EnvUse>,
    pub(crate) last_used_at: Option<String>,
}

/// Looks at all of a workspace, of whose environments so many changes were heard of. What
/// cannot be read is in the figures as such.
pub(crate) async fn look(workspace: &Workspace, clock: &dyn Clock, changes: u64) -> Look {
    let began = clock.now();
    let mut looking = Looking {
        files: &**workspace.files(),
        wall: clock.wall(),
    };
    let apps = workspace.apps().await.unwrap_or_default();
    let says = everyone(workspace).await;
    let (app_sizes, apps_tally) = looking.apps(workspace, &apps).await;
    let envs = workspace.environments().await.unwrap_or_default();
    let (envs, envs_tally) = looking.envs(workspace, &envs, &says).await;
    let space = looking.space(workspace.layout().environments()).await;
    let total = |tally: &Tally, whole| {
        let usage = tally.usage();
        let whole = whole && usage.is_whole();
        let bytes = usage.bytes;
        Total { bytes, whole }
    };
    let all_envs = total(&envs_tally, envs.values().all(|env| env.size.whole));
    let all_apps = total(&apps_tally, app_sizes.values().all(|size| size.whole));
    let disk = views::disk_use(all_envs, all_apps, space);
    let ended = clock.now();
    Look {
        envs,
        apps: app_sizes,
        disk,
        ended,
        took: ended.saturating_since(began),
        changes,
    }
}

struct Looking<'a> {
    files: &'a dyn FileSystem,
    wall: WallTime,
}

impl Looking<'_> {
    async fn apps(
        &mut self,
        workspace: &Workspace,
        apps: &[AppInfo],
    ) -> (BTreeMap<String, Size>, Tally) {
        let mut sizes = BTreeMap::new();
        let mut all = Tally::new(Limits::default());
        for app in apps {
            let (name, root) = (app.name.to_string(), workspace.layout().app(&app.name));
            let path = root.at(collodi_contain::RelPath::root());
            let (size, _) = self.measure(&name, path, &mut all).await;
            sizes.insert(name, size);
        }
        (sizes, all)
    }

    async fn envs(
        &mut self,
        workspace: &Workspace,
        envs: &[EnvInfo],
        says: &Everyone,
    ) -> (BTreeMap<String, EnvLook>, Tally) {
        let mut looks = BTreeMap::new();
        let mut all = Tally::new(Limits::default());
        for env in envs {
            let name = env.name.to_string();
            let path = workspace.layout().environment(&env.name).path().clone();
            let python_version = self.version(&path).await;
            let mlx = mlx_of(self.files, &path).await;
            let (size, last_used_at) = self.measure(&name, path, &mut all).await;
            let look = EnvLook {
                size,
                python_version,
                mlx,
                named_by: named_by(&name, says),
                last_used_at,
            };
            looks.insert(name, look);
        }
        (looks, all)
    }

    async fn measure(
        &self,
        name: &str,
        path: ContainedPath,
        all: &mut Tally,
    ) -> (Size, Option<String>) {
        let limits = Limits::default();
        match self.files.perform(FileOp::Measure { path, limits }).await {
            Ok(FileAnswer::Measured(tally)) => {
                all.absorb(name, &tally);
                let usage = tally.usage();
                (views::size(&usage, self.wall), views::last_used(&usage))
            }
            Ok(other) => (views::unknown(other.to_string(), self.wall), None),
            Err(error) => (views::unknown(error.to_string(), self.wall), None),
        }
    }

    async fn version(&self, env: &ContainedPath) -> Option<String> {
        let path = env.join("pyvenv.cfg").ok()?;
        match self.files.perform(FileOp::read(path, CFG_BYTES)).await {
            Ok(FileAnswer::Bytes(bytes)) => version_of(&String::from_utf8_lossy(&bytes)),
            _ => None,
        }
    }

    async fn space(&self, path: ContainedPath) -> Space {
        match self.files.perform(FileOp::Space { path }).await {
            Ok(FileAnswer::Space(space)) => space,
            _ => Space::default(),
        }
    }
}

/// The apps whose scripts use this environment, or may.
pub(crate) fn named_by(env: &str, says: &Everyone) -> Vec<EnvUse> {
    let kind = |says: &Says| match (says.names(env), says.may_use(env)) {
        (true, _) => Some(EnvUseKind::Script),
        (false, true) => Some(EnvUseKind::MayBe),
        (false, false) => None,
    };
    let uses = says.iter().filter_map(|(app, says)| {
        Some(EnvUse {
            kind: kind(says)?,
            app: Some(app.clone()),
            id: None,
        })
    });
    uses.collect()
}

/// What was found, where all who ask see it.
pub(crate) type Known = Option<Arc<Look>>;
