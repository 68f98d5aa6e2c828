//! Between JSON and the values of expressions.

use super::{Js, MAX_DEPTH, Map, Text, number::to_integer};
use crate::{
    builtin::{bytes, date},
    eval::{Evaluator, Result},
};
use alloc::{sync::Arc, vec::Vec};
use collodi_value::{Object, Value};

/// The value as an expression sees it; none when it is nested too deeply.
/// `author` says whose words its texts are.
pub(crate) fn from_value(value: &Value, author: bool) -> Option<Js> {
    below(value, author, 0)
}

fn below(value: &Value, author: bool, depth: u32) -> Option<Js> {
    if depth >= MAX_DEPTH {
        return None;
    }
    Some(match value {
        Value::Null => Js::Null,
        Value::Bool(b) => Js::Bool(*b),
        Value::Number(n) => Js::Number(*n),
        Value::String(text) => Js::Text(Text::new(text.as_str(), author)),
        Value::Array(items) => Js::list(
            items
                .iter()
                .map(|item| below(item, author, depth + 1))
                .collect::<Option<Vec<_>>>()?,
        ),
        Value::Object(object) => return below_object(object, author, depth),
    })
}

/// As [`from_value`], for an object.
pub(crate) fn from_object(object: &Object, author: bool) -> Option<Js> {
    below_object(object, author, 0)
}

fn below_object(object: &Object, author: bool, depth: u32) -> Option<Js> {
    match bytes::from_object(object) {
        Some(bytes) => Some(Js::Bytes(bytes)),
        None => map(object, author, depth),
    }
}

fn map(object: &Object, author: bool, depth: u32) -> Option<Js> {
    let entries: Option<Vec<(Arc<str>, Js)>> = object
        .entries()
        .iter()
        .map(|(key, value)| Some((key.clone(), below(value, author, depth + 1)?)))
        .collect();
    Some(Js::map(entries?))
}

impl Evaluator<'_> {
    /// The value as JSON; none for what has no JSON form. In lists such values
    /// become `null`, in objects they are dropped, as `JSON.stringify` does.
    pub(crate) fn json_of(&mut self, js: &Js) -> Result<Option<Value>> {
        self.spend(1)?;
        Ok(Some(match js {
            Js::Undefined | Js::Function(_) => return Ok(None),
            Js::Null => Value::Null,
            Js::Bool(b) => Value::Bool(*b),
            Js::Number(n) => Value::Number(*n),
            Js::Text(text) => {
                self.make(text.as_str().len())?;
                Value::from(text.as_str())
            }
            Js::List(list) => {
                let items = list.items.iter();
                let items = items.map(|item| Ok(self.json_of(item)?.unwrap_or_default()));
                Value::Array(items.collect::<Result<_>>()?)
            }
            Js::Map(map) => Value::Object(self.object_of(map)?),
            Js::Pattern(_) => Value::Object(Object::new()),
            Js::Date(ms) => date::to_iso(*ms).map_or(Value::Null, Value::String),
            Js::Bytes(data) => {
                self.make(data.len().saturating_mul(2))?;
                bytes::buffer_value(data)
            }
            Js::Url(parts) => match parts.get("href") {
                Some(href) => return self.json_of(href),
                None => return Ok(None),
            },
        }))
    }

    fn object_of(&mut self, map: &Map) -> Result<Object> {
        let mut object = Object::new();
        for (key, value) in map.entries() {
            self.make(key.len())?;
            if let Some(value) = self.json_of(value)? {
                object.set(key.clone(), value);
            }
        }
        Ok(object)
    }
}

/// A number as an index into something of `length`, counted from the end when
/// it is negative, as `slice` does.
pub(crate) fn relative(n: f64, length: usize) -> usize {
    let n = to_integer(n);
    let length_f = length as f64;
    let at = if n < 0.0 {
        (length_f + n).max(0.0)
    } else {
        n.min(length_f)
    };
    at as usize
}
