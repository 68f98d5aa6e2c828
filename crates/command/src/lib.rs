#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bounds;
mod exit;
mod identity;
mod member;
mod purpose;
mod quote;
mod recording;
mod sandbox;
mod signal;
mod simple;
mod spec;
mod terminal;
mod usage;
mod variables;

pub use bounds::Bounds;
pub use exit::{Exit, NotAnExit, WrittenExit};
pub use identity::{Identity, NotAnIdentity};
pub use member::Member;
pub use purpose::{Kind, Purpose};
pub use quote::{quote_posix, shell_words};
pub use recording::{NotAPlace, Recording, RecordingPlace};
pub use sandbox::Sandbox;
pub use signal::Signal;
pub use spec::{CommandSpec, Stdin, Stream, TreeId};
pub use terminal::Terminal;
pub use usage::Usage;
pub use variables::Variables;
