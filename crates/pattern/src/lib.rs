#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod class;
mod error;
mod escape;
mod flags;
#[doc(hidden)]
pub mod fuzz;
mod pattern;
mod plain;
mod source;
mod translate;

pub use error::{Exhausted, PatternError};
pub use pattern::{Match, Pattern};
