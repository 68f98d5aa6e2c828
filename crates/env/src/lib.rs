#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod decision;
mod environment;
#[doc(hidden)]
pub mod fuzz;
mod glob;
mod loaders;
mod masked;
mod policy;
mod preset;
mod resolve;
mod secrets;
mod step;

pub use decision::{Decision, Rule, Source, Verdict};
pub use environment::{Environment, Removed};
pub use glob::{Glob, GlobError};
pub use loaders::{LOADERS, is_loader_name};
pub use masked::{Masked, shown_value};
pub use policy::{Grants, Inherit, Policy, UnknownWord};
pub use preset::Preset;
pub use resolve::MAX_VARIABLE_BYTES;
pub use secrets::{DEFAULT_EXCLUDES, DefaultExclude, Risk, is_secret_name, secret_values};
pub use step::{StepValue, StepVariables};
