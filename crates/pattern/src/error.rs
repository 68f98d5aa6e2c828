//! What can go wrong, as values.

use alloc::string::String;
use core::fmt;

/// Why a text is not a regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// Not of the form `/source/flags`.
    NotDelimited,
    /// A flag that ECMAScript does not have, or has twice.
    BadFlag(char),
    /// The source breaks the grammar at this byte.
    Syntax {
        /// Byte offset in the source.
        at: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// Groups nested too deeply.
    TooDeep,
    /// The source, or what it stands for, is too large.
    TooLarge,
    /// Outside of what the engine can do: its own words.
    Unsupported(String),
}

impl PatternError {
    pub(crate) const fn at(at: usize, what: &'static str) -> Self {
        Self::Syntax { at, what }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDelimited => f.write_str("a pattern is written /source/flags"),
            Self::BadFlag(flag) => write!(f, "{flag:?} is not a flag, or is there twice"),
            Self::Syntax { at, what } => write!(f, "{what} at byte {at}"),
            Self::TooDeep => f.write_str("the groups are nested too deeply"),
            Self::TooLarge => f.write_str("the pattern is too large"),
            Self::Unsupported(why) => write!(f, "the pattern cannot be used: {why}"),
        }
    }
}

impl core::error::Error for PatternError {}

/// Matching took more steps than it may; nothing is known about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("matching takes too many steps")
    }
}

impl core::error::Error for Exhausted {}
