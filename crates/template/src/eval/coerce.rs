//! Values as texts, numbers and primitives.

use super::{Evaluator, Result, Stop};
use crate::{
    builtin::bytes,
    value::{Js, List, Text, TextBuilder, number},
};
use collodi_value::number_to_text;

impl Evaluator<'_> {
    /// `String(value)`, keeping in mind who wrote what.
    pub(crate) fn text_of(&mut self, value: &Js) -> Result<Text> {
        Ok(match value {
            Js::Undefined => Text::author("undefined"),
            Js::Null => Text::author("null"),
            Js::Bool(true) => Text::author("true"),
            Js::Bool(false) => Text::author("false"),
            Js::Number(n) => Text::author(number_to_text(*n)),
            Js::Text(text) => text.clone(),
            Js::List(list) => self.join(list, &Text::author(","))?,
            Js::Map(_) => Text::data("[object Object]"),
            Js::Pattern(pattern) => Text::data(alloc::format!("{pattern}")),
            Js::Bytes(data) => {
                self.make(data.len())?;
                Text::data(bytes::to_utf8(data))
            }
            Js::Url(parts) => match parts.get("href") {
                Some(Js::Text(href)) => href.clone(),
                _ => Text::data(""),
            },
            Js::Function(_) => return Err(Stop::thrown("a function cannot become text")),
            Js::Date(_) => return Err(Stop::thrown("a date becomes text by toISOString()")),
        })
    }

    /// The elements as texts with `separator` between them; nothing for null.
    pub(crate) fn join(&mut self, list: &List, separator: &Text) -> Result<Text> {
        let mut out = TextBuilder::default();
        for (index, item) in list.items.iter().enumerate() {
            self.spend(1)?;
            if index > 0 {
                out.push(separator);
            }
            if !item.is_nullish() {
                out.push(&self.text_of(item)?);
            }
            if out.len() > self.room() {
                return Err(Stop::TooLarge);
            }
        }
        self.make(out.len())?;
        Ok(out.build())
    }

    /// `Number(value)`.
    pub(crate) fn number_of(&mut self, value: &Js) -> Result<f64> {
        Ok(match value {
            Js::Undefined => f64::NAN,
            Js::Null | Js::Bool(false) => 0.0,
            Js::Bool(true) => 1.0,
            Js::Number(n) | Js::Date(n) => *n,
            Js::Text(text) => {
                self.spend(text.as_str().len() / 64)?;
                number::from_text(text.as_str())
            }
            Js::Function(_) => f64::NAN,
            other => number::from_text(self.text_of(other)?.as_str()),
        })
    }

    /// The value, or its text when it is an object.
    pub(super) fn primitive_of(&mut self, value: &Js) -> Result<Js> {
        Ok(match value {
            Js::Undefined | Js::Null | Js::Bool(_) | Js::Number(_) | Js::Text(_) => value.clone(),
            other => self.text_of(other)?.into(),
        })
    }

    /// `Number(value)` without its fraction; NaN is 0.
    pub(crate) fn integer_of(&mut self, value: &Js) -> Result<f64> {
        self.number_of(value).map(number::to_integer)
    }
}
