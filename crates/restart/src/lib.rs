#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod backoff;
mod policy;
mod status;
mod stop;
mod supervisor;

pub use backoff::{Backoff, Jitter};
pub use policy::{GiveUp, Policy, RestartClass};
pub use status::{Ended, Phase, Status};
pub use stop::{Escalation, StopSequence, StopStep};
pub use supervisor::{Action, Event, Input, Supervisor};
