#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod action;
mod completion;
mod error;

pub use action::Action;
pub use completion::{Completion, Ended, Progress};
pub use error::{Error, ErrorKind};
