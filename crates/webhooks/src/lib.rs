#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod courier;
mod delivery;
mod hook;
mod line;
mod occasion;

pub use courier::{Courier, Event, Input, Send};
pub use delivery::{Delivery, MAX_BODY};
pub use hook::{Hook, Secret};
pub use line::{ATTEMPTS, Answer, Figures, WAITING};
pub use occasion::{Kind, Occasion};
