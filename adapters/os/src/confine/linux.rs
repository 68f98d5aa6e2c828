//! Sandboxes of Linux.

use collodi_sandbox::{Confinement, Decision, Job, Mechanism, Place, Profile};
use collodi_sandbox_linux::{Ready, Refusal};
use std::fmt;

pub(crate) use collodi_sandbox_linux::Status;

/// What is to be started for a command in a sandbox.
pub(crate) type Confined = Ready;

/// The sandboxes of this machine.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes(collodi_sandbox_linux::Sandboxes);

impl Sandboxes {
    /// Whether every level can be had, made of namespaces. It is tried.
    pub(crate) fn are_there(&self) -> bool {
        let levels = [Confinement::Restricted, Confinement::Sandboxed];
        levels.into_iter().all(|level| self.has(level))
    }

    pub(crate) fn ready(&self, job: &Job<'_>) -> Result<Confined, Cured> {
        self.0.ready(job).map_err(Cured)
    }

    /// A folder that is everywhere stands for an app's.
    fn has(&self, confinement: Confinement) -> bool {
        Place::parse("/usr").is_ok_and(|folder| {
            let profile = Profile::new(confinement, folder);
            matches!(
                self.0.decide(&profile),
                Decision::Use(with) if matches!(with.mechanism, Mechanism::Bwrap { .. })
            )
        })
    }
}

/// A refusal with what would cure it.
#[derive(Debug)]
pub(crate) struct Cured(Refusal);

impl fmt::Display for Cured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(refusal) = self;
        match refusal.cure() {
            Some(cure) => write!(f, "{refusal}; to cure it: {cure}"),
            None => refusal.fmt(f),
        }
    }
}
