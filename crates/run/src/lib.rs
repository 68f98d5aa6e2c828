#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod action;
mod context;
mod dotenv;
mod ending;
mod event;
mod input;
mod memory;
mod options;
mod outcome;
mod params;
mod questions;
mod rendering;
mod run;
mod scope;
mod session;
mod step;

pub use action::{Action, DaemonSpec, EnvRequest};
pub use event::Event;
pub use input::{Completed, DaemonStarted, Input};
pub use options::{App, Limits, RunOptions};
pub use outcome::{Failure, FailureKind, Outcome, Status};
pub use run::Run;
pub use step::supports;
