//! What a host needs to know.

use crate::Trust;
use alloc::{collections::BTreeMap, string::String, sync::Arc};
use collodi_command::Bounds;
use collodi_env::{Grants, Policy};
use collodi_logs::Limits as LogLimits;
use collodi_python::Layout;
use collodi_restart::{Policy as RestartPolicy, StopSequence};
use collodi_run::{ExtraRoots, Limits as RunLimits, OtherApps};
use collodi_script::Dialect;
use collodi_time::{Duration, WallTime};
use collodi_value::Object;

/// What a host needs to know.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Where things are.
    pub layout: Layout,
    /// Random: names of processes and trees are made from it.
    pub seed: u64,
    /// Wall time at the origin of the instants. What an earlier host saw counts as seen then
    /// when it was before: who follows others has a clock with an origin in their past.
    pub epoch: WallTime,
    /// The variables of the host.
    pub host_vars: Arc<BTreeMap<String, String>>,
    /// Which of them commands get.
    pub env_policies: EnvPolicies,
    /// Which excluded ones they get all the same.
    pub grants: Grants,
    /// The only interpreter to try, when someone chose one.
    pub python_binary: Option<String>,
    /// Whether uv is used when it is there.
    pub prefer_uv: bool,
    /// What templates can read of the machine. None when it is not known yet: then runs wait
    /// for [`Command::Know`](crate::Command::Know).
    pub facts: Option<Object>,
    /// How daemons are started again, where their scripts do not say; after which deaths
    /// is theirs to say.
    pub restart: RestartPolicy,
    /// How processes are ended.
    pub stop: StopSequence,
    /// How much of a process's output is kept.
    pub log: LogLimits,
    /// What bounds a run.
    pub limits: RunLimits,
    /// The most runs that have not ended, those included that wait for their turn and those
    /// that scripts start. What would begin another is refused.
    pub runs: usize,
    /// The most that each tree of processes may use.
    pub bounds: Bounds,
    /// How much of what has ended is kept.
    pub retention: Retention,
    /// Whether scripts may name repositories on this machine, by `file://` addresses.
    pub local_repositories: bool,
    /// Whether what the next host needs to go on with the daemons is written down, and
    /// what an earlier one has left is gone on with.
    pub journal: bool,
    /// Whether it goes on for an earlier host as the same server: what that began counts as begun
    /// here.
    pub goes_on: bool,
    /// Whether the world can keep what processes say in files, as it is to with a journal.
    pub recordings: bool,
    /// Whether commands may do everything: then `sudo` has nothing to add.
    pub privileged: bool,
    /// What scripts may do with the files of other apps.
    pub other_apps: OtherApps,
    /// Folders beside their apps' that scripts may use.
    pub extra_roots: ExtraRoots,
    /// What the commands of apps are kept in. Commands that the host itself starts for an app,
    /// which make its environments and fetch its repositories, are kept in the same; those
    /// that look for tools in what all apps are.
    pub sandbox: Trust,
}

impl HostOptions {
    /// A restart within a tenth of a second, then after twice as long each time, up to a
    /// minute, for ever; three seconds between `SIGTERM` and `SIGKILL`, 500 lines a log, 256
    /// runs, uv preferred.
    pub fn new(layout: Layout, seed: u64) -> Self {
        Self {
            layout,
            seed,
            epoch: WallTime::default(),
            host_vars: Arc::default(),
            env_policies: EnvPolicies::default(),
            grants: Grants::none(),
            python_binary: None,
            prefer_uv: true,
            facts: Some(Object::new()),
            restart: RestartPolicy::default(),
            stop: StopSequence::default(),
            log: LogLimits::default(),
            limits: RunLimits::default(),
            runs: 256,
            bounds: Bounds::NONE,
            retention: Retention::default(),
            local_repositories: false,
            journal: false,
            goes_on: false,
            recordings: false,
            privileged: false,
            other_apps: OtherApps::default(),
            extra_roots: ExtraRoots::default(),
            sandbox: Trust::default(),
        }
    }
}

/// Which of the host's variables commands get, by the dialect of their script. The host's
/// own commands (probes, git, the making of environments) are none's, and get what those
/// of [`Dialect::Vatn`] do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvPolicies {
    /// For commands of the plugin's scripts, and for the host's own.
    pub vatn: Policy,
    /// For commands of Pinokio scripts.
    pub pinokio: Policy,
}

impl EnvPolicies {
    /// The policy for commands of scripts of this dialect.
    pub const fn of(&self, dialect: Dialect) -> &Policy {
        match dialect {
            Dialect::Vatn => &self.vatn,
            Dialect::Pinokio => &self.pinokio,
        }
    }
}

impl Default for EnvPolicies {
    fn default() -> Self {
        Self {
            vatn: Policy::vatn(),
            pinokio: Policy::pinokio(),
        }
    }
}

/// How much of what has ended is kept; the oldest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The most finished runs.
    pub runs: usize,
    /// The most ended processes.
    pub processes: usize,
    /// How long each; when more end, and not by a clock, older ones are forgotten.
    pub age: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            runs: 100,
            processes: 100,
            age: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}
