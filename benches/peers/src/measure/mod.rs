//! Readers of what the system says about processes, and of many samples at once.

pub(crate) mod death;
pub(crate) mod process;
pub(crate) mod samples;
pub(crate) mod text;
pub(crate) mod usage;
