#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod error;
mod pattern;

pub use error::{Exhausted, PatternError};
pub use pattern::{Match, Pattern};
