//! The sandboxes of this machine.

use crate::{Ready, Refusal, bwrap, domain, helper, probe};
use collodi_sandbox::{
    Confinement, Decision, Features, Job, Machine, Mechanism, Probe, Profile, decide,
    seccomp::Architecture,
};
use collodi_sandbox_look as look;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

/// What sandboxes are made with.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The path of bubblewrap.
    pub bwrap: PathBuf,
    /// Whether Landlock may be used.
    pub landlock: bool,
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            bwrap: PathBuf::from("/usr/bin/bwrap"),
            landlock: true,
        }
    }
}

/// Makes sandboxes, as far as this machine can. What works is tried once; what does not is
/// tried again each time, as the machine may have been cured.
#[derive(Debug, Default)]
pub struct Sandboxes {
    tools: Tools,
    /// What bubblewrap can, by level and whether there is a network.
    works: Mutex<BTreeMap<(Confinement, bool), Features>>,
    landlock: OnceLock<u32>,
}

impl Sandboxes {
    /// Sandboxes made with these tools.
    pub fn new(tools: Tools) -> Self {
        Self {
            tools,
            ..Self::default()
        }
    }

    /// What can be done about a profile here.
    pub fn decide(&self, profile: &Profile) -> Decision {
        self.decide_on(profile, &look::machine(profile))
    }

    /// Readies a job, so that starting what is given runs it in its sandbox. Nothing is
    /// started but, the first time, a trial.
    ///
    /// # Errors
    ///
    /// Why the job does not run.
    pub fn ready(&self, job: &Job<'_>) -> Result<Ready, Refusal> {
        job.check()?;
        look::keep_temporary(job.profile)?;
        let machine = look::machine(job.profile);
        job.profile.check(job.cwd, &machine)?;
        let enforcement = match self.decide_on(job.profile, &machine) {
            Decision::Use(enforcement) => enforcement,
            Decision::Refuse(reason) => return Err(reason.into()),
        };
        match enforcement.mechanism {
            Mechanism::Bwrap { features, scopes } => {
                let path = &self.tools.bwrap;
                let machine = match look::keep_settings(job.profile)? {
                    true => look::machine(job.profile),
                    false => machine,
                };
                bwrap::ready(path, job, &machine, features, enforcement, scopes)
            }
            Mechanism::Landlock { abi } => helper::ready(job, &machine, abi, enforcement),
            _ => Err(collodi_sandbox::Reason::System("Linux").into()),
        }
    }

    /// What this machine can, as far as a profile needs it.
    pub fn probe(&self, profile: &Profile) -> Probe {
        self.probe_on(profile, &look::machine(profile))
    }

    fn decide_on(&self, profile: &Profile, machine: &Machine) -> Decision {
        decide(profile, &self.probe_on(profile, machine))
    }

    fn probe_on(&self, profile: &Profile, machine: &Machine) -> Probe {
        let landlock = match self.tools.landlock {
            true => *self.landlock.get_or_init(domain::version),
            false => 0,
        };
        Probe {
            bwrap: self.bwrap(profile, machine),
            landlock,
            domains: collodi_spawn::can_confine(),
            seccomp: Architecture::named(std::env::consts::ARCH).is_some(),
            helper: helper::is_available(),
            home: !machine.homes.is_empty(),
        }
    }

    fn bwrap(
        &self,
        profile: &Profile,
        machine: &Machine,
    ) -> Result<Features, collodi_sandbox::BwrapFault> {
        let kind = (profile.confinement, profile.has_network());
        if let Some(features) = self.works().get(&kind) {
            return Ok(*features);
        }
        let features = probe::bwrap(&self.tools.bwrap, profile, machine)?;
        self.works().insert(kind, features);
        Ok(features)
    }

    /// A panic elsewhere does not make what was found wrong.
    fn works(&self) -> MutexGuard<'_, BTreeMap<(Confinement, bool), Features>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
