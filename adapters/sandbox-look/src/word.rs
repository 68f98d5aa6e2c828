//! Words of what is started.

use crate::Refusal;
use collodi_sandbox::Unfit;
use std::ffi::CString;

/// A word as the system takes it.
///
/// # Errors
///
/// When a zero byte is in it: no command has such words.
pub fn word(text: String) -> Result<CString, Refusal> {
    CString::new(text).map_err(|_| Refusal::Unfit(Unfit::Command))
}
