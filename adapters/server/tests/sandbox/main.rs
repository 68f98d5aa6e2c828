//! `collodi sandbox` against commands that try to get out, and with programs that must work.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod absent;
mod attacks;
mod settings;
mod stage;
mod works;
