#![doc = include_str!("../README.md")]
#![cfg(unix)]
#![forbid(unsafe_code)]

mod probe;
mod ready;
mod sandboxes;

pub use collodi_sandbox_look::Refusal;
pub use ready::{Ready, Status};
pub use sandboxes::Sandboxes;
