#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod case;
mod cases;
mod child;
pub mod corpus;
pub mod fuzz;
mod harness;
pub mod laws;
pub mod machines;
pub mod matrix;
pub mod scenario;
mod subject;

pub use case::{Broken, Case, Play, Verdict};
pub use cases::all;
pub use child::child_program;
pub use harness::{Run, trials};
pub use subject::{Subject, Told};
