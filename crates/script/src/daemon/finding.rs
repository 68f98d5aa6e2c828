//! What there is to say about values that were read.

use alloc::{format, string::String, vec::Vec};
use collodi_pattern::PatternError;
use collodi_value::Value;
use collodi_web::UrlError;

/// A value as far as it can be used, and what there is to say about it. A step with a fault fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading<T> {
    /// What it says; where it is at fault, what counts when it says nothing.
    pub value: T,
    /// What cannot be used, at most a hundred.
    pub faults: Vec<Fault>,
    /// What can be used and is odd, at most a hundred.
    pub remarks: Vec<Remark>,
}

impl<T> Reading<T> {
    /// The value.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn into_result(self) -> Result<T, Fault> {
        match self.faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(self.value),
        }
    }
}

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Its JSON pointer below `params`.
    pub pointer: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Why a value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is of another kind.
    Kind {
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// It is a number that is too small or too large.
    Range {
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// It is none of these names.
    Name {
        /// What it must be, in words.
        expected: &'static str,
        /// All that it can be.
        names: &'static [&'static str],
        /// What it is.
        found: String,
    },
    /// Its key is something else.
    Key {
        /// What the key must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// This must be in it.
    Missing(&'static str),
    /// Only one of these can be in it.
    Several {
        /// What must be in it.
        expected: &'static str,
        /// What is.
        found: String,
    },
    /// It is no pattern.
    Pattern {
        /// What it is.
        text: String,
        /// Why it is none.
        error: PatternError,
    },
    /// It is no address.
    Address {
        /// What it is.
        text: String,
        /// Why it is none.
        error: UrlError,
    },
}

impl Problem {
    pub(super) fn kind(expected: &'static str, found: &Value) -> Self {
        let found = found_text(found);
        Self::Kind { expected, found }
    }

    pub(super) fn range(expected: &'static str, found: &Value) -> Self {
        let found = found_text(found);
        Self::Range { expected, found }
    }

    pub(super) fn name(
        expected: &'static str,
        names: &'static [&'static str],
        found: &Value,
    ) -> Self {
        Self::Name {
            expected,
            names,
            found: found_text(found),
        }
    }

    pub(super) fn key(expected: &'static str, found: &str) -> Self {
        let found = format!("{found:?}");
        Self::Key { expected, found }
    }
}

fn found_text(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
        other => other.to_text(),
    }
}

/// A value that can be used, and does nothing or what hardly anybody means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// Its JSON pointer below `params`.
    pub pointer: String,
    /// What comes of it, as a sentence without its end.
    pub says: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// What was found on the way through a value.
#[derive(Debug, Default)]
pub(super) struct Findings {
    faults: Vec<Fault>,
    remarks: Vec<Remark>,
}

impl Findings {
    /// More are not kept.
    const MOST: usize = 100;

    pub(super) fn fault(&mut self, pointer: String, problem: Problem) {
        if self.faults.len() < Self::MOST {
            self.faults.push(Fault { pointer, problem });
        }
    }

    pub(super) fn remark(&mut self, pointer: String, says: &'static str, hint: &'static str) {
        if self.remarks.len() < Self::MOST {
            self.remarks.push(Remark {
                pointer,
                says,
                hint,
            });
        }
    }

    pub(super) fn reading<T>(self, value: T) -> Reading<T> {
        Reading {
            value,
            faults: self.faults,
            remarks: self.remarks,
        }
    }
}
