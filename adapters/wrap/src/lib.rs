#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod chaos;
mod limit;
mod record;

pub use chaos::{Faults, Rate, chaos};
pub use limit::limit;
pub use record::record;
