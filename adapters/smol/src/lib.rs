#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod clock;
mod files;
mod network;
mod reactor;
mod tasks;

use collodi_backend::Backends;
use std::sync::Arc;

pub use clock::Clock;
pub use files::Files;
pub use network::Network;
pub use reactor::{Reactor, Watched};

/// Starts real processes, on any executor.
pub type Processes = collodi_os::Processes<Reactor>;

/// Everything a driver needs, on whatever executor polls it.
pub fn backends() -> Backends {
    Backends {
        process: Arc::new(Processes::new()),
        files: Arc::new(Files),
        clock: Arc::new(Clock::new()),
        network: Arc::new(Network),
        web: Arc::new(collodi_ureq::Web::new()),
    }
}
