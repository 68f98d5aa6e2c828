//! What a machine has, as a plan needs to know it.

use crate::{Place, Profile, bwrap};
use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

/// What a machine has. Whoever applies plans looks it up: see [`Machine::questions`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Whether the sandbox is made by the user who may do everything.
    pub is_root: bool,
    /// The homes of the user: what its environment says, and what the system's list of
    /// users says. With none, there is no telling where its keys are.
    pub homes: Vec<Place>,
    /// What is at the paths that were asked for; what is not there is not in it.
    pub seen: BTreeMap<String, Seen>,
    /// The file that says how names of hosts are resolved, where it is not in `/etc` itself.
    pub resolver: Option<Place>,
    /// The entries of `/dev` [that are GPUs](is_gpu).
    pub gpus: Vec<Place>,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is, links followed.
    pub kind: Kind,
    /// The path it has without links.
    pub real: Place,
    /// What it says, when it is itself a link.
    pub link: Option<String>,
}

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// Anything else.
    File,
}

impl Machine {
    /// The paths whose answers belong into [`seen`](Self::seen) before `profile` is planned
    /// for a user who lives in `homes`.
    pub fn questions(profile: &Profile, homes: &[Place]) -> Vec<String> {
        let named = profile.places().map(|place| place.as_str().to_owned());
        named.chain(bwrap::questions(homes)).collect()
    }

    pub(crate) fn is_folder(&self, place: &Place) -> bool {
        let seen = self.seen.get(place.as_str());
        seen.is_some_and(|seen| seen.kind == Kind::Folder && seen.real == *place)
    }
}

/// Whether the entry of `/dev` with this name is a GPU, or belongs to one.
pub fn is_gpu(name: &str) -> bool {
    let exact = [
        "dri",
        "kfd",
        "dxg",
        "nvidiactl",
        "nvidia-uvm",
        "nvidia-uvm-tools",
    ];
    let numbered = |prefix: &str| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    exact.contains(&name) || numbered("nvidia") || numbered("accel")
}
