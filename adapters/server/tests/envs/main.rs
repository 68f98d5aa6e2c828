//! Python environments for real: made once, whoever wants them and whatever happens to
//! their maker, and reached by every way to install.
//!
//! Each test of virtual environments is played with uv, where it is there, and with
//! `venv` and pip.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod conda;
mod disks;
mod installs;
mod makers;
mod places;
mod stage;
