//! Which mechanism is used, or why none is.

use crate::{Confinement, Fallback, Features, Place, Profile, Protection, SeatbeltFault};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// What was found out about a machine by trying it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Whether bubblewrap makes a sandbox of this level.
    pub bwrap: Result<Features, BwrapFault>,
    /// The version of Landlock; 0 without.
    pub landlock: u32,
    /// Whether a child can enter a Landlock domain before it becomes its program.
    pub domains: bool,
    /// Whether there is a seccomp program for this machine.
    pub seccomp: bool,
    /// Whether there is a helper for sandboxes without namespaces.
    pub helper: bool,
    /// Whether a home of the user is known: without, its keys are not found.
    pub home: bool,
}

/// Why bubblewrap makes no sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BwrapFault {
    /// It is not there.
    Missing(String),
    /// Somebody else than root could have changed it.
    Untrusted(String),
    /// User namespaces cannot be made.
    NamespacesBlocked(String),
    /// `/proc` cannot be mounted.
    ProcBlocked(String),
    /// It does not know this option.
    UnknownFlag(String),
    /// Something else, in its own words.
    Failed(String),
}

/// What is to be done about a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs in a sandbox.
    Use(Enforcement),
    /// It does not run.
    Refuse(Reason),
}

/// A sandbox, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforcement {
    /// What makes it.
    pub mechanism: Mechanism,
    /// What it holds of what the level promises.
    pub enforced: Vec<Protection>,
    /// What it does not hold of that, on this machine.
    pub missing: Vec<Protection>,
}

/// What makes a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mechanism {
    /// Namespaces made by bubblewrap, with a seccomp program.
    Bwrap {
        /// What it can.
        features: Features,
        /// Whether it is started in a Landlock domain that holds abstract sockets and
        /// signals.
        scopes: bool,
    },
    /// Landlock and seccomp.
    Landlock {
        /// The version.
        abi: u32,
    },
    /// Seatbelt, the sandbox of macOS.
    Seatbelt,
}

impl Mechanism {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bwrap { .. } => "bwrap",
            Self::Landlock { .. } => "landlock",
            Self::Seatbelt => "seatbelt",
        }
    }
}

/// Why a process does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Bubblewrap makes no sandbox, and nothing may stand in.
    Bwrap(BwrapFault),
    /// Bubblewrap makes no sandbox, and Landlock cannot stand in.
    Fallback {
        /// Why there is no first choice.
        bwrap: BwrapFault,
        /// The version of Landlock that is needed.
        needs: u32,
        /// The one that there is; 0 without.
        has: u32,
    },
    /// Seatbelt makes no sandbox.
    Seatbelt(SeatbeltFault),
    /// Landlock cannot hide what is in a folder that may be changed.
    Hidden(Place),
    /// There is no seccomp program for this machine.
    Architecture,
    /// There is no helper that could make a sandbox without namespaces.
    Helper,
    /// The profile is strict, and this would be missing.
    Strict(Vec<Protection>),
    /// There is no sandbox on this system.
    System(&'static str),
}

/// The version of Landlock that has truncation: without it files are emptied.
const LANDLOCK_FILES: u32 = 3;
/// The version that has TCP.
const LANDLOCK_TCP: u32 = 4;
/// The version that has scopes.
const LANDLOCK_SCOPES: u32 = 6;

/// Decides how a profile is enforced where the probe found this. Nothing weaker is taken
/// than what is asked for, but for the fallback when the profile names it.
pub fn decide(profile: &Profile, probe: &Probe) -> Decision {
    if !probe.seccomp {
        return Decision::Refuse(Reason::Architecture);
    }
    let scopes = probe.domains && probe.landlock >= LANDLOCK_SCOPES;
    let mechanism = match (&probe.bwrap, profile.fallback) {
        (Ok(features), _) => Ok(Mechanism::Bwrap {
            features: *features,
            scopes,
        }),
        (Err(fault), None) => Err(Reason::Bwrap(fault.clone())),
        (Err(fault), Some(Fallback::Landlock)) => fallback(profile, probe, fault),
    };
    match mechanism.and_then(|mechanism| enforcement(profile, mechanism, probe.home)) {
        Ok(enforcement) => Decision::Use(enforcement),
        Err(reason) => Decision::Refuse(reason),
    }
}

fn fallback(profile: &Profile, probe: &Probe, bwrap: &BwrapFault) -> Result<Mechanism, Reason> {
    let needs = match (profile.confinement, profile.has_network()) {
        (Confinement::Sandboxed, _) => LANDLOCK_SCOPES,
        (Confinement::Restricted, true) => LANDLOCK_FILES,
        (Confinement::Restricted, false) => LANDLOCK_TCP,
    };
    let below = |hidden: &&Place| profile.writable().any(|folder| folder.holds(hidden));
    if let Some(hidden) = profile.hidden.iter().find(below) {
        return Err(Reason::Hidden(hidden.clone()));
    }
    let (has, bwrap) = (probe.landlock, bwrap.clone());
    match (has >= needs, probe.helper) {
        (false, _) => Err(Reason::Fallback { bwrap, needs, has }),
        (true, false) => Err(Reason::Helper),
        (true, true) => Ok(Mechanism::Landlock { abi: has }),
    }
}

/// What a mechanism holds of a profile, where a home of the user is known or not.
pub(crate) fn enforcement(
    profile: &Profile,
    mechanism: Mechanism,
    home: bool,
) -> Result<Enforcement, Reason> {
    // What is not shown needs not be found.
    let keys = home || profile.confinement == Confinement::Sandboxed;
    let promised = Protection::ALL
        .into_iter()
        .filter(|p| is_promised(*p, profile));
    let (enforced, missing): (Vec<_>, Vec<_>) = promised.partition(|p| match p {
        Protection::Credentials => keys,
        _ => holds(mechanism, *p, profile),
    });
    match profile.strict && !missing.is_empty() {
        true => Err(Reason::Strict(missing)),
        false => Ok(Enforcement {
            mechanism,
            enforced,
            missing,
        }),
    }
}

fn is_promised(protection: Protection, profile: &Profile) -> bool {
    match protection {
        Protection::Network => !profile.has_network(),
        Protection::Reads => profile.confinement == Confinement::Sandboxed,
        Protection::Protected => !profile.protected.is_empty(),
        _ => true,
    }
}

fn holds(mechanism: Mechanism, protection: Protection, profile: &Profile) -> bool {
    let sandboxed = profile.confinement == Confinement::Sandboxed;
    match (mechanism, protection) {
        (Mechanism::Bwrap { scopes, .. }, Protection::AbstractSockets) => {
            scopes || !profile.has_network()
        }
        (Mechanism::Landlock { abi }, Protection::AbstractSockets | Protection::Signals) => {
            abi >= LANDLOCK_SCOPES
        }
        (Mechanism::Landlock { .. }, Protection::ServiceSockets) => !profile.has_network(),
        (Mechanism::Landlock { .. }, Protection::Protected) => false,
        (Mechanism::Landlock { .. } | Mechanism::Seatbelt, Protection::Metadata) => {
            mechanism == Mechanism::Seatbelt
        }
        // They are in `/proc`, which is read for what is one's own.
        (Mechanism::Landlock { .. }, Protection::Sight | Protection::Keyrings) => false,
        (Mechanism::Landlock { .. }, Protection::SharedMemory) => sandboxed,
        (Mechanism::Seatbelt, Protection::Survival | Protection::Sight) => false,
        _ => true,
    }
}

impl fmt::Display for BwrapFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "bubblewrap is missing: there is no {path}"),
            Self::Untrusted(why) => write!(f, "bubblewrap is not to be trusted: {why}"),
            Self::NamespacesBlocked(line) => write!(f, "user namespaces are blocked ({line})"),
            Self::ProcBlocked(line) => write!(f, "/proc cannot be mounted ({line})"),
            Self::UnknownFlag(flag) => write!(f, "this bubblewrap does not know {flag}"),
            Self::Failed(line) => write!(f, "bubblewrap failed: {line}"),
        }
    }
}

impl BwrapFault {
    /// What an operator can do about it.
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Missing(_) => {
                "install bubblewrap (apt install bubblewrap, dnf install bubblewrap, …), or allow \
                 the fallback `landlock`"
            }
            Self::Untrusted(_) => "let root own it, and nobody else write it",
            Self::NamespacesBlocked(_) => {
                "allow bubblewrap to make user namespaces: on Ubuntu 24.04 and later with the \
                 AppArmor profile bwrap-userns-restrict; elsewhere with sysctl \
                 user.max_user_namespaces and kernel.unprivileged_userns_clone; in a container \
                 with its seccomp and AppArmor settings. Or allow the fallback `landlock`"
            }
            Self::ProcBlocked(_) => {
                "start the container with an unmasked /proc (docker: --security-opt \
                 systempaths=unconfined), or allow the fallback `landlock`"
            }
            Self::UnknownFlag(_) => "install bubblewrap 0.8 or later",
            Self::Failed(_) => "see what `bwrap` says when it is run by hand",
        }
    }
}

impl Reason {
    /// What an operator can do about it.
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Bwrap(fault) => fault.cure(),
            Self::Fallback { bwrap, .. } => bwrap.cure(),
            Self::Seatbelt(fault) => fault.cure(),
            Self::Architecture | Self::System(_) => {
                "run it on Linux (x86_64, aarch64) or macOS, or trust it fully"
            }
            Self::Hidden(_) => "put the app into a folder of its own, or have bubblewrap",
            Self::Helper => {
                "call `collodi_sandbox_linux::helper_main` first in the program's `main`"
            }
            Self::Strict(_) => "give the machine what is missing, or do not ask for strictness",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bwrap(fault) => fault.fmt(f),
            Self::Seatbelt(fault) => fault.fmt(f),
            Self::Fallback {
                bwrap,
                needs,
                has: 0,
            } => {
                write!(
                    f,
                    "{bwrap}, and there is no Landlock, of which version {needs} is needed"
                )
            }
            Self::Fallback { bwrap, needs, has } => {
                write!(
                    f,
                    "{bwrap}, and Landlock has version {has}, where {needs} is needed"
                )
            }
            Self::Architecture => f.write_str("there is no seccomp program for this processor"),
            Self::Hidden(place) => {
                write!(
                    f,
                    "Landlock cannot hide {place}, which is in a folder of the app"
                )
            }
            Self::Helper => f.write_str("there is no helper for a sandbox without namespaces"),
            Self::Strict(missing) => {
                f.write_str("this machine cannot hold")?;
                missing
                    .iter()
                    .try_for_each(|protection| write!(f, " {protection}"))
            }
            Self::System(name) => write!(f, "there is no sandbox on {name}"),
        }
    }
}

impl core::error::Error for Reason {}
