//! What a host needs to know.

use crate::Confine;
use alloc::{collections::BTreeMap, string::String, sync::Arc};
use collodi_env::{Grants, Policy};
use collodi_logs::Limits as LogLimits;
use collodi_python::Layout;
use collodi_restart::{Policy as RestartPolicy, StopSequence};
use collodi_run::OtherApps;
use collodi_time::{Duration, WallTime};
use collodi_value::Object;

/// What a host needs to know.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Where things are.
    pub layout: Layout,
    /// Random: names of processes and trees are made from it.
    pub seed: u64,
    /// Wall time at the origin of the instants.
    pub epoch: WallTime,
    /// The variables of the host.
    pub host_vars: Arc<BTreeMap<String, String>>,
    /// Which of them commands get; absent for the dialect's own policy.
    pub env_policy: Option<Policy>,
    /// Which excluded ones they get all the same.
    pub grants: Grants,
    /// The only interpreter to try, when someone chose one.
    pub python_binary: Option<String>,
    /// Whether uv is used when it is there.
    pub prefer_uv: bool,
    /// What templates can read of the machine.
    pub facts: Object,
    /// How daemons are started again, where their scripts do not say; after which deaths
    /// is theirs to say.
    pub restart: RestartPolicy,
    /// How processes are ended.
    pub stop: StopSequence,
    /// How much of a process's output is kept.
    pub log: LogLimits,
    /// How much of what has ended is kept.
    pub retention: Retention,
    /// Whether scripts may name repositories on this machine, by `file://` addresses.
    pub local_repositories: bool,
    /// Whether what the next host needs to go on with the daemons is written down, and
    /// what an earlier one has left is gone on with.
    pub journal: bool,
    /// Whether the world can keep what processes say in files, as it is to with a journal.
    pub recordings: bool,
    /// Whether commands may do everything: then `sudo` has nothing to add.
    pub privileged: bool,
    /// What scripts may do with the files of other apps.
    pub other_apps: OtherApps,
    /// What the commands of apps are kept in; none when they are trusted fully. Commands of
    /// the host itself, which look for tools and make environments, are kept in the same.
    pub sandbox: Option<Confine>,
}

impl HostOptions {
    /// A restart within a tenth of a second, then after twice as long each time, up to a
    /// minute, for ever; three seconds between `SIGTERM` and `SIGKILL`, 500 lines a log, uv
    /// preferred.
    pub fn new(layout: Layout, seed: u64) -> Self {
        Self {
            layout,
            seed,
            epoch: WallTime::default(),
            host_vars: Arc::default(),
            env_policy: None,
            grants: Grants::none(),
            python_binary: None,
            prefer_uv: true,
            facts: Object::new(),
            restart: RestartPolicy::default(),
            stop: StopSequence::default(),
            log: LogLimits::default(),
            retention: Retention::default(),
            local_repositories: false,
            journal: false,
            recordings: false,
            privileged: false,
            other_apps: OtherApps::default(),
            sandbox: None,
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
