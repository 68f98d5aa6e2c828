//! What values can be.

use crate::Wrong;
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_apps::Scheme;
use collodi_env::{Glob, Inherit, Preset};
use collodi_script::nearest;
use collodi_value::Value;
use toml::{
    Spanned,
    de::{DeInteger, DeValue},
};

/// A type of values.
pub(crate) trait Form: Sized {
    /// The value that the file has.
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault>;

    /// The value as it is shown, without secrets.
    fn shown(&self) -> Value;
}

/// What is wrong with a value, and the byte at which it begins.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: Wrong,
}

impl Fault {
    /// The value is not what is expected.
    pub(crate) fn of(value: &Spanned<DeValue<'_>>, expected: &'static str) -> Self {
        let found = kind(value.get_ref());
        Self {
            at: value.span().start,
            what: Wrong::WrongType { expected, found },
        }
    }

    pub(crate) fn bad(value: &Spanned<DeValue<'_>>, why: impl ToString) -> Self {
        Self::not_one_of(value, why, None)
    }

    pub(crate) fn not_one_of(
        value: &Spanned<DeValue<'_>>,
        why: impl ToString,
        meant: Option<&'static str>,
    ) -> Self {
        let why = why.to_string();
        Self {
            at: value.span().start,
            what: Wrong::BadValue { why, meant },
        }
    }
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The text of a value.
pub(crate) fn text<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, Fault> {
    let text = value.get_ref().as_str();
    text.ok_or_else(|| Fault::of(value, "a text"))
}

/// One of some words.
pub(crate) fn word<T: Copy>(
    value: &Spanned<DeValue<'_>>,
    words: &[(&'static str, T)],
) -> Result<T, Fault> {
    let text = text(value)?;
    let known = || words.iter().map(|(word, _)| *word);
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<String> = known().map(|word| format!("{word:?}")).collect();
        let why = format!("{text:?} is none of {}", all.join(", "));
        Fault::not_one_of(value, why, nearest(text, known()))
    })
}

impl Form for String {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let text = text(value)?;
        if text.is_empty() || text.contains(char::is_control) {
            let why = "the text is empty, or has characters that cannot be seen";
            return Err(Fault::bad(value, why));
        }
        Ok(text.to_owned())
    }

    fn shown(&self) -> Value {
        self.as_str().into()
    }
}

/// Also as the texts `"true"` and `"false"`, as older programs wrote them.
impl Form for bool {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        match value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            DeValue::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            DeValue::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(Fault::of(value, "true or false")),
        }
    }

    fn shown(&self) -> Value {
        (*self).into()
    }
}

impl Form for u64 {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let number = value.get_ref().as_integer();
        number
            .ok_or_else(|| Fault::of(value, "a whole number"))
            .and_then(|number| {
                whole(number).ok_or_else(|| Fault::bad(value, "the number is not in 0 to 2^53"))
            })
    }

    #[allow(clippy::cast_precision_loss, reason = "no greater one is read")]
    fn shown(&self) -> Value {
        Value::Number(*self as f64)
    }
}

/// The number, when JSON can hold it too.
fn whole(number: &DeInteger<'_>) -> Option<u64> {
    let read = u64::from_str_radix(number.as_str(), number.radix()).ok();
    read.filter(|number| *number <= 1 << 53)
}

impl<T: Form> Form for Option<T> {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        T::read(value).map(Some)
    }

    fn shown(&self) -> Value {
        self.as_ref().map_or(Value::Null, Form::shown)
    }
}

impl<T: Form> Form for Vec<T> {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let items = value.get_ref().as_array();
        let items = items.ok_or_else(|| Fault::of(value, "a list"))?;
        items.iter().map(T::read).collect()
    }

    fn shown(&self) -> Value {
        Value::Array(self.iter().map(Form::shown).collect())
    }
}

impl Form for Glob {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        Self::new(text(value)?).map_err(|error| Fault::bad(value, error))
    }

    fn shown(&self) -> Value {
        self.as_str().into()
    }
}

impl Form for Preset {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let words: Vec<_> = Self::ALL.iter().map(|p| (p.name(), *p)).collect();
        word(value, &words)
    }

    fn shown(&self) -> Value {
        self.name().into()
    }
}

/// A repository of this machine is none: who may name it is not for a file to say.
impl Form for Scheme {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let remote = Self::ALL.iter().filter(|scheme| **scheme != Self::File);
        let words: Vec<_> = remote.map(|scheme| (scheme.word(), *scheme)).collect();
        word(value, &words)
    }

    fn shown(&self) -> Value {
        self.word().into()
    }
}

/// A word, or a list of patterns.
impl Form for Inherit {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        if value.get_ref().is_array() {
            return Vec::read(value).map(Self::Allow);
        }
        let words = [
            ("all", &Self::All),
            ("core", &Self::Core),
            ("none", &Self::None),
        ];
        word(value, &words).cloned()
    }

    fn shown(&self) -> Value {
        match self {
            Self::All => "all".into(),
            Self::Core => "core".into(),
            Self::None => "none".into(),
            Self::Allow(globs) => globs.shown(),
        }
    }
}
