#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod edit;
mod error;
mod file;

pub use edit::{Change, NewValue, edited};
pub use error::SettingsError;
pub use file::SettingsFile;
