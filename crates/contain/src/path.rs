//! Paths that cannot leave their start by their text.

use crate::{
    PathError, Rules,
    rules::{has_rooted_drive, is_any_separator},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

/// A normalised relative path: components joined by `/`, none of them `.`, `..`
/// or empty. The empty path is the root itself.
///
/// [`RelPath::parse`] and [`RelPath::join`] are strict: they refuse what either
/// kind of system would find special ([`Rules::Windows`] in every component), so
/// such a path means one and the same everywhere. Paths that
/// [`Root::contain`](crate::Root::contain) makes follow the rules of their root's
/// system only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(String);

impl RelPath {
    /// The longest path, in bytes.
    pub const MAX_BYTES: usize = 4096;
    /// The most components.
    pub const MAX_COMPONENTS: usize = 128;

    /// The root itself.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Normalises `text`, resolving `.` and `..` by their text. `/` and `\` both
    /// separate.
    ///
    /// # Errors
    ///
    /// When it is absolute, climbs above its start, breaks a limit, or has a name
    /// that is not one on Windows.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::root().join(text)
    }

    /// `self` followed by `text`, normalised; `..` may climb within `self`.
    ///
    /// # Errors
    ///
    /// As [`RelPath::parse`].
    pub fn join(&self, text: &str) -> Result<Self, PathError> {
        self.join_by(Rules::Windows, text)
    }

    /// As [`RelPath::join`], with the names that `rules` allow.
    pub(crate) fn join_by(&self, rules: Rules, text: &str) -> Result<Self, PathError> {
        let absolute = text.starts_with(is_any_separator) || has_rooted_drive(text);
        if absolute || rules.is_absolute(text) {
            return Err(PathError::Absolute);
        }
        let mut kept: Vec<&str> = self.components().collect();
        for component in text.split(is_any_separator) {
            push(&mut kept, component, rules)?;
        }
        Self::of_components(&kept)
    }

    /// `self` and one more component, as the system lists it.
    pub(crate) fn entry(&self, rules: Rules, name: &str) -> Result<Self, PathError> {
        rules.check_name(name)?;
        let mut kept: Vec<&str> = self.components().collect();
        kept.push(name);
        Self::of_components(&kept)
    }

    /// The path of these components, each of which has been checked.
    pub(crate) fn of_components<S: AsRef<str>>(components: &[S]) -> Result<Self, PathError> {
        if components.len() > Self::MAX_COMPONENTS {
            return Err(PathError::TooDeep);
        }
        let mut joined = String::new();
        for component in components {
            if !joined.is_empty() {
                joined.push('/');
            }
            joined.push_str(component.as_ref());
        }
        if joined.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong);
        }
        Ok(Self(joined))
    }

    /// The components, outermost first.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|c| !c.is_empty())
    }

    /// The last component; none for the root.
    pub fn file_name(&self) -> Option<&str> {
        self.components().next_back()
    }

    /// The path without its last component; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let end = self.0.rfind('/').unwrap_or(0);
        (!self.is_root()).then(|| Self(self.0.get(..end).unwrap_or_default().to_owned()))
    }

    /// Whether this is the root itself.
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `self` is `ancestor` or lies below it, by its text.
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        match self.0.strip_prefix(ancestor.as_str()) {
            Some(rest) => rest.is_empty() || ancestor.is_root() || rest.starts_with('/'),
            None => false,
        }
    }

    /// The path with `/` between components; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

fn push<'a>(kept: &mut Vec<&'a str>, component: &'a str, rules: Rules) -> Result<(), PathError> {
    match component {
        "" | "." => return Ok(()),
        ".." => return kept.pop().map(drop).ok_or(PathError::Escapes),
        name => rules.check_name(name)?,
    }
    kept.push(component);
    if kept.len() > RelPath::MAX_COMPONENTS {
        return Err(PathError::TooDeep);
    }
    Ok(())
}
