//! What there is to say about a file, and where.

use crate::Place;
use alloc::{borrow::ToOwned, string::String};
use core::{fmt, ops::Range};

/// One thing to say about a file: what, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// A stable short name such as `unknown-method`; [`crate::explain`] says more.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The bytes it is about, on character boundaries of the text.
    pub span: Range<usize>,
    /// Where it starts.
    pub start: Place,
    /// Where it ends, exclusive.
    pub end: Place,
    /// The JSON pointer (RFC 6901) of the value it is about, or of the nearest one around it.
    pub pointer: String,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// What else helps to understand it.
    pub note: Option<String>,
    /// What to do about it, in words.
    pub hint: Option<String>,
    /// What to do about it, as an edit.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic whose places are not known yet.
    pub(crate) fn new(
        severity: Severity,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            span,
            start: Place::START,
            end: Place::START,
            pointer: String::new(),
            message: message.into(),
            note: None,
            hint: None,
            fix: None,
        }
    }

    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn fix(mut self, span: Range<usize>, replacement: &str, title: &str) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: replacement.to_owned(),
            title: title.to_owned(),
        });
        self
    }
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; nothing needs to change.
    Notice,
    /// The script can run, and probably does not do what is meant.
    Warning,
    /// The script is not run.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// An edit that settles a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes to replace; empty to insert.
    pub span: Range<usize>,
    /// What comes in their place.
    pub replacement: String,
    /// What the edit does, for a menu.
    pub title: String,
}
