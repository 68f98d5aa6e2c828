#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod book;
mod execution;
#[doc(hidden)]
pub mod fuzz;
mod left_open;
mod query;
mod record;
mod rotation;

pub use book::{Book, Entry, State};
pub use execution::{EnvironmentNames, Execution, Sandboxing};
pub use left_open::LeftOpen;
pub use query::{Page, Query};
pub use record::{Closed, Held, MAX_LINE_BYTES, Opened, Record};
pub use rotation::Rotation;
