//! What the programs of this package share: the stamps by which children say when they
//! ran, and the clock that all of them read.

#![forbid(unsafe_code)]

mod stamp;

pub use stamp::{Moment, Stamp, now};
