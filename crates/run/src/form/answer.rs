//! Answers, checked against their form.

use super::{Field, FieldKind, Form, Item};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::{ContainedPath, PathError};
use collodi_value::{Object, Value};
use core::fmt;

/// Answers that will do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// A value for each field.
    pub values: Object,
    /// What was answered and not asked.
    pub unknown: Vec<String>,
}

/// An answer that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerError {
    /// The field.
    pub key: String,
    /// What is wrong with the answer.
    pub kind: AnswerErrorKind,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerErrorKind {
    /// No field has this key.
    NotAsked,
    /// There is none, or an empty one.
    Missing,
    /// It is no text.
    NotAText(String),
    /// It is neither yes nor no.
    NotAFlag(String),
    /// It cannot be chosen.
    NotAnItem {
        /// The answer.
        found: String,
        /// What can be.
        items: Vec<String>,
    },
    /// It is several paths where one is asked for.
    OnePath,
    /// It is a path that leads out of the app's folder, or none.
    Path {
        /// The path.
        text: String,
        /// Why not.
        error: PathError,
    },
}

impl Form {
    /// Checks answers that someone gave: `given` by the keys of the fields. A field
    /// without an answer gets its default, else, unless it is required, an empty text.
    ///
    /// # Errors
    ///
    /// Every answer that will not do, in the order of the fields, and then those to
    /// what is not asked. Answers of which none is asked for will not do either: they
    /// are for another form.
    pub fn check(&self, given: &Object) -> Result<Answered, Vec<AnswerError>> {
        self.answered(given, |field| {
            (!field.required).then(|| Value::String(String::new()))
        })
    }

    /// Checks answers that were prepared: as [`Form::check`], but a field without an
    /// answer must have a default.
    ///
    /// # Errors
    ///
    /// As [`Form::check`].
    pub fn check_prepared(&self, given: &Object) -> Result<Answered, Vec<AnswerError>> {
        self.answered(given, |_| None)
    }

    fn answered(
        &self,
        given: &Object,
        blank: impl Fn(&Field) -> Option<Value>,
    ) -> Result<Answered, Vec<AnswerError>> {
        let (mut values, mut errors) = (Object::new(), Vec::new());
        for field in &self.fields {
            let value = given.get(&field.key).filter(|v| **v != Value::Null);
            match field.answer(value, &blank) {
                Ok(value) => drop(values.set(field.key.as_str(), value)),
                Err(kind) => errors.push(AnswerError {
                    key: field.key.clone(),
                    kind,
                }),
            }
        }
        let unknown = self.unknown(given);
        let is_for_another = !unknown.is_empty() && unknown.len() == given.len();
        if errors.is_empty() && !is_for_another {
            return Ok(Answered { values, unknown });
        }
        let not_asked = |key| AnswerError {
            key,
            kind: AnswerErrorKind::NotAsked,
        };
        errors.extend(unknown.into_iter().map(not_asked));
        Err(errors)
    }

    fn unknown(&self, given: &Object) -> Vec<String> {
        let is_known = |key: &str| self.fields.iter().any(|field| field.key == key);
        let keys = given.iter().map(|(key, _)| key);
        keys.filter(|key| !is_known(key))
            .map(ToString::to_string)
            .collect()
    }
}

impl Field {
    fn answer(
        &self,
        given: Option<&Value>,
        blank: impl Fn(&Self) -> Option<Value>,
    ) -> Result<Value, AnswerErrorKind> {
        let value = match given.or(self.default.as_ref()) {
            Some(default) if given.is_none() => self.defaulted(default)?,
            Some(value) => self.kind.read(value)?,
            None => blank(self).ok_or(AnswerErrorKind::Missing)?,
        };
        let is_empty = match &value {
            Value::String(text) => text.is_empty(),
            Value::Array(paths) => paths.is_empty(),
            _ => false,
        };
        if self.required && is_empty {
            return Err(AnswerErrorKind::Missing);
        }
        Ok(value)
    }

    /// The script's own default is taken as it is; only paths are paths.
    fn defaulted(&self, default: &Value) -> Result<Value, AnswerErrorKind> {
        match &self.kind {
            FieldKind::Paths { .. } => self.kind.read(default),
            _ => Ok(default.clone()),
        }
    }
}

impl FieldKind {
    pub(super) fn read(&self, value: &Value) -> Result<Value, AnswerErrorKind> {
        match self {
            Self::Text | Self::TextArea | Self::Password => text(value).map(Value::from),
            Self::Checkbox => flag(value).map(Value::from),
            Self::Select(items) => one_of(items, value).map(Value::from),
            Self::Paths { dir, multiple } => paths(dir, *multiple, value),
        }
    }
}

/// A text as it is, also one that looks like a number; a number is written out.
fn text(value: &Value) -> Result<String, AnswerErrorKind> {
    match value {
        Value::String(_) | Value::Number(_) => Ok(value.to_text()),
        other => Err(AnswerErrorKind::NotAText(found(other))),
    }
}

fn flag(value: &Value) -> Result<bool, AnswerErrorKind> {
    let text = match value {
        Value::Bool(flag) => return Ok(*flag),
        other => other.to_text().to_lowercase(),
    };
    match text.as_str() {
        "true" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "no" | "n" | "off" | "0" | "" => Ok(false),
        _ => Err(AnswerErrorKind::NotAFlag(found(value))),
    }
}

/// By its value, else by the text that people read.
fn one_of(items: &[Item], value: &Value) -> Result<String, AnswerErrorKind> {
    let text = value.to_text();
    let by_value = items.iter().find(|item| item.value == text);
    match by_value.or_else(|| items.iter().find(|item| item.text == text)) {
        Some(item) => Ok(item.value.clone()),
        None => Err(AnswerErrorKind::NotAnItem {
            found: found(value),
            items: items.iter().map(|item| item.value.clone()).collect(),
        }),
    }
}

/// Absolute paths of what lies in the root of `dir`.
fn paths(dir: &ContainedPath, multiple: bool, value: &Value) -> Result<Value, AnswerErrorKind> {
    let texts: Vec<&str> = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => [text.as_str()].into(),
        other => return Err(AnswerErrorKind::NotAText(found(other))),
    };
    if texts.len() > 1 && !multiple {
        return Err(AnswerErrorKind::OnePath);
    }
    let path = |text: &str| {
        let joined = dir.join(text).map_err(|error| AnswerErrorKind::Path {
            text: text.to_string(),
            error,
        });
        joined.map(|path| Value::from(path.absolute()))
    };
    let paths: Result<Vec<_>, _> = texts.into_iter().map(path).collect();
    paths.map(Value::Array)
}

fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Number(_) | Value::Bool(_) => value.to_text(),
        other => other.kind().to_string(),
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.kind)
    }
}

impl fmt::Display for AnswerErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("nothing of this name is asked"),
            Self::Missing => f.write_str("an answer is required"),
            Self::NotAText(found) => write!(f, "expected a text, found {found}"),
            Self::NotAFlag(found) => write!(f, "expected true or false, found {found}"),
            Self::NotAnItem { found, items } => {
                write!(f, "expected one of {}, found {found}", items.join(", "))
            }
            Self::OnePath => f.write_str("expected one path, found several"),
            Self::Path { text, error } => write!(f, "{error}: {text:?}"),
        }
    }
}

impl core::error::Error for AnswerError {}
