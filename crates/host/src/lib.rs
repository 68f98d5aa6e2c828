#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod answer;
mod checkout;
mod command;
mod confine;
mod control;
mod daemons;
mod detection;
mod environment;
mod event;
mod git;
mod host;
mod ids;
mod journal;
mod options;
mod order;
mod post;
mod process;
mod reach;
mod readiness;
mod routing;
mod run_entry;
mod script_address;
mod script_call;
mod script_questions;
mod script_records;
mod script_start;
mod shared;
mod turns;

pub use command::{Accepted, Command, Reader, Refused, RunRequest};
pub use confine::Confine;
pub use control::run_options;
pub use event::{EnvEvent, Event, JournalEvent, ProcessEvent, RunEvent};
pub use host::{Host, Input, Stopped};
pub use ids::{ProcessId, RunId};
pub use options::{HostOptions, Retention};
pub use process::Process;
pub use run_entry::{RunEntry, RunPhase, StepPhase, StepView};
