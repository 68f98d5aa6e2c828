//! Reading rendered parameters.

use crate::outcome::FailureKind;
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_value::{Object, Value};

/// A parameter at fault: its JSON pointer below the step, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) pointer: String,
    pub(crate) kind: Box<FailureKind>,
}

impl From<FailureKind> for Fault {
    /// A fault of the step as a whole.
    fn from(kind: FailureKind) -> Self {
        Self {
            pointer: String::new(),
            kind: Box::new(kind),
        }
    }
}

/// The rendered parameters of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params<'a>(&'a Value);

impl<'a> Params<'a> {
    pub(crate) const fn new(value: &'a Value) -> Self {
        Self(value)
    }

    /// The parameters as they are.
    pub(crate) const fn value(self) -> &'a Value {
        self.0
    }

    /// The parameter, unless it is absent or null.
    pub(crate) fn get(self, key: &str) -> Option<&'a Value> {
        self.0
            .as_object()?
            .get(key)
            .filter(|value| !matches!(value, Value::Null))
    }

    /// A text; numbers are written out.
    pub(crate) fn text(self, key: &str) -> Result<Option<String>, Fault> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(number @ Value::Number(_)) => Ok(Some(number.to_text())),
            Some(other) => Err(wrong(key, "a text", other)),
        }
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required_text(self, key: &str) -> Result<String, Fault> {
        match self.text(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(missing(key, "a text")),
        }
    }

    /// True, or the text `true`.
    pub(crate) fn flag(self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            Some(value) => value.is_truthy(),
            None => false,
        }
    }

    /// An object; an absent one is empty.
    pub(crate) fn object(self, key: &str) -> Result<Object, Fault> {
        match self.get(key) {
            None => Ok(Object::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(other) => Err(wrong(key, "an object", other)),
        }
    }

    /// A list of texts; one text is a list of one.
    pub(crate) fn texts(self, key: &str) -> Result<Vec<String>, Fault> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.iter().map(Value::to_text).collect()),
            Some(Value::String(text)) => Ok([text.clone()].into()),
            Some(other) => Err(wrong(key, "a list of texts", other)),
        }
    }

    /// A number of at least zero.
    pub(crate) fn number(self, key: &str) -> Result<Option<f64>, Fault> {
        let number = match self.get(key) {
            None => return Ok(None),
            Some(Value::Number(number)) => Some(*number),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match (number.filter(|n| n.is_finite() && *n >= 0.0), self.get(key)) {
            (Some(number), _) => Ok(Some(number)),
            (None, found) => Err(wrong(key, "a number", found.unwrap_or(&Value::Null))),
        }
    }
}

/// The parameter is there and cannot be used.
pub(crate) fn wrong(key: &str, expected: &'static str, found: &Value) -> Fault {
    let found = match found {
        Value::String(text) => format!("{text:?}"),
        Value::Number(_) | Value::Bool(_) => found.to_text(),
        other => other.kind().to_string(),
    };
    at(key, FailureKind::Param { expected, found })
}

/// The parameter must be there.
pub(crate) fn missing(key: &str, expected: &'static str) -> Fault {
    at(
        key,
        FailureKind::Param {
            expected,
            found: "nothing".to_string(),
        },
    )
}

/// Something is wrong with the parameter.
pub(crate) fn at(key: &str, kind: FailureKind) -> Fault {
    Fault {
        pointer: pointer_of(key),
        kind: Box::new(kind),
    }
}

fn pointer_of(key: &str) -> String {
    let escaped = key.replace('~', "~0").replace('/', "~1");
    format!("/params/{escaped}")
}
