//! Paths that cannot leave their root by their text.

use alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::fmt;

/// A normalised relative path: components joined by `/`, none of them `.`, `..`
/// or empty. The empty path is the root itself.
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

    /// Normalises `text`, resolving `.` and `..` by their text.
    ///
    /// # Errors
    ///
    /// When it is absolute, climbs above its start, or breaks a limit.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::root().join(text)
    }

    /// `self` followed by `text`, normalised; `..` may climb within `self`.
    ///
    /// # Errors
    ///
    /// As [`RelPath::parse`].
    pub fn join(&self, text: &str) -> Result<Self, PathError> {
        if is_absolute(text) {
            return Err(PathError::Absolute);
        }
        let mut kept: Vec<&str> = self.components().collect();
        for component in text.split(is_separator) {
            push(&mut kept, component)?;
        }
        let joined = kept.join("/");
        if joined.len() > Self::MAX_BYTES {
            Err(PathError::TooLong)
        } else {
            Ok(Self(joined))
        }
    }

    /// The components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|c| !c.is_empty())
    }

    /// The last component; none for the root.
    pub fn file_name(&self) -> Option<&str> {
        self.components().last()
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

fn push<'a>(kept: &mut Vec<&'a str>, component: &'a str) -> Result<(), PathError> {
    match component {
        "" | "." => return Ok(()),
        ".." => return kept.pop().map(drop).ok_or(PathError::Escapes),
        _ if component.contains('\0') => return Err(PathError::Nul),
        _ => kept.push(component),
    }
    if kept.len() > RelPath::MAX_COMPONENTS {
        Err(PathError::TooDeep)
    } else {
        Ok(())
    }
}

const fn is_separator(c: char) -> bool {
    matches!(c, '/' | '\\')
}

fn is_absolute(text: &str) -> bool {
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    first.is_some_and(is_separator)
        || (first.is_some_and(|c| c.is_ascii_alphabetic()) && second == Some(':'))
}

/// A directory that the operator chose: what is contained is contained in here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root(Arc<str>);

impl Root {
    /// The root at an absolute path. The path is the operator's and is taken as it is.
    pub fn new(absolute: &str) -> Self {
        let trimmed = absolute.trim_end_matches('/');
        Self(Arc::from(if trimmed.is_empty() { "/" } else { trimmed }))
    }

    /// The absolute path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path `rel` in this root.
    pub fn at(&self, rel: RelPath) -> ContainedPath {
        ContainedPath {
            root: self.clone(),
            rel,
        }
    }

    /// The path that `text`, read from the directory `base` of this root, means:
    /// relative to `base`, or absolute and below the root.
    ///
    /// # Errors
    ///
    /// When the path lies outside by its text, or breaks a limit.
    pub fn contain(&self, base: &RelPath, text: &str) -> Result<ContainedPath, PathError> {
        let rel = match self.strip(text) {
            Some(below) => RelPath::parse(below)?,
            None => base.join(text)?,
        };
        Ok(self.at(rel))
    }

    fn strip<'a>(&self, text: &'a str) -> Option<&'a str> {
        let rest = text.strip_prefix(&*self.0)?;
        let below = if self.0.ends_with('/') {
            rest
        } else {
            rest.strip_prefix('/')
                .or_else(|| rest.is_empty().then_some(""))?
        };
        Some(below.trim_start_matches('/'))
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path whose text does not leave its root.
///
/// Only this crate makes one, so an unchecked text cannot become an action.
/// Links are the world's business: a backend opens the path *beneath* its root
/// and refuses when a link leads out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainedPath {
    root: Root,
    rel: RelPath,
}

impl ContainedPath {
    /// The root it is contained in.
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// The path below the root.
    pub const fn rel(&self) -> &RelPath {
        &self.rel
    }

    /// The path `text` below this one's root, read from this directory.
    ///
    /// # Errors
    ///
    /// As [`Root::contain`].
    pub fn join(&self, text: &str) -> Result<Self, PathError> {
        self.root.contain(&self.rel, text)
    }

    /// The directory that holds it; none for the root.
    pub fn parent(&self) -> Option<Self> {
        self.rel.parent().map(|rel| self.root.at(rel))
    }

    /// The absolute path as text, for environment variables and messages.
    pub fn absolute(&self) -> String {
        alloc::format!("{self}")
    }
}

impl fmt::Display for ContainedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.root.as_str(), self.rel.is_root()) {
            (root, true) => f.write_str(root),
            ("/", false) => write!(f, "/{}", self.rel),
            (root, false) => write!(f, "{root}/{}", self.rel),
        }
    }
}

/// Why a text is not a contained path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// The path is absolute and not below the root.
    Absolute,
    /// The path climbs out of its root.
    Escapes,
    /// More than [`RelPath::MAX_BYTES`] bytes.
    TooLong,
    /// More than [`RelPath::MAX_COMPONENTS`] components.
    TooDeep,
    /// A path has no NUL byte.
    Nul,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute => f.write_str("the path is absolute and leads out of its folder"),
            Self::Escapes => f.write_str("the path climbs out of its folder"),
            Self::TooLong => write!(f, "a path has at most {} bytes", RelPath::MAX_BYTES),
            Self::TooDeep => write!(f, "a path has at most {} parts", RelPath::MAX_COMPONENTS),
            Self::Nul => f.write_str("a path has no NUL byte"),
        }
    }
}

impl core::error::Error for PathError {}
