//! What is wrong with a file.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_script::Place;
use core::fmt;

/// Something that is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it begins.
    pub place: Place,
    /// The key that it is about, with its sections; empty for the file as a whole.
    pub key: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wrong {
    /// The file has more than [`Settings::MAX_BYTES`](crate::Settings::MAX_BYTES).
    TooLarge,
    /// It is no TOML.
    Syntax(String),
    /// Nothing here has this key.
    UnknownKey {
        /// The known key nearest to it, when it is near enough.
        meant: Option<String>,
    },
    /// The value is of another type.
    WrongType {
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// The value is of the right type, and none that is known.
    BadValue {
        /// Why.
        why: String,
        /// The known value nearest to it, when it is near enough.
        meant: Option<&'static str>,
    },
}

/// `3:1: python.prefer_uf: unknown key; did you mean "prefer_uv"?`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key.escape_debug())?;
        }
        write!(f, "{}", self.what)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => {
                let most = crate::Settings::MAX_BYTES;
                write!(f, "a settings file has at most {most} bytes")
            }
            Self::Syntax(message) => f.write_str(message),
            Self::UnknownKey { meant } => {
                f.write_str("unknown key")?;
                did_you_mean(f, meant.as_deref())
            }
            Self::WrongType { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::BadValue { why, meant } => {
                f.write_str(why)?;
                did_you_mean(f, *meant)
            }
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, meant: Option<&str>) -> fmt::Result {
    meant.map_or(Ok(()), |meant| write!(f, "; did you mean {meant:?}?"))
}

/// All that is wrong with a file, at most [`Problems::MOST`], in the order of the file;
/// never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// The most that are kept.
    pub const MOST: usize = 50;

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

/// One a line.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl core::error::Error for Problems {}
