//! What reading a file gives.

use crate::{Diagnostic, Script, Severity};
use alloc::{string::String, vec::Vec};
use collodi_value::Value;
use core::fmt;

/// A file that was read, and everything there is to say about it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parsed {
    /// What the file is.
    pub document: Document,
    /// What there is to say, in the order of the text; of a bracket that is open, where it should
    /// have been closed.
    pub diagnostics: Vec<Diagnostic>,
    /// The file's name, for messages.
    pub file: String,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Document {
    /// A run script. With errors among the diagnostics it is incomplete.
    Script(Script),
    /// A `pinokio.json` without `run`: title, icon, menu and the like.
    Metadata(Value),
    /// Not a JSON object, or none that can be made out.
    Broken,
}

impl Parsed {
    /// The script, when it can be run.
    ///
    /// # Errors
    ///
    /// When there is an error among the diagnostics, or the file is metadata.
    pub fn script(&self) -> Result<&Script, ScriptError> {
        match (&self.document, self.first_error()) {
            (_, Some(first)) => Err(ScriptError::Invalid {
                errors: self.errors().count(),
                first: first.line(&self.file),
            }),
            (Document::Script(script), None) => Ok(script),
            (Document::Metadata(_) | Document::Broken, None) => Err(ScriptError::NotAScript),
        }
    }

    /// Whether any diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.first_error().is_some()
    }

    /// The errors, in this order.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        let error = |d: &&Diagnostic| d.severity == Severity::Error;
        self.diagnostics.iter().filter(error)
    }

    fn first_error(&self) -> Option<&Diagnostic> {
        self.errors().next()
    }
}

/// Why a file gives no script to run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptError {
    /// The file has errors.
    Invalid {
        /// How many.
        errors: usize,
        /// The first one, on one line.
        first: String,
    },
    /// The file describes an app and has no `run` list.
    NotAScript,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { errors: 1, first } => f.write_str(first),
            Self::Invalid { errors, first } => write!(f, "{first} (and {} more)", errors - 1),
            Self::NotAScript => f.write_str("the file has no `run` list"),
        }
    }
}

impl core::error::Error for ScriptError {}
