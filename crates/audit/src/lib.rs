#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod book;
mod execution;
#[doc(hidden)]
pub mod fuzz;
mod query;
mod record;
mod rotation;

pub use book::{Book, Entry, State};
pub use execution::{EnvironmentNames, Execution, Sandboxing};
pub use query::{Page, Query};
pub use record::{Closed, Held, MAX_LINE_BYTES, Opened, Record};
pub use rotation::Rotation;
