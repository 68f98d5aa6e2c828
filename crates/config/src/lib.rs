#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[macro_use]
mod section;

mod form;
#[doc(hidden)]
pub mod fuzz;
mod level;
mod names;
mod problem;
mod python;
mod reader;
mod sandbox;
mod setting;
mod settings;
mod shell_env;
mod size;
mod variables;
mod webhooks;

pub use level::{AbsolutePath, Fallback, Network};
pub use names::VariableName;
pub use problem::{Problem, Problems, Wrong};
pub use python::{Limits, Python};
pub use sandbox::{AppSandbox, Sandbox};
pub use setting::{Entry, Origin, Setting};
pub use settings::Settings;
pub use shell_env::ShellEnv;
pub use size::Size;
pub use variables::Variables;
pub use webhooks::Webhook;
