#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod backoff;
mod death;
mod policy;
mod standing;
mod startup;
mod status;
mod stop;
mod supervisor;
mod vocabulary;

pub use backoff::{Backoff, Jitter};
pub use death::{Death, NotADeath, On, ParseOnError, Rule, Verdict, WrittenDeath};
pub use policy::{GiveUp, ParseRestartClassError, Policy, RestartClass};
pub use standing::{Course, Ending, Pause, Standing};
pub use startup::Startup;
pub use status::{Ended, Phase, Status};
pub use stop::{Escalation, StopSequence, StopStep};
pub use supervisor::Supervisor;
pub use vocabulary::{Action, Event, Input};
