#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod exit;
mod quote;
mod signal;
mod spec;

pub use exit::Exit;
pub use quote::{quote_posix, shell_words};
pub use signal::Signal;
pub use spec::{CommandSpec, Stdin, Stream, TreeId};
