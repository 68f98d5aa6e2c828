#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod error;
#[doc(hidden)]
pub mod fuzz;
mod name;
mod path;
mod root;
mod rules;
mod walk;

pub use error::PathError;
pub use name::{Name, NameError};
pub use path::RelPath;
pub use root::{ContainedPath, Root};
pub use rules::Rules;
pub use walk::{
    Absent, AbsoluteLinks, Answer, Found, Resolved, Walk, WalkAction, WalkError, WalkErrorKind,
    WalkInput, WalkOutcome, WalkPolicy,
};
