#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod limits;
mod line;
mod log;
mod mask;
mod ring;

pub use limits::Limits;
pub use line::{Line, Source};
pub use log::{Log, Partial, Totals};
pub use mask::Mask;
pub use ring::Page;
