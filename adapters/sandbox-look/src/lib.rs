#![doc = include_str!("../README.md")]
#![cfg(unix)]
#![forbid(unsafe_code)]

mod kept;
mod machine;
mod refusal;
mod temporary;
mod trial;
mod trust;
mod word;

pub use kept::keep_settings;
pub use machine::machine;
pub use refusal::Refusal;
pub use temporary::{keep_temporary, temporary};
pub use trial::said_in_time;
pub use trust::{Distrust, trusted};
pub use word::word;
