#![doc = include_str!("../README.md")]
#![cfg(target_os = "linux")]
#![forbid(unsafe_code)]

mod bwrap;
mod domain;
mod helper;
mod inside;
mod memory;
mod note;
mod probe;
mod ready;
mod sandboxes;
mod status;

pub use collodi_sandbox_look::Refusal;
pub use helper::helper_main;
pub use inside::signal_inside;
pub use ready::Ready;
pub use sandboxes::{Sandboxes, Tools};
pub use status::Status;
