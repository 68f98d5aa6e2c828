#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod human;
mod pace;
mod space;
mod tally;
mod usage;

pub use human::human;
pub use pace::Pace;
pub use space::{RESERVE, Shortage, Space};
pub use tally::{FileId, Found, Full, Limits, Tally};
pub use usage::{Ended, LeftOut, Usage, Why};
