//! Collodi's backend on the smol family.
#![forbid(unsafe_code)]

mod clock;
mod files;
mod network;

pub use clock::Clock;
pub use files::Files;
pub use network::Network;

/// Everything a driver needs, on any executor.
pub fn backends() -> collodi_backend::Backends {
    todo!()
}
