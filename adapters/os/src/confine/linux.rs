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
    /// Whether every level can be had, made of namespaces: the one that needs most is tried,
    /// on a folder that is everywhere.
    pub(crate) fn are_there(&self) -> bool {
        Place::parse("/usr").is_ok_and(|folder| {
            let profile = Profile::new(Confinement::Sandboxed, folder);
            matches!(
                self.0.decide(&profile),
                Decision::Use(with) if matches!(with.mechanism, Mechanism::Bwrap { .. })
            )
        })
    }

    pub(crate) fn decide(&self, profile: &Profile) -> Decision {
        self.0.decide(profile)
    }

    pub(crate) fn ready(&self, job: &Job<'_>) -> Result<Confined, Cured> {
        self.0.ready(job).map_err(Cured)
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
