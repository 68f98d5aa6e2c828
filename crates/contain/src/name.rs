//! The closed grammar of names.

use crate::rules::is_device;
use alloc::{borrow::ToOwned, string::String};
use core::fmt;

/// The name of an app, an environment or a run: 1 to 64 bytes of letters,
/// digits, `.`, `_` and `-`, not starting with `.` or `-`, and not a Windows
/// device name. It is always one path component, on every operating system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks `text` against the grammar.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// The text is empty.
    Empty,
    /// More than [`Name::MAX_BYTES`] bytes.
    TooLong,
    /// A name does not start with `.` or `-`.
    BadStart(char),
    /// A name does not end with `.`, which Windows would drop.
    TrailingDot,
    /// The character is not a letter, a digit, `.`, `_` or `-`.
    BadCharacter {
        /// The character.
        found: char,
        /// Its byte offset.
        at: usize,
    },
    /// Windows keeps this name for a device.
    Device,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name cannot be empty"),
            Self::TooLong => write!(f, "a name has at most {} bytes", Name::MAX_BYTES),
            Self::BadStart(c) => write!(f, "a name cannot start with {c:?}"),
            Self::TrailingDot => f.write_str("a name cannot end with '.'"),
            Self::BadCharacter { found, .. } => {
                write!(
                    f,
                    "a name has letters, digits, '.', '_' and '-' only, not {found:?}"
                )
            }
            Self::Device => f.write_str("windows keeps this name for a device"),
        }
    }
}

impl core::error::Error for NameError {}

fn check(text: &str) -> Result<(), NameError> {
    match text.chars().next() {
        None => return Err(NameError::Empty),
        Some(c @ ('.' | '-')) => return Err(NameError::BadStart(c)),
        Some(_) => {}
    }
    if text.len() > Name::MAX_BYTES {
        return Err(NameError::TooLong);
    }
    if let Some((at, found)) = text.char_indices().find(|(_, c)| !allowed(*c)) {
        return Err(NameError::BadCharacter { found, at });
    }
    if text.ends_with('.') {
        return Err(NameError::TrailingDot);
    }
    if is_device(text) {
        Err(NameError::Device)
    } else {
        Ok(())
    }
}

const fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}
