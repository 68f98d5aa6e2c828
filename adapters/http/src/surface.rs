//! What the surface works with.

use crate::{
    AllowedHosts, Keyring, Token,
    endpoints::{Facts, Seen, no_such_method, no_such_route, seen},
    guard::guard,
    routes::ROUTES,
    stream::SharedPages,
    written::Written,
};
use axum::{Router, middleware::from_fn_with_state};
use collodi_api::{AuditPage, Doctor};
use collodi_audit::Query;
use collodi_backend::{BoxFuture, Clock, ProcessBackend};
use collodi_config::Settings;
use collodi_driver::{Apps, HostHandle, Unchanged, Workspace};
use collodi_inventory::Inventory;
use collodi_plan::Holds;
use collodi_settings::SettingsFile;
use collodi_webhooks::Figures;
use std::{fmt, io, ops::Deref, sync::Arc};

/// Answers questions about what was executed.
pub type AuditOf = Arc<dyn Fn(Query) -> BoxFuture<'static, io::Result<AuditPage>> + Send + Sync>;

/// Looks whether the machine and the workspace are fit.
pub type DoctorOf = Arc<dyn Fn() -> BoxFuture<'static, Doctor> + Send + Sync>;

/// Says what became of what webhooks were told, by their names.
pub type HooksOf = Arc<dyn Fn() -> Vec<(String, Figures)> + Send + Sync>;
/// The tokens that were given out, as they are by then.
pub type KeysOf = Arc<dyn Fn() -> BoxFuture<'static, Arc<Keyring>> + Send + Sync>;

/// Tries whether another life of the server could begin with the settings, and the disk, as they
/// are by now.
pub type MayGoOn = Arc<dyn Fn() -> BoxFuture<'static, Result<(), NoNextLife>> + Send + Sync>;

/// Why no other life of a server could begin, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoNextLife {
    /// The settings, or what the server was started with.
    Settings(String),
    /// A file that it has to write.
    File(String),
}

impl fmt::Display for NoNextLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Settings(why) | Self::File(why)) = self;
        f.write_str(why)
    }
}

/// What the surface works with. It reaches for nothing else.
#[derive(Clone)]
pub struct Surface {
    /// What runs.
    pub host: HostHandle,
    /// What is on the disk.
    pub workspace: Workspace,
    /// Adds to the apps of the workspace, and takes away from them.
    pub apps: Apps,
    /// What that takes, and what uses it.
    pub inventory: Inventory,
    /// The settings in force.
    pub settings: Settings,
    /// The file that has those of the next start.
    pub settings_file: SettingsFile,
    /// Answers questions about what was executed.
    pub audit: AuditOf,
    /// Looks whether the machine and the workspace are fit.
    pub doctor: DoctorOf,
    /// Says what became of what webhooks were told.
    pub hooks: HooksOf,
    /// What this machine can hold of a sandbox, for plans.
    pub holds: Holds,
    /// What a caller must know who may do everything.
    pub token: Token,
    /// The tokens of others. Is called by each request whose token is not the one above.
    pub keys: KeysOf,
    /// The names that a caller may know this server by.
    pub allowed_hosts: AllowedHosts,
    /// Says what trees of processes use, and is asked nothing else.
    pub process: Arc<dyn ProcessBackend>,
    /// Tells how long a stream has been silent.
    pub clock: Arc<dyn Clock>,
    /// Tries whether the server may be replaced by its next life.
    pub may_go_on: MayGoOn,
    /// Ends the server. Is called by each `POST /python/shutdown`, and must not wait.
    pub shutdown: Arc<dyn Fn() + Send + Sync>,
}

/// The routes of [`ROUTES`], each behind the checks of the crate's documentation, and
/// problems for all other paths and methods.
pub fn router(surface: Surface) -> Router {
    let shared = Arc::new(Served::of(surface));
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.endpoint())
        })
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// A surface that is served, and what it keeps between requests.
#[derive(Debug)]
pub(crate) struct Served {
    surface: Surface,
    /// What a status has of the host.
    pub(crate) seen: Unchanged<Option<Seen>>,
    /// The last status that was answered.
    pub(crate) status: Written<Facts>,
    /// Pages of logs that many follow.
    pub(crate) shared_pages: Arc<SharedPages>,
}

impl Served {
    fn of(surface: Surface) -> Self {
        Self {
            surface,
            seen: Unchanged::new(seen),
            status: Written::new(),
            shared_pages: Arc::default(),
        }
    }
}

impl Deref for Served {
    type Target = Surface;

    fn deref(&self) -> &Surface {
        &self.surface
    }
}

impl fmt::Debug for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surface")
            .field("host", &self.host)
            .field("workspace", &self.workspace)
            .field("token", &self.token)
            .field("allowed_hosts", &self.allowed_hosts)
            .finish_non_exhaustive()
    }
}
