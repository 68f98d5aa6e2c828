//! Roots, and paths below them.

use crate::{PathError, RelPath, Rules, rules::is_any_separator};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use core::fmt;

/// A directory that the operator chose: what is contained is contained in here.
///
/// It should be the directory's canonical path, since absolute texts and absolute
/// link targets are compared with it as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root {
    path: Arc<str>,
    rules: Rules,
    borders: Arc<Borders>,
}

/// Where a root ends otherwise than by its path.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Borders {
    annexes: Vec<Arc<str>>,
    closed: Vec<Arc<str>>,
}

impl Root {
    /// The root at an absolute path. The path is the operator's and is taken as it
    /// is; the rules are those it is [written by](Rules::of).
    pub fn new(absolute: &str) -> Self {
        Self::with_rules(absolute, Rules::of(absolute))
    }

    /// The root at an absolute path of a system with these rules.
    pub fn with_rules(absolute: &str, rules: Rules) -> Self {
        let trimmed = absolute.trim_end_matches(|c| rules.is_separator(c));
        let path = match rules {
            _ if trimmed.is_empty() => Arc::from("/"),
            Rules::Windows if trimmed.ends_with(':') => Arc::from(format!("{trimmed}\\")),
            _ => Arc::from(trimmed),
        };
        let borders = Arc::default();
        Self {
            path,
            rules,
            borders,
        }
    }

    /// The same root with one more annex: an absolute link that leads into this
    /// directory, on any way below the root, stays inside. The annex is not part of the
    /// root otherwise: no text names a path in it.
    #[must_use]
    pub fn with_annex(mut self, absolute: &str) -> Self {
        let new = Self::with_rules(absolute, self.rules).path;
        Arc::make_mut(&mut self.borders).annexes.push(new);
        self
    }

    /// The absolute paths of its annexes.
    pub fn annexes(&self) -> impl Iterator<Item = &str> {
        self.borders.annexes.iter().map(AsRef::as_ref)
    }

    /// The same root without this directory and all that is below it, by whatever name or
    /// link it is reached.
    #[must_use]
    pub fn without(mut self, absolute: &str) -> Self {
        let new = Self::with_rules(absolute, self.rules).path;
        Arc::make_mut(&mut self.borders).closed.push(new);
        self
    }

    /// The absolute paths of the directories that it is [without](Self::without).
    pub fn closed(&self) -> impl Iterator<Item = &str> {
        self.borders.closed.iter().map(AsRef::as_ref)
    }

    /// The absolute path.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// The rules that names below it follow.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// The path `rel` in this root. A path that another root made has to come from
    /// a system of the same kind; one from [`RelPath::parse`] fits every root.
    pub fn at(&self, rel: RelPath) -> ContainedPath {
        ContainedPath {
            root: self.clone(),
            rel,
        }
    }

    /// The path that `text`, read from the directory `base` of this root, means:
    /// relative to `base`, or absolute and below the root.
    ///
    /// `text` is what a person or a script wrote: `/` and `\` both separate, `.` and
    /// `..` are resolved by their text, `%`, `~` and `$` are letters. For names that
    /// the system lists there is [`ContainedPath::entry`].
    ///
    /// # Errors
    ///
    /// When the path lies outside by its text or in a directory that the root is without,
    /// breaks a limit, or has a name that the root's system does not allow.
    pub fn contain(&self, base: &RelPath, text: &str) -> Result<ContainedPath, PathError> {
        let rel = match self.strip(text) {
            Some(below) => self.below(&below)?,
            None => base.join_by(self.rules, text)?,
        };
        match self.closed().any(|closed| self.is_below(&rel, closed)) {
            true => Err(PathError::Closed),
            false => Ok(self.at(rel)),
        }
    }

    /// As [`Root::contain`], for a text that has to end in a file's name.
    ///
    /// # Errors
    ///
    /// [`PathError::NoFileName`] when it ends in a separator, `.` or `..` or is
    /// empty; else as [`Root::contain`].
    pub fn contain_file(&self, base: &RelPath, text: &str) -> Result<ContainedPath, PathError> {
        let last = text.rsplit(is_any_separator).next().unwrap_or_default();
        if matches!(last, "" | "." | "..") {
            return Err(PathError::NoFileName);
        }
        let path = self.contain(base, text)?;
        if path.rel().is_root() {
            return Err(PathError::NoFileName);
        }
        Ok(path)
    }

    /// Whether `rel` is at or below this absolute path.
    fn is_below(&self, rel: &RelPath, absolute: &str) -> bool {
        let Some(above) = self.strip(absolute) else {
            return false;
        };
        let mut components = rel.components();
        let mut above = above.into_iter();
        above.all(|name| components.next().is_some_and(|c| self.rules.same(name, c)))
    }

    /// The path of these components, which stand after a root and so start nothing.
    fn below(&self, components: &[&str]) -> Result<RelPath, PathError> {
        for component in components {
            self.rules.check_name(component)?;
        }
        RelPath::of_components(components)
    }

    /// The components of an absolute `text` after those of the root.
    fn strip<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (root, text) = (self.rules.absolute(&self.path)?, self.rules.absolute(text)?);
        let mut below = text.components.into_iter();
        let same = |(ours, theirs): (&str, Option<&str>)| {
            theirs.is_some_and(|theirs| self.rules.same(ours, theirs))
        };
        let mut shared = root.components.into_iter().map(|ours| (ours, below.next()));
        let below_root = shared.all(same);
        (root.prefix == text.prefix && below_root).then(|| below.collect())
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

/// A path whose text does not leave its root.
///
/// Only this crate makes one, so an unchecked text cannot become an action.
/// Links are the world's business: a backend opens the path *beneath* its root
/// and refuses when a link leads out, or asks a [`Walk`](crate::Walk).
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

    /// As [`ContainedPath::join`], for a text that has to end in a file's name.
    ///
    /// # Errors
    ///
    /// As [`Root::contain_file`].
    pub fn join_file(&self, text: &str) -> Result<Self, PathError> {
        self.root.contain_file(&self.rel, text)
    }

    /// The entry `name` of this directory, as the system lists it: one component,
    /// taken literally. On Unix a backslash in it is a letter.
    ///
    /// # Errors
    ///
    /// When it is no name under the root's rules, or breaks a limit.
    pub fn entry(&self, name: &str) -> Result<Self, PathError> {
        Ok(self.root.at(self.rel.entry(self.root.rules, name)?))
    }

    /// The directory that holds it; none for the root.
    pub fn parent(&self) -> Option<Self> {
        self.rel.parent().map(|rel| self.root.at(rel))
    }

    /// The absolute path as text, for environment variables and messages.
    pub fn absolute(&self) -> String {
        format!("{self}")
    }
}

impl fmt::Display for ContainedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = match self.root.rules {
            Rules::Unix => '/',
            Rules::Windows => '\\',
        };
        f.write_str(self.root.as_str())?;
        let mut ends_in_separator = self
            .root
            .as_str()
            .ends_with(|c| self.root.rules.is_separator(c));
        for component in self.rel.components() {
            if !ends_in_separator {
                fmt::Write::write_char(f, separator)?;
            }
            f.write_str(component)?;
            ends_in_separator = false;
        }
        Ok(())
    }
}
