#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod deadline;
mod instant;
mod timers;
mod wall;

pub use core::time::Duration;
pub use deadline::Deadline;
pub use instant::{Instant, ParseInstantError};
pub use timers::Timers;
pub use wall::{NotATime, WallTime};
