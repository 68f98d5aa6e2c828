#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ansi;
mod limits;
mod line;
mod log;
mod mask;
mod ring;
mod row;
mod split;
mod store;

pub use ansi::{Color, Span, Style, plain, styled};
pub use limits::Limits;
pub use line::{Line, Source};
pub use log::{Log, Partial};
pub use mask::Mask;
pub use ring::Page;
pub use store::Totals;
