#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod assumed;
mod disk;
mod env_plan;
mod guard;
mod network;
mod notes;
mod play;
mod record;
mod sandbox;
mod variables;
mod words;

pub use env_plan::env_plan;
pub use sandbox::Holds;

use assumed::Assumed;
use collodi_api::Plan;
use collodi_backend::FileSystem;
use collodi_contain::ContainedPath;
use collodi_host::{HostOptions, RunRequest};
use collodi_python::Toolchain;
use play::{Ended, Player};
use std::sync::Arc;

/// What a plan takes as given: the host that the run would be one of.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The host.
    pub host: HostOptions,
    /// What the machine has.
    pub tools: Arc<Toolchain>,
    /// The directory of programs that stand in for missing ones, if there is one.
    pub stand_ins: Option<ContainedPath>,
    /// What the machine can hold of a sandbox.
    pub holds: Holds,
}

/// Plays a run of a script and says what it would do. `source` is the script's text: the plan
/// names its lines.
///
/// What is read of files, other scripts among them, comes from `files`, which is asked only
/// for what is there: it reads, looks and lists. Everything else happens in memory.
pub async fn plan(
    options: &PlanOptions,
    request: RunRequest,
    source: &str,
    files: &dyn FileSystem,
) -> Plan {
    let mut assumed = Assumed::default();
    loop {
        let player = Player::new(options, request.clone(), source, files, &assumed);
        match player.play().await {
            Ended::With(plan) => return *plan,
            Ended::Unplayable(step) => assumed.add(step),
        }
    }
}
