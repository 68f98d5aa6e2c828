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
        matches(&self.0, name)
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

/// The ends come first: most names fit few patterns, and most of those differ there.
fn matches(pattern: &str, name: &str) -> bool {
    if ends_differ(pattern, name) {
        return false;
    }
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    take_end(&mut pattern, &mut name) && fits(pattern, name)
}

/// Whether already the last character says that they do not fit: one comparison for most.
fn ends_differ(pattern: &str, name: &str) -> bool {
    match (pattern.as_bytes().last(), name.as_bytes().last()) {
        (Some(b'*' | b'?'), _) | (None, _) => false,
        (Some(wanted), last) => !last.is_some_and(|last| last.eq_ignore_ascii_case(wanted)),
    }
}

/// Takes what stands behind the last star off both; whether it fits.
fn take_end(pattern: &mut Chars<'_>, name: &mut Chars<'_>) -> bool {
    loop {
        match pattern.clone().next_back() {
            None => return name.as_str().is_empty(),
            Some('*') => return true,
            Some(wanted) => {
                pattern.next_back();
                if !name.next_back().is_some_and(|c| is(wanted, c)) {
                    return false;
                }
            }
        }
    }
}

/// From the start on, with the last star to come back to. A star is the last of the
/// pattern, which is not empty unless the name is.
fn fits(mut pattern: Chars<'_>, mut name: Chars<'_>) -> bool {
    let mut last_star: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let Some(wanted) = pattern.next() else {
            return true;
        };
        if wanted == '*' {
            last_star = Some((pattern.clone(), name.clone()));
        } else if !name.next().is_some_and(|c| is(wanted, c)) {
            // The star takes up to where the rest may begin, and it is tried from there.
            let Some((after_star, taken_up_to)) = &mut last_star else {
                return false;
            };
            taken_up_to.next();
            if !skip_to(after_star.clone().next(), taken_up_to) {
                return false;
            }
            (pattern, name) = (after_star.clone(), taken_up_to.clone());
        }
    }
}

/// Takes the characters before the first that is `wanted`; whether there is one.
fn skip_to(wanted: Option<char>, name: &mut Chars<'_>) -> bool {
    let Some(wanted) = wanted else { return true };
    while let Some(c) = name.clone().next() {
        if is(wanted, c) {
            return true;
        }
        name.next();
    }
    false
}

/// Whether this character of a pattern stands for this one of a name.
const fn is(wanted: char, c: char) -> bool {
    wanted == '?' || wanted.eq_ignore_ascii_case(&c)
}
