//! What came of a count.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// What a folder takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The bytes on the disk of all that is in it, each file once.
    pub bytes: u64,
    /// How many of them its deletion frees.
    pub freed: u64,
    /// How many things are in it, by their names.
    pub entries: u64,
    /// When a file that has no name elsewhere was last read or changed, in seconds since
    /// 1970; 0 when there is none.
    pub touched: u64,
    /// What is not in the figures; the first ones.
    pub left_out: Vec<LeftOut>,
    /// How many more are not.
    pub more_left_out: u64,
    /// Whether the count went to its end.
    pub ended: Ended,
}

impl Usage {
    /// The bytes that stay when the folder is deleted: other folders have them too.
    pub const fn shared(&self) -> u64 {
        self.bytes.saturating_sub(self.freed)
    }

    /// Whether the figures are all there is.
    pub fn is_whole(&self) -> bool {
        self.ended == Ended::Whole && self.left_out.is_empty()
    }
}

/// Something that is not in the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path below the folder, with `/`; empty for the folder itself.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why something is not in the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The system says so.
    Unreadable(String),
    /// Another disk is mounted there.
    Mount,
    /// It is deeper than a walk goes.
    TooDeep,
}

/// How a count ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// With everything.
    #[default]
    Whole,
    /// There was more than a count has room for.
    TooMuch,
    /// It took too long.
    TooLong,
    /// Nobody wanted it any more.
    Cancelled,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {} freed", self.bytes, self.freed)?;
        match self.left_out.len() {
            0 => Ok(()),
            named => write!(f, ", {} left out", self.more_left_out + named as u64),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, ".: {}", self.why),
            path => write!(f, "{path}: {}", self.why),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::Mount => f.write_str("another disk is mounted there"),
            Self::TooDeep => f.write_str("too deep"),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "whole",
            Self::TooMuch => "too many files to count",
            Self::TooLong => "took too long to count",
            Self::Cancelled => "cancelled",
        })
    }
}
