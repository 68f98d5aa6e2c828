//! Sandboxes of Linux and of macOS.

#[cfg(target_os = "linux")]
use collodi_sandbox_linux as system;
#[cfg(target_os = "macos")]
use collodi_sandbox_macos as system;

use collodi_sandbox::{Confinement, Decision, Job, Mechanism, Place, Profile};
use std::fmt;
use tempfile::TempDir;

use system::{Ready, Refusal};

pub(crate) use system::Status;

/// What is to be started for a command in a sandbox.
pub(crate) type Confined = Ready;

/// The sandboxes of this machine.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes(system::Sandboxes);

impl Sandboxes {
    /// Whether every level can be had, and nothing has to stand in for what it takes: the one
    /// that needs most is tried, on a folder that is made for it.
    pub(crate) fn are_there(&self) -> bool {
        Trial::begin().is_some_and(|trial| {
            let profile = Profile::new(Confinement::Sandboxed, trial.place.clone());
            matches!(
                self.0.decide(&profile),
                Decision::Use(with)
                    if matches!(with.mechanism, Mechanism::Bwrap { .. } | Mechanism::Seatbelt)
            )
        })
    }

    /// What Linux has to make sandboxes of.
    #[cfg(target_os = "linux")]
    pub(crate) fn probe(&self) -> Option<collodi_sandbox::Probe> {
        let trial = Trial::begin()?;
        let profile = Profile::new(Confinement::Sandboxed, trial.place.clone());
        Some(self.0.probe(&profile))
    }

    /// Elsewhere there is nothing to choose from.
    #[cfg(not(target_os = "linux"))]
    pub(crate) const fn probe(&self) -> Option<collodi_sandbox::Probe> {
        None
    }

    #[cfg(target_os = "macos")]
    pub(crate) fn seatbelt(&self) -> Option<Result<(), (String, String)>> {
        let trial = Trial::begin()?;
        let profile = Profile::new(Confinement::Sandboxed, trial.place.clone());
        Some(match self.0.decide(&profile) {
            Decision::Use(_) => Ok(()),
            Decision::Refuse(reason) => Err((reason.to_string(), reason.cure().to_owned())),
        })
    }

    /// Elsewhere there is none.
    #[cfg(not(target_os = "macos"))]
    pub(crate) const fn seatbelt(&self) -> Option<Result<(), (String, String)>> {
        None
    }

    pub(crate) fn decide(&self, profile: &Profile) -> Decision {
        self.0.decide(profile)
    }

    pub(crate) fn ready(&self, job: &Job<'_>) -> Result<Confined, Cured> {
        self.0.ready(job).map_err(Cured)
    }
}

/// An empty folder of ours alone, which is gone afterwards.
struct Trial {
    _dir: TempDir,
    place: Place,
}

impl Trial {
    fn begin() -> Option<Self> {
        let dir = tempfile::Builder::new().prefix("collodi-trial-").tempdir();
        let dir = dir.ok()?;
        let place = dir.path().canonicalize().ok()?;
        Some(Self {
            place: Place::parse(place.to_str()?).ok()?,
            _dir: dir,
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
