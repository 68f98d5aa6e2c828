#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod behaviour;
mod claims;
mod clock;
mod clone;
mod disk;
mod download;
mod executor;
mod faults;
mod files;
mod network;
mod pipe;
mod play;
mod process;
mod recorder;
mod shell;
pub mod site;
mod state;
mod table;
mod web;
pub mod words;
mod world;

pub use behaviour::Behaviour;
pub use clone::cloned;
pub use executor::Stuck;
pub use world::World;
