#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod examine;
mod finding;
mod listener;
mod machine;
mod observed;
mod sandbox;
mod tools;
mod workspace;

pub use examine::examine;
pub use finding::{Finding, State};
pub use listener::listening;
pub use observed::{
    ControlGroups, Folder, Gpu, Heard, Interpreter, LeftAlone, LeftDaemon, Observed, Port, Sandbox,
    TokenFile, UserNamespaces,
};
