//! The compiled pattern.

use crate::{Exhausted, PatternError, flags::Flags, plain::is_plain, translate::translate};
use alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::{fmt, ops::Range};
use fancy_regex::{Captures, Regex, RegexBuilder};

/// The most bytes that a compiled pattern may take.
const MAX_COMPILED: usize = 4 << 20;

/// A regular expression of ECMAScript. Equal when source and flags are.
#[derive(Clone)]
pub struct Pattern {
    source: String,
    flags: String,
    global: bool,
    names: Arc<[(String, usize)]>,
    regex: Regex,
}

impl Pattern {
    /// The most steps that one search may take back.
    pub const MAX_STEPS: usize = 250_000;

    /// Reads `/source/flags`.
    ///
    /// # Errors
    ///
    /// As [`Pattern::new`], or when `text` has another form.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (source, flags) = delimited(text)?;
        Self::new(source, flags)
    }

    /// Whether [`Pattern::parse`] reads `text`, said without compiling what is simple.
    ///
    /// # Errors
    ///
    /// As [`Pattern::parse`].
    pub fn check(text: &str) -> Result<(), PatternError> {
        let (source, flags) = delimited(text)?;
        let parsed = Flags::parse(flags)?;
        if is_plain(source, parsed) {
            translate(source, parsed).map(drop)
        } else {
            Self::new(source, flags).map(drop)
        }
    }

    /// The pattern `source` with `flags`, as `new RegExp(source, flags)`.
    ///
    /// # Errors
    ///
    /// When the source or the flags break the grammar, a limit, or what the
    /// engine can do.
    pub fn new(source: &str, flags: &str) -> Result<Self, PatternError> {
        let parsed = Flags::parse(flags)?;
        let (translated, groups) = translate(source, parsed)?;
        let regex = RegexBuilder::new(&translated)
            .case_insensitive(parsed.ignore_case)
            .backtrack_limit(Self::MAX_STEPS)
            .delegate_size_limit(MAX_COMPILED)
            .delegate_dfa_size_limit(MAX_COMPILED)
            .build()
            .map_err(|error| PatternError::Unsupported(alloc::format!("{error}")))?;
        Ok(Self {
            source: source.to_owned(),
            flags: flags.to_owned(),
            global: parsed.global,
            names: groups.names.into(),
            regex,
        })
    }

    /// The source, without delimiters.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The flags.
    pub fn flags(&self) -> &str {
        &self.flags
    }

    /// Whether `g` is set: the pattern is meant for all matches.
    pub const fn is_global(&self) -> bool {
        self.global
    }

    /// The first match at or after byte `start`; none when there is none, or
    /// `start` is not a place in `text`. With the flag `y`, only at `start`.
    ///
    /// # Errors
    ///
    /// When the search takes more than [`Pattern::MAX_STEPS`].
    pub fn find_at(&self, text: &str, start: usize) -> Result<Option<Match>, Exhausted> {
        if !text.is_char_boundary(start) {
            return Ok(None);
        }
        let found = self
            .regex
            .captures_from_pos(text, start)
            .map_err(|_| Exhausted)?;
        Ok(found.as_ref().and_then(|captures| self.match_of(captures)))
    }

    /// Whether there is a match anywhere in `text`.
    ///
    /// # Errors
    ///
    /// When the search takes more than [`Pattern::MAX_STEPS`].
    pub fn is_match(&self, text: &str) -> Result<bool, Exhausted> {
        self.find_at(text, 0).map(|found| found.is_some())
    }

    fn match_of(&self, captures: &Captures<'_, str>) -> Option<Match> {
        let ranges = captures.iter().map(|group| group.map(|m| m.range()));
        Some(Match {
            range: captures.get(0)?.range(),
            groups: ranges.skip(1).collect(),
            names: self.names.clone(),
        })
    }
}

/// The source and the flags of `/source/flags`.
fn delimited(text: &str) -> Result<(&str, &str), PatternError> {
    text.strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'))
        .filter(|(source, _)| !source.is_empty())
        .ok_or(PatternError::NotDelimited)
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.source, self.flags)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.flags == other.flags
    }
}

impl Eq for Pattern {}

/// Where a pattern matched. All ranges are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    range: Range<usize>,
    groups: Vec<Option<Range<usize>>>,
    names: Arc<[(String, usize)]>,
}

impl Match {
    /// The whole match.
    pub const fn range(&self) -> &Range<usize> {
        &self.range
    }

    /// The groups from 1 on; none where a group took no part.
    pub fn groups(&self) -> &[Option<Range<usize>>] {
        &self.groups
    }

    /// Where group `number`, from 1, matched.
    pub fn group(&self, number: usize) -> Option<&Range<usize>> {
        self.groups.get(number.checked_sub(1)?)?.as_ref()
    }

    /// The named groups: the name, and where it matched.
    pub fn named(&self) -> impl Iterator<Item = (&str, Option<&Range<usize>>)> {
        self.names
            .iter()
            .map(|(name, number)| (name.as_str(), self.group(*number)))
    }

    /// The whole match and its groups as texts of `text`, the one that was searched.
    pub fn texts<'t>(&self, text: &'t str) -> Vec<Option<&'t str>> {
        core::iter::once(Some(&self.range))
            .chain(self.groups.iter().map(Option::as_ref))
            .map(|range| range.and_then(|r| text.get(r.clone())))
            .collect()
    }
}
