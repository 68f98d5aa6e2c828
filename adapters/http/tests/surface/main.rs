//! The surface over a real host on real processes, asked as a service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

/// Makes two tests of each function: its stage stands on tokio, and on the smol family.
macro_rules! on_each_runtime {
    ($($test:ident)*) => {
        mod tokio { $(#[test] fn $test() { crate::stage::TOKIO.play(super::$test); })* }
        mod smol { $(#[test] fn $test() { crate::stage::SMOL.play(super::$test); })* }
    };
}

mod apps;
mod config;
mod endpoints;
mod envs;
mod events;
mod left_alone;
mod names;
mod openapi;
mod overrides;
mod page;
mod plugin;
mod questions;
mod redact;
mod refused;
mod runs;
mod scripts;
mod stage;
mod start;
