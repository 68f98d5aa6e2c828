#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod inventory;
mod leftovers;
mod look;
mod named;
mod removal;
mod views;

pub use inventory::{Inventory, Worker};
pub use leftovers::{Leftover, half_made, leftovers};
pub use named::only_of;
pub use removal::{left_users, remove};
pub use views::live_use;
