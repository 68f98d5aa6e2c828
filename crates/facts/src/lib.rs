#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod apple;
mod facts;
mod linux;
mod nvidia;
mod sources;
mod suppose;
mod texts;
mod variables;

pub use facts::{AppleSilicon, Cpu, Facts, Gpu, System, Vendor};
pub use sources::{Folder, Program, Sources};
pub use suppose::SupposeError;
pub use texts::Texts;
