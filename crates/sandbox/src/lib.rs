#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bwrap;
pub mod fuzz;
mod guarded;
mod job;
mod ladder;
mod landlock;
mod level;
mod machine;
mod passwd;
mod place;
mod profile;
mod protection;
mod seatbelt;
pub mod seccomp;
mod shown;
mod width;

pub use bwrap::{Bwrap, Clause, Descriptor, Features, Word};
pub use job::{Job, Lifetime, check_words};
pub use ladder::{BwrapFault, Decision, Enforcement, Mechanism, Probe, Reason, decide};
pub use landlock::{Access, Domain, Grant};
pub use level::{Confinement, Level, NotALevel};
pub use machine::{Kind, Machine, Seen, is_gpu};
pub use passwd::home_of;
pub use place::{Place, PlaceError};
pub use profile::{Fallback, Limits, Profile, Temp, Unfit};
pub use protection::Protection;
pub use seatbelt::{Seatbelt, SeatbeltFault};
