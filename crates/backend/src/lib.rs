#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod capabilities;
mod clock;
mod files;
mod network;
mod process;
mod web;

use alloc::sync::Arc;

pub use capabilities::{Capabilities, Capability};
pub use clock::{BoxFuture, Clock};
pub use collodi_action::{Error, ErrorKind};
pub use collodi_command::{Member, Usage};
pub use collodi_sandbox::Enforcement;
pub use files::FileSystem;
pub use network::Network;
pub use process::{Child, ChildEvent, ChildInput, ProcessBackend};
pub use web::{Download, DownloadEvent, Web};

/// Everything a driver needs of the world. Swap one field, keep the rest.
#[derive(Clone, Debug)]
pub struct Backends {
    /// Runs processes.
    pub process: Arc<dyn ProcessBackend>,
    /// Performs file operations.
    pub files: Arc<dyn FileSystem>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Answers questions about ports.
    pub network: Arc<dyn Network>,
    /// Sends requests and downloads.
    pub web: Arc<dyn Web>,
}
