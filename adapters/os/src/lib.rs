#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod alarm;
mod child;
mod clock;
mod fault;
mod files;
mod lower;
mod part;
mod port;
mod privilege;
mod program;
mod recorder;
mod rooted;
mod signal;
mod tree;
mod walk;

pub use alarm::{alarm, poll_alarm, set_alarm};
pub use child::{Children, End, Heard, Reader, Spawned, write_some};
pub use clock::wall_now;
pub use files::Files;
pub use part::{Landing, Part};
pub use port::free_port;
pub use privilege::is_privileged;
pub use program::find_program;
pub use tree::{Groups, MARKER, Process, Table, Watch, signal, watch};
