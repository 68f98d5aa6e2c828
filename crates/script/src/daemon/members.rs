//! The members of an object, one by one.

use super::finding::{Findings, Problem};
use crate::sink::child_pointer;
use alloc::string::String;
use collodi_time::Duration;
use collodi_value::Value;

/// An object, where it is, and what was found in it.
pub(super) struct Members<'v, 'f> {
    value: &'v Value,
    pointer: String,
    found: &'f mut Findings,
}

impl<'v, 'f> Members<'v, 'f> {
    pub(super) const fn new(value: &'v Value, pointer: String, found: &'f mut Findings) -> Self {
        Self {
            value,
            pointer,
            found,
        }
    }

    /// The member, unless it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<&'v Value> {
        let value = self.value.as_object()?.get(key);
        value.filter(|value| !matches!(value, Value::Null))
    }

    /// The members of the object `key`.
    pub(super) fn inside<'s>(&'s mut self, key: &str, value: &'v Value) -> Members<'v, 's> {
        Members::new(value, child_pointer(&self.pointer, key), self.found)
    }

    /// A member is at fault.
    pub(super) fn fault(&mut self, key: &str, problem: Problem) {
        let pointer = child_pointer(&self.pointer, key);
        self.found.fault(pointer, problem);
    }

    /// The object as a whole is at fault.
    pub(super) fn fault_of_all(&mut self, problem: Problem) {
        self.found.fault(self.pointer.clone(), problem);
    }

    /// A member is odd.
    pub(super) fn remark(&mut self, key: &str, says: &'static str, hint: &'static str) {
        let pointer = child_pointer(&self.pointer, key);
        self.found.remark(pointer, says, hint);
    }

    /// A text; numbers are written out.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) => Some(text.clone()),
            number @ Value::Number(_) => Some(number.to_text()),
            other => {
                self.fault(key, Problem::kind("a text", other));
                None
            }
        }
    }

    /// A number of at least zero, also as text.
    pub(super) fn number(&mut self, key: &str, expected: &'static str) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value {
            Value::Number(number) => Some(*number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| number.is_finite());
        match number {
            None => self.fault(key, Problem::kind(expected, value)),
            Some(number) if number < 0.0 => self.fault(key, Problem::range(expected, value)),
            Some(number) => return Some(number),
        }
        None
    }

    /// A whole number of at least zero, also as text.
    pub(super) fn count(&mut self, key: &str, expected: &'static str) -> Option<u32> {
        let number = self.number(key, expected)?;
        if number % 1.0 == 0.0 {
            return Some(to_u32(number));
        }
        let value = self.get(key)?;
        self.fault(key, Problem::range(expected, value));
        None
    }

    pub(super) fn millis(&mut self, key: &str) -> Option<Duration> {
        self.millis_of(key, "a number of milliseconds, 0 or more")
    }

    pub(super) fn millis_of(&mut self, key: &str, expected: &'static str) -> Option<Duration> {
        let millis = self.number(key, expected)?;
        Some(Duration::from_millis(to_u64(millis)))
    }
}

/// What is beyond is the largest there is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
const fn to_u64(number: f64) -> u64 {
    number as u64
}

/// What is beyond is the largest there is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
pub(super) const fn to_u32(number: f64) -> u32 {
    number as u32
}
