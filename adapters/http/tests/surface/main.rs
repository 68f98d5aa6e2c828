//! The surface over a real host on real processes, asked as a service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod endpoints;
mod names;
mod questions;
mod redact;
mod refused;
mod runs;
mod stage;
