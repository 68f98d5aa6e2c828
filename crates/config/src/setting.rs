//! A value and where it comes from.

use alloc::string::String;
use collodi_script::Place;
use collodi_value::Value;
use core::{fmt, ops::Deref};

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    value: T,
    origin: Origin,
}

/// Where a value comes from. A later one wins over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The file says it, here.
    File(Place),
    /// The program was told when it was started.
    Program,
}

impl<T> Setting<T> {
    pub(crate) const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// The value.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Where it comes from.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether the file or the program says it.
    pub fn is_given(&self) -> bool {
        self.origin != Origin::Default
    }

    /// What the program was told wins; nothing changes when it was told nothing.
    pub fn overrule(&mut self, told: Option<T>) {
        if let Some(value) = told {
            *self = Self::new(value, Origin::Program);
        }
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// `default`, `file` or `program`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File(_) => "file",
            Self::Program => "program",
        })
    }
}

/// A setting as it is shown: its key, its value without secrets, where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, with its sections: `python.prefer_uv`.
    pub key: String,
    /// The value; null when nothing is set. Values of secret variables are `…`.
    pub value: Value,
    /// What counts where the value is null, in words.
    pub counts: Option<&'static str>,
    /// Where it comes from.
    pub origin: Origin,
    /// What the setting is, in words.
    pub about: &'static str,
}
