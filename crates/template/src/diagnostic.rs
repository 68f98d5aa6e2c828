//! What parsing and rendering have to say, with the place.

use alloc::{string::String, vec::Vec};
use core::{fmt, ops::Range};

/// A text that looks like a template and is not one. It stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer of the text below the template that was asked.
    pub pointer: String,
    /// Bytes in the decoded text.
    pub span: Range<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// What is wrong with a template text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Something else was expected here: what, and what was found.
    Expected(&'static str, Option<char>),
    /// JavaScript that is outside of the language.
    Unsupported(&'static str),
    /// A text literal without its closing quote.
    UnclosedText,
    /// An escape or a number that cannot be read.
    BadLiteral,
    /// A regular expression that cannot be used.
    BadPattern(String),
    /// Brackets, lists or objects nested too deeply.
    TooDeep,
    /// More than 16 KiB up to the closing braces.
    TooLong,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what, Some(found)) => write!(f, "expected {what}, found {found:?}"),
            Self::Expected(what, None) => write!(f, "expected {what}, found the end"),
            Self::Unsupported(what) => write!(f, "{what} cannot be used in a template"),
            Self::UnclosedText => f.write_str("the text has no closing quote"),
            Self::BadLiteral => f.write_str("the literal cannot be read"),
            Self::BadPattern(why) => write!(f, "the regular expression cannot be used: {why}"),
            Self::TooDeep => f.write_str("the expression is nested too deeply"),
            Self::TooLong => f.write_str("the expression is too long"),
        }
    }
}

/// Something worth knowing about one rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// JSON pointer of the text below the template that was rendered.
    pub pointer: String,
    /// Bytes in the decoded text of the template.
    pub span: Range<usize>,
    /// What happened.
    pub kind: NoteKind,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// What happened during a rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// A name that the scope does not know.
    Missing(String),
    /// The expression has no value.
    Undefined,
    /// The expression failed as JavaScript would: the message.
    Thrown(String),
    /// The rendering used up [`Render::fuel`](crate::Render::fuel).
    OutOfFuel,
    /// The rendering used up [`Render::max_bytes`](crate::Render::max_bytes).
    TooLarge,
    /// The value has no JSON form (a function, for example).
    NoJson,
    /// The answer to a question is not known yet: the function.
    Asked(String),
    /// Data was quoted or escaped for the shell.
    Quoted,
    /// Data is the entire shell line and runs as it is.
    RawCommand,
    /// `raw(…)` put data into a shell line as it is.
    Raw,
    /// Data cannot be quoted at this place of the shell line; the template's
    /// text stays. A line with this note is better not run.
    Unquotable,
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "there is no variable {name}"),
            Self::Undefined => f.write_str("the expression has no value"),
            Self::Thrown(message) => write!(f, "the expression failed: {message}"),
            Self::OutOfFuel => f.write_str("the expression takes too many steps"),
            Self::TooLarge => f.write_str("the result is too large"),
            Self::NoJson => f.write_str("the value cannot be written as JSON"),
            Self::Asked(function) => write!(f, "the answer of {function} is not known yet"),
            Self::Quoted => f.write_str("the value was quoted for the shell"),
            Self::RawCommand => f.write_str("the whole command comes from a value"),
            Self::Raw => f.write_str("the value was put into the command as it is"),
            Self::Unquotable => f.write_str("the value cannot be quoted safely at this place"),
        }
    }
}

/// A free name of an expression, with the members read from it as far as they
/// are written out: `local.items[0].url` is `["local", "items", "0", "url"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name, then the members.
    pub path: Vec<String>,
    /// Whether the last segment is called.
    pub called: bool,
    /// JSON pointer of the text below the template that was asked.
    pub pointer: String,
    /// Bytes of the name in the decoded text.
    pub span: Range<usize>,
}
