#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod alike;
mod anew;
mod answer;
mod changing;
mod checkout;
mod command;
mod conda_names;
mod confine;
mod daemons;
mod detection;
mod ended;
mod ending;
mod env_jobs;
mod env_users;
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
mod purpose;
mod reach;
mod readiness;
mod routing;
mod run_entry;
mod run_options;
mod run_start;
mod script_address;
mod script_call;
mod script_missing;
mod script_questions;
mod script_records;
mod script_start;
mod secrets;
mod send;
mod shared;
mod sparing;
mod temporary;
mod turns;

/// What one script wants of another, as far as it is values: for those who want to know what
/// a host would do.
pub mod calls {
    pub use crate::{
        git::{Deed, GitAddress, command as git_command, pull},
        script_address::{Address, identity, script_app},
        script_missing::missing,
        script_start::{parse_script, restarted},
    };
}

pub use changing::AppChange;
pub use command::{Accepted, Command, Follower, Reader, Refused, RunRequest};
pub use confine::{Confine, Trust, sandbox_of};
pub use detection::own_vars;
pub use env_users::{EnvUser, LeftDaemon, env_deletion};
pub use event::{EnvEvent, Event, JournalEvent, Left, ProcessEvent, RunEvent};
pub use git::app_command as app_git;
pub use host::{Host, Input, Stopped};
pub use ids::{ProcessId, RunId};
pub use journal::{LeftAlone, LeftStep, Lost, LostDaemon, StateFiles, Unread};
pub use options::{EnvPolicies, HostOptions, Retention};
pub use process::Process;
pub use run_entry::{RunEntry, RunPhase, StepPhase, StepView};
pub use run_options::run_options;
