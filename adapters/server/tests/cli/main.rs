//! The program as people and other programs call it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod apps;
mod check;
mod completions;
mod config;
mod doctor;
mod env;
mod env_plan;
mod hints;
mod methods;
mod options;
mod plan;
mod policy;
mod sarif;
mod stage;
mod token;
