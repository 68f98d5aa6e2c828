//! Rules for Landlock, as data.

use crate::{Confinement, Machine, Place, Profile, bwrap};
use alloc::{string::String, vec::Vec};

/// What a Landlock domain takes away from those in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Abstract sockets and signals of those outside (ABI 6).
    pub scopes: bool,
    /// All of the file system, but for these; nothing of it is taken away when there are
    /// none. Binding and connecting with TCP go with it where the profile has no network.
    pub files: Option<Vec<Grant>>,
    /// TCP (ABI 4).
    pub tcp: bool,
    /// What is not read below the grants of [`Access::ReadOthers`].
    pub withheld: Vec<String>,
}

/// What may be done below a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The folder or file. One that is not there is passed over.
    pub path: String,
    /// What may be done.
    pub access: Access,
}

/// What may be done to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and executing.
    Read,
    /// Reading and executing all but what is [withheld](Domain::withheld), of which names can
    /// be listed.
    ReadOthers,
    /// Everything but making devices.
    Change,
    /// Reading, writing and its own controls, of a device.
    Device,
}

/// Devices that everybody needs.
const DEVICES: [&str; 8] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
    "/dev/pts",
];

/// Shared memory of everybody: without it there are no semaphores, which Python needs.
const SHARED_MEMORY: &str = "/dev/shm";

impl Domain {
    /// Beside bubblewrap, which needs the right to mount: scopes alone.
    pub const fn beside_namespaces() -> Self {
        Self {
            scopes: true,
            files: None,
            tcp: false,
            withheld: Vec::new(),
        }
    }

    /// Instead of namespaces.
    pub fn instead_of_namespaces(profile: &Profile, machine: &Machine) -> Self {
        let grant = |access| {
            move |path: &str| Grant {
                path: path.into(),
                access,
            }
        };
        let restricted = profile.confinement == Confinement::Restricted;
        let seen = if restricted {
            Vec::from(["/"])
        } else {
            bwrap::system().collect()
        };
        let seen = seen.into_iter().map(grant(Access::ReadOthers));
        let read = profile
            .read
            .iter()
            .map(Place::as_str)
            .map(grant(Access::Read));
        let gpus = machine
            .gpus
            .iter()
            .filter(|_| profile.gpu)
            .map(Place::as_str);
        let devices = DEVICES.into_iter().chain(gpus).map(grant(Access::Device));
        let shared = restricted.then_some(SHARED_MEMORY);
        let write = profile
            .writable()
            .map(Place::as_str)
            .chain(shared)
            .map(grant(Access::Change));
        Self {
            scopes: true,
            files: Some(seen.chain(read).chain(devices).chain(write).collect()),
            tcp: !profile.has_network(),
            withheld: withheld(profile, machine),
        }
    }
}

/// What is there of keys, passwords, and what is not for this app.
fn withheld(profile: &Profile, machine: &Machine) -> Vec<String> {
    let secret = bwrap::secrets(machine);
    let hidden = profile
        .hidden
        .iter()
        .map(|place| String::from(place.as_str()));
    let seen = secret
        .chain(hidden)
        .filter_map(|path| machine.seen.get(&path));
    seen.map(|seen| seen.real.as_str().into()).collect()
}
