#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod count;
mod installed;
mod inventory;
mod left;
mod leftovers;
mod look;
mod named;
mod removal;
mod unclaimed;
mod views;

pub use inventory::{Inventory, Worker};
pub use left::{
    Left, end_left, end_lost, end_step, end_unread, forget_ended, left_daemons, left_of,
    left_users, may_use,
};
pub use leftovers::{Leftover, half_made, leftovers};
pub use named::{only_of, users_of};
pub use removal::remove;
pub use unclaimed::Unclaimed;
pub use views::live_use;
