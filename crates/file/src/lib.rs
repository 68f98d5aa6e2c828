#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod claim;
mod error;
mod op;

pub use claim::Claim;
pub use error::{FileError, FileErrorKind};
pub use op::{Entry, FileAnswer, FileKind, FileOp, Stat};
