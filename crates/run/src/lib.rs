#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod action;
mod answers;
mod context;
mod daemon;
mod dotenv;
mod ending;
mod environment;
mod event;
mod form;
mod input;
mod lane;
mod leaving;
mod machine;
mod memory;
mod opening;
mod options;
mod other_apps;
mod outcome;
mod overrides;
mod params;
mod paths;
mod questions;
mod rendering;
mod resume;
mod run;
mod scope;
mod scripts;
mod session;
mod shown;
mod step;

pub use action::{Action, EnvPlace, EnvRequest};
pub use answers::PreparedAnswers;
pub use collodi_script::daemon::Restart;
pub use daemon::{DaemonSpec, Keep, Probe, Readiness};
pub use environment::{EnvironmentFiles, EnvironmentLayer, Giver};
pub use event::Event;
pub use form::{AnswerError, AnswerErrorKind, Answered, Field, FieldKind, Form, Item, Question};
pub use input::{Completed, DaemonStarted, Input};
pub use options::{App, Limits, RunOptions};
pub use other_apps::OtherApps;
pub use outcome::{Failure, FailureKind, Outcome, Status};
pub use overrides::Overrides;
pub use paths::{ExtraRoots, NotAPath, script_file, script_path};
pub use resume::{Known, Resume};
pub use run::Run;
pub use scripts::{Checkout, ScriptFault, ScriptQuestion, ScriptRequest};
pub use session::line_ends;
pub use shown::shown_script;
pub use step::supports;
