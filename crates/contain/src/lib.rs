#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod name;
mod path;

pub use name::{Name, NameError};
pub use path::{ContainedPath, PathError, RelPath, Root};
