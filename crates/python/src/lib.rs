#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod activation;
mod conda;
mod deletion;
mod detect;
mod installer;
mod layout;
mod locate;
mod platform;
mod provision;
mod pyvenv;
mod toolchain;
mod version;

pub use activation::Activation;
pub use conda::{CondaEnv, CondaWords};
pub use deletion::Deletion;
pub use detect::{Detect, DetectOptions};
pub use installer::{Installer, UV_STAND_IN};
pub use layout::{EnvDir, Layout};
pub use locate::{Locate, LocateOptions, Located};
pub use platform::{Os, Platform};
pub use provision::{
    Contents, Provision, ProvisionError, ProvisionEvent, ProvisionOptions, Provisioned,
    makes_environments,
};
pub use pyvenv::version_of;
pub use toolchain::{Interpreter, Tool, Toolchain};

use collodi_action::{Completion, Progress};
use collodi_machine::ActionId;
use core::fmt;

/// What can happen to the machines of this crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Something was heard of an action.
    Progress(ActionId, Progress),
    /// An action ended.
    Completed(ActionId, Completion),
    /// Nobody wants the result any more.
    Cancel,
    /// The deadline has come.
    Timeout,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Progress(id, progress) => write!(f, "{id} {progress}"),
            Self::Completed(id, completion) => write!(f, "{id} {completion}"),
            Self::Cancel => f.write_str("cancel"),
            Self::Timeout => f.write_str("timeout"),
        }
    }
}
