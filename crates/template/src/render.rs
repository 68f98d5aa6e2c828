//! Rendering: a template and a scope to a value.

use crate::{Note, Question, Scope, Template};
use alloc::vec::Vec;
use collodi_value::Value;

/// How to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Render {
    /// What the text is for.
    pub sink: Sink,
    /// What takes the place of an expression without a value.
    pub missing: Missing,
    /// The steps that all expressions together may take.
    pub fuel: u64,
    /// The bytes of text that all expressions together may make.
    pub max_bytes: usize,
}

impl Default for Render {
    /// Plain text, missing values keep their template, a million steps, 16 MiB.
    fn default() -> Self {
        Self {
            sink: Sink::Plain,
            missing: Missing::KeepText,
            fuel: 1_000_000,
            max_bytes: 16 << 20,
        }
    }
}

/// What rendered text is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sink {
    /// Nothing in particular: values go in as they are.
    #[default]
    Plain,
    /// A line for a POSIX shell: data goes in so that it cannot become syntax.
    Shell,
}

/// What takes the place of an expression that has no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The template's own text.
    #[default]
    KeepText,
    /// `null`, or nothing inside of a longer text.
    Falsy,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The value.
    pub value: Value,
    /// What is worth knowing, in the order of the text.
    pub notes: Vec<Note>,
    /// What must be asked before the value is final; empty when it is.
    pub questions: Vec<Question>,
}

impl Template {
    /// The value of the template under `scope`. Never fails: what cannot be
    /// evaluated follows [`Render::missing`] and is a note.
    pub fn render(&self, scope: &dyn Scope, how: &Render) -> Rendered {
        let _ = (scope, how);
        Rendered::default()
    }
}
