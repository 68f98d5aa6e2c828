//! Mail between the children of a host.

use crate::{ProcessId, RunId};
use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_machine::ActionId;
use collodi_run::{DaemonSpec, EnvRequest, Keep, ScriptRequest};

/// A message from one child to another, or to the host.
#[derive(Clone, Debug)]
pub(crate) enum Post {
    /// To a run.
    Run(RunId, collodi_run::Input),
    /// To a daemon's supervisor.
    Process(ProcessId, collodi_restart::Input),
    /// To the making of an environment.
    Env(ContainedPath, collodi_python::Input),
    /// To the search for the conda environment that an action of a run wants.
    Search((RunId, ActionId), collodi_python::Input),
    /// A run wants an environment.
    WantEnv(RunId, ActionId, EnvRequest),
    /// A run wants a daemon.
    WantDaemon(RunId, ActionId, Box<DaemonSpec>),
    /// A run wants a command of it to be a daemon.
    KeepDaemon(RunId, ActionId, Box<Keep>),
    /// What a command said before it was a daemon, for its log.
    Said(ProcessId, Arc<[u8]>),
    /// A line of the making of an environment, for the runs that wait for it.
    EnvLine(ContainedPath, String),
    /// A run ended, and these daemons go with it.
    StopDaemons(Vec<ProcessId>),
    /// A run wants something of other scripts.
    WantScript(RunId, ActionId, ScriptRequest),
    /// A step of a run waits for its turn among those of this method.
    WantTurn(RunId, ActionId, String),
    /// A run does not want the second of these actions any more.
    Release(RunId, ActionId, ActionId),
    /// A run has done its steps, or has ended.
    Settled(RunId),
    /// A run that nobody waits for any more is to end.
    EndRun(RunId, collodi_run::Input),
}
