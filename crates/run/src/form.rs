//! Forms: what a script asks a person, and which answers will do.

mod answer;
mod read;

pub use answer::{AnswerError, AnswerErrorKind, Answered};

use alloc::{string::String, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_script::StepAt;
use collodi_value::{Object, Value};
use core::fmt;

/// Something that a run asks a person, and waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its number, counted from 1 over all that the run asks: a step may ask again.
    pub number: u64,
    /// The step that asks. What a script asks before its first step
    /// is the first step's.
    pub step: StepAt,
    /// The step's name, when it has one.
    pub id: Option<String>,
    /// The method: `input`, `filepicker.open`, …; `pre` for the variables that a
    /// script requires before its first step.
    pub method: String,
    /// What is asked.
    pub form: Form,
}

/// What is asked: at least one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The heading; may be empty.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// The fields, each key once.
    pub fields: Vec<Field>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name of its answer.
    pub key: String,
    /// What people call it; may be empty.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// An example of an answer; may be empty.
    pub placeholder: String,
    /// What an answer looks like.
    pub kind: FieldKind,
    /// The answer of who leaves it out.
    pub default: Option<Value>,
    /// Whether it must have an answer that is not empty.
    pub required: bool,
}

/// What an answer looks like.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A text of several lines.
    TextArea,
    /// A text that is not shown.
    Password,
    /// Yes or no.
    Checkbox,
    /// One of these.
    Select(Vec<Item>),
    /// Paths of files or folders, read from this folder, which they stay in the root of.
    Paths {
        /// The folder.
        dir: ContainedPath,
        /// Whether there may be several.
        multiple: bool,
    },
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The answer.
    pub value: String,
    /// What people read.
    pub text: String,
}

impl FieldKind {
    /// How the value of a variable is asked for.
    pub(crate) fn of_variable(name: &str) -> Self {
        if collodi_env::is_secret_name(name) {
            Self::Password
        } else {
            Self::Text
        }
    }

    /// The word for it: `text`, `textarea`, `password`, `checkbox`, `select` or `paths`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::TextArea => "textarea",
            Self::Password => "password",
            Self::Checkbox => "checkbox",
            Self::Select(_) => "select",
            Self::Paths { .. } => "paths",
        }
    }
}

impl Field {
    /// A line of text that must have an answer, unless there is a default.
    pub(crate) fn text(key: &str, default: Option<Value>) -> Self {
        Self {
            key: key.into(),
            title: String::new(),
            description: String::new(),
            placeholder: String::new(),
            kind: FieldKind::Text,
            required: default.is_none(),
            default,
        }
    }

    /// Whether neither its answer nor its default is to be shown.
    pub fn is_secret(&self) -> bool {
        self.kind == FieldKind::Password
    }

    /// Its name for people: the title, else the key.
    pub fn name(&self) -> &str {
        if self.title.is_empty() {
            &self.key
        } else {
            &self.title
        }
    }
}

impl Form {
    /// The same form with those of these answers as defaults that will do. Secrets are
    /// none: a form is shown.
    pub(crate) fn suggesting(mut self, values: &Object) -> Self {
        for field in self.fields.iter_mut().filter(|field| !field.is_secret()) {
            let suggested = values.get(&field.key).map(|value| field.kind.read(value));
            if let Some(Ok(value)) = suggested {
                field.default = Some(value);
            }
        }
        self
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.method)?;
        if !self.form.title.is_empty() {
            write!(f, " {:?}", self.form.title)?;
        }
        for field in &self.form.fields {
            write!(f, " {} ({}", field.key, field.kind.word())?;
            if field.required {
                f.write_str(", required")?;
            }
            match &field.default {
                Some(_) if field.is_secret() => f.write_str(", else …)")?,
                Some(default) => write!(f, ", else {})", default.to_json())?,
                None => f.write_str(")")?,
            }
        }
        Ok(())
    }
}
