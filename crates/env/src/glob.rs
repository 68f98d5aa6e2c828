//! Patterns for names.

use alloc::{borrow::Cow, borrow::ToOwned, vec::Vec};
use core::{fmt, str::Chars, str::FromStr};

/// A pattern for a whole name: `*` is any text, `?` is any one character, every
/// other character is itself in either case (ASCII).
///
/// Matching keeps one place to come back to, the last `*`, so its time is at most
/// the length of the pattern (which is bounded) times the length of the name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(Cow<'static, str>);

impl Glob {
    /// The longest pattern, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// The pattern written as `text`.
    ///
    /// # Errors
    ///
    /// When it is empty, too long, or has a character that no name has, so that it
    /// could never match.
    pub fn new(text: &str) -> Result<Self, GlobError> {
        check(text)?;
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    /// A pattern of this crate's own lists; a test puts each through [`Glob::new`].
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Whether the whole of `name` fits.
    pub fn matches(&self, name: &str) -> bool {
        matches(self.0.chars(), name.chars())
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first of `globs` that fits `name`.
    pub(crate) fn find<'a>(globs: &'a [Self], name: &str) -> Option<&'a Self> {
        globs.iter().find(|glob| glob.matches(name))
    }

    /// The patterns written in `texts`.
    ///
    /// # Errors
    ///
    /// As [`Glob::new`], for the first that fails.
    pub fn list(texts: &[&str]) -> Result<Vec<Self>, GlobError> {
        texts.iter().map(|text| Self::new(text)).collect()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({})", self.0)
    }
}

impl FromStr for Glob {
    type Err = GlobError;

    fn from_str(text: &str) -> Result<Self, GlobError> {
        Self::new(text)
    }
}

/// Why a text is not a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GlobError {
    /// The text is empty.
    Empty,
    /// More than [`Glob::MAX_BYTES`] bytes.
    TooLong,
    /// The character is in no variable's name and means nothing in a pattern.
    BadCharacter {
        /// The character.
        found: char,
        /// Its byte offset.
        at: usize,
    },
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a pattern cannot be empty"),
            Self::TooLong => write!(f, "a pattern has at most {} bytes", Glob::MAX_BYTES),
            Self::BadCharacter { found, at } => write!(
                f,
                "a pattern has letters, digits, '_', '*' and '?' only, not {found:?} (byte {at})"
            ),
        }
    }
}

impl core::error::Error for GlobError {}

fn check(text: &str) -> Result<(), GlobError> {
    if text.is_empty() {
        return Err(GlobError::Empty);
    }
    if text.len() > Glob::MAX_BYTES {
        return Err(GlobError::TooLong);
    }
    let strange = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '?'));
    match text.char_indices().find(|(_, c)| strange(*c)) {
        Some((at, found)) => Err(GlobError::BadCharacter { found, at }),
        None => Ok(()),
    }
}

fn matches(mut pattern: Chars<'_>, mut name: Chars<'_>) -> bool {
    let mut last_star: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let wanted = pattern.next();
        if wanted == Some('*') {
            last_star = Some((pattern.clone(), name.clone()));
            continue;
        }
        match (wanted, name.next()) {
            (None, None) => return true,
            (Some(p), Some(n)) if p == '?' || p.eq_ignore_ascii_case(&n) => continue,
            _ => {}
        }
        // The star takes one more character, and the rest is tried after it.
        let Some((after_star, taken_up_to)) = &mut last_star else {
            return false;
        };
        if taken_up_to.next().is_none() {
            return false;
        }
        (pattern, name) = (after_star.clone(), taken_up_to.clone());
    }
}
