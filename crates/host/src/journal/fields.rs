//! JSON with the fields that it must have.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_script::read_json;
use collodi_time::{Duration, WallTime};
use collodi_value::{Object, Value};
use core::{fmt, str::FromStr};

/// A file of the journal that cannot be used: the field at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotARecord(pub(crate) &'static str);

impl NotARecord {
    /// It is whole, and of another version of the program.
    pub(crate) const OTHER_VERSION: Self = Self("its version is another one");
}

impl fmt::Display for NotARecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it cannot be read: {}", self.0)
    }
}

/// An object whose fields are asked for by name.
pub(crate) struct Fields<'a>(&'a Object);

impl<'a> Fields<'a> {
    pub(crate) fn of(value: &'a Value) -> Result<Self, NotARecord> {
        value.as_object().map(Self).ok_or(NotARecord("an object"))
    }

    pub(crate) fn version(&self, version: u32) -> Result<(), NotARecord> {
        match self.number("version")? == version {
            true => Ok(()),
            false => Err(NotARecord::OTHER_VERSION),
        }
    }

    fn get(&self, key: &'static str) -> Result<&'a Value, NotARecord> {
        self.0.get(key).ok_or(NotARecord(key))
    }

    /// A field that may be null.
    pub(crate) fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, NotARecord> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or(NotARecord(key)),
        }
    }

    pub(crate) fn text(&self, key: &'static str) -> Result<&'a str, NotARecord> {
        self.get(key)?.as_str().ok_or(NotARecord(key))
    }

    pub(crate) fn optional_text(&self, key: &'static str) -> Result<Option<String>, NotARecord> {
        self.optional(key, |value| value.as_str().map(ToString::to_string))
    }

    /// A text that means something.
    pub(crate) fn parsed<T: FromStr>(&self, key: &'static str) -> Result<Option<T>, NotARecord> {
        self.optional(key, |value| value.as_str()?.parse().ok())
    }

    pub(crate) fn flag(&self, key: &'static str) -> Result<bool, NotARecord> {
        self.get(key)?.as_bool().ok_or(NotARecord(key))
    }

    pub(crate) fn number(&self, key: &'static str) -> Result<u32, NotARecord> {
        whole(self.get(key)?).ok_or(NotARecord(key))
    }

    pub(crate) fn optional_number(&self, key: &'static str) -> Result<Option<u32>, NotARecord> {
        self.optional(key, whole)
    }

    pub(crate) fn millis(&self, key: &'static str) -> Result<Option<Duration>, NotARecord> {
        self.optional(key, |value| {
            let millis = value.as_str()?.parse().ok()?;
            Some(Duration::from_millis(millis))
        })
    }

    pub(crate) fn wall_time(&self, key: &'static str) -> Result<Option<WallTime>, NotARecord> {
        let since = self.millis(key)?;
        Ok(since.map(WallTime::since_unix_epoch))
    }

    pub(crate) fn wall_times(&self, key: &'static str) -> Result<Vec<WallTime>, NotARecord> {
        let texts = self.texts(key)?;
        let times = texts.iter().map(|text| {
            let since = Duration::from_millis(text.parse().ok()?);
            Some(WallTime::since_unix_epoch(since))
        });
        times.collect::<Option<_>>().ok_or(NotARecord(key))
    }

    pub(crate) fn texts(&self, key: &'static str) -> Result<Vec<String>, NotARecord> {
        self.optional_texts(key)?.ok_or(NotARecord(key))
    }

    pub(crate) fn optional_texts(
        &self,
        key: &'static str,
    ) -> Result<Option<Vec<String>>, NotARecord> {
        let one = |item: &Value| item.as_str().map(ToString::to_string);
        self.optional(key, |value| value.as_array()?.iter().map(one).collect())
    }

    pub(crate) fn object(&self, key: &'static str) -> Result<&'a Object, NotARecord> {
        self.get(key)?.as_object().ok_or(NotARecord(key))
    }

    pub(crate) fn fields(&self, key: &'static str) -> Result<Self, NotARecord> {
        self.object(key).map(Self)
    }

    /// An object that may be null.
    pub(crate) fn member<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Self) -> Result<T, NotARecord>,
    ) -> Result<Option<T>, NotARecord> {
        let fields = self.optional(key, |value| value.as_object().map(Self))?;
        fields.map(|fields| read(&fields)).transpose()
    }

    /// A value of several kinds that may be null.
    pub(crate) fn optional_value<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Value) -> Result<T, NotARecord>,
    ) -> Result<Option<T>, NotARecord> {
        self.optional(key, Some)?.map(read).transpose()
    }
}

/// Reads a whole text.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, NotARecord> {
    let text = core::str::from_utf8(bytes).map_err(|_| NotARecord("it is no text"))?;
    read_json(text).map_err(|_| NotARecord("it is no JSON"))
}

fn whole(value: &Value) -> Option<u32> {
    let number = value.as_number()?;
    let fits = number >= 0.0 && number <= f64::from(u32::MAX) && number % 1.0 == 0.0;
    fits.then(|| to_u32(number))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it fits"
)]
const fn to_u32(number: f64) -> u32 {
    number as u32
}

pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().collect())
}

pub(crate) fn text(of: impl ToString) -> Value {
    Value::from(of.to_string())
}

pub(crate) fn array(items: impl IntoIterator<Item = impl ToString>) -> Value {
    Value::Array(items.into_iter().map(text).collect())
}

/// Milliseconds as a text: they can be more than a number of JSON holds.
pub(crate) fn millis(duration: Option<Duration>) -> Value {
    duration.map_or(Value::Null, |duration| text(duration.as_millis()))
}

/// The milliseconds of a time, as they are written.
pub(crate) fn millis_of(at: WallTime) -> String {
    at.as_duration().as_millis().to_string()
}
