#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod alarm;
mod alive;
mod child;
mod clock;
mod confine;
mod connect;
mod fault;
mod files;
mod lower;
mod part;
mod port;
mod privilege;
mod processes;
mod program;
mod reactor;
mod recorder;
mod rooted;
mod signal;
mod tree;
mod walk;

pub use alarm::{alarm, poll_alarm, set_alarm};
pub use alive::lives;
pub use child::{Children, End, Heard, Left, Reader, Spawned, write_some};
pub use clock::wall_now;
pub use confine::{holds, probe, seatbelt};
pub use connect::{CONNECT_PATIENCE, connect_error};
pub use files::{Files, Wanted};
pub use lower::real_directory;
pub use part::{Landing, Part};
pub use port::{free_port, no_free_port};
pub use privilege::is_privileged;
pub use processes::Processes;
pub use program::find_program;
pub use reactor::{Attempt, Descriptor, Reactor, Sleep, Watched};
pub use tree::{GroupId, Groups, MARKER, Process, Table, Watch, signal, watch};
