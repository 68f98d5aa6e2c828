#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod json;
mod number;
mod object;

use alloc::{borrow::ToOwned, string::String, vec::Vec};

pub use number::{number_to_text, push_number};
pub use object::Object;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; JSON has no other than 64-bit floats.
    Number(f64),
    /// A text
    String(String),
    /// A list
    Array(Vec<Value>),
    /// A map in insertion order
    Object(Object),
}

impl Value {
    /// Whether JavaScript takes the value for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(b) => *b,
            Self::Number(n) => *n != 0.0 && !n.is_nan(),
            Self::String(s) => !s.is_empty(),
            Self::Array(_) | Self::Object(_) => true,
        }
    }

    /// `String(value)`: lists joined by commas, objects as `[object Object]`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(b) => if *b { "true" } else { "false" }.to_owned(),
            Self::Number(n) => number_to_text(*n),
            Self::String(s) => s.clone(),
            Self::Array(items) => items
                .iter()
                .map(Self::element_text)
                .collect::<Vec<_>>()
                .join(","),
            Self::Object(_) => "[object Object]".to_owned(),
        }
    }

    /// As `Array.prototype.join` writes an element: null is empty.
    fn element_text(&self) -> String {
        if matches!(self, Self::Null) {
            String::new()
        } else {
            self.to_text()
        }
    }

    /// The value that a JSON pointer (RFC 6901) names.
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        let Some(path) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(self);
        };
        path.split('/').try_fold(self, |value, token| {
            value.member(&token.replace("~1", "/").replace("~0", "~"))
        })
    }

    fn member(&self, token: &str) -> Option<&Self> {
        match self {
            Self::Object(object) => object.get(token),
            Self::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The text, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(s) = self {
            Some(s)
        } else {
            None
        }
    }

    /// The boolean, when it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(b) = self {
            Some(*b)
        } else {
            None
        }
    }

    /// The number, when it is one.
    pub const fn as_number(&self) -> Option<f64> {
        if let Self::Number(n) = self {
            Some(*n)
        } else {
            None
        }
    }

    /// The list, when it is one.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// The map, when it is one.
    pub const fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }

    /// The kind of value in a word, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<i32> for Value {
    fn from(n: i32) -> Self {
        Self::Number(f64::from(n))
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::String(s.to_owned())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::String(s)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<V: Into<Self>> From<Vec<V>> for Value {
    fn from(items: Vec<V>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}
