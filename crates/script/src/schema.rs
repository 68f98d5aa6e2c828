//! The shape of the table of methods.

use crate::Method;
use core::fmt;

/// A method as the table has it: what it does, what it takes, what becomes of it on a machine
/// without a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodSpec {
    /// The name that scripts write.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What becomes of it without a desktop.
    pub class: Class,
    /// The kinds of `params` itself.
    pub shape: Kinds,
    /// The named parameters.
    pub params: &'static [Param],
    /// What other names mean; none when they mean nothing.
    pub others: Option<&'static str>,
    /// Names of which at least one must be there; empty when none must.
    pub one_of: &'static [&'static str],
}

impl MethodSpec {
    pub(crate) const fn new(name: &'static str, class: Class, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            class,
            shape: Kinds::OBJECT,
            params: &[],
            others: None,
            one_of: &[],
        }
    }

    pub(crate) const fn params(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    pub(crate) const fn others(mut self, meaning: &'static str) -> Self {
        self.others = Some(meaning);
        self
    }

    pub(crate) const fn shape(mut self, shape: Kinds) -> Self {
        self.shape = shape;
        self
    }

    pub(crate) const fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.one_of = names;
        self
    }

    /// The method.
    pub fn method(&self) -> Method {
        Method::from_name(self.name)
    }

    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// What becomes of a method on a machine without a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// It does what it does in Pinokio.
    Runs,
    /// Something else takes the place of the window: an event, an answer given with the run.
    Substituted,
    /// It does nothing, and succeeds.
    Skipped,
    /// It fails the run: nothing can take its place.
    Refused,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Runs => "runs",
            Self::Substituted => "substituted",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        })
    }
}

/// A named parameter of a method, or a key of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Param {
    /// The name.
    pub name: &'static str,
    /// The kinds of JSON value it takes. A template that yields one is taken too.
    pub kinds: Kinds,
    /// Whether it must be there.
    pub required: bool,
    /// What the value is for, as far as checking goes.
    pub role: Role,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// The keys of an object that is its value; none when they are not fixed.
    pub members: &'static [Self],
}

impl Param {
    pub(crate) const fn new(name: &'static str, kinds: Kinds, doc: &'static str) -> Self {
        Self {
            name,
            kinds,
            required: false,
            role: Role::Plain,
            doc,
            members: &[],
        }
    }

    pub(crate) const fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kinds::STRING, doc)
    }

    pub(crate) const fn flag(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kinds::BOOL, doc)
    }

    pub(crate) const fn path(name: &'static str, doc: &'static str) -> Self {
        let mut param = Self::text(name, doc);
        param.role = Role::Path;
        param
    }

    pub(crate) const fn of_daemons(mut self) -> Self {
        self.role = Role::Daemon;
        self
    }

    pub(crate) const fn members(mut self, members: &'static [Self]) -> Self {
        self.members = members;
        self
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Nothing that is checked beyond its kind.
    Plain,
    /// A path that stays in the app's folder.
    Path,
    /// What is read by [`daemon`](crate::daemon), which says what it can be.
    Daemon,
}

/// A set of kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// `null`
    pub const NULL: Self = Self(1);
    /// `true` or `false`
    pub const BOOL: Self = Self(2);
    /// A number
    pub const NUMBER: Self = Self(4);
    /// A text
    pub const STRING: Self = Self(8);
    /// A list
    pub const ARRAY: Self = Self(16);
    /// An object
    pub const OBJECT: Self = Self(32);
    /// Every kind
    pub const ANY: Self = Self(63);

    /// The kinds of either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are in the set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names in JSON Schema, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let names = [
            (Self::STRING, "string"),
            (Self::NUMBER, "number"),
            (Self::BOOL, "boolean"),
            (Self::ARRAY, "array"),
            (Self::OBJECT, "object"),
            (Self::NULL, "null"),
        ];
        names
            .into_iter()
            .filter(move |(kind, _)| self.has(*kind))
            .map(|(_, name)| name)
    }
}

/// `a string, a list or an object`
impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ANY {
            return f.write_str("anything");
        }
        let last = self.names().count().saturating_sub(1);
        for (i, name) in self.names().enumerate() {
            match i {
                0 => {}
                i if i == last => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            f.write_str(in_words(name))?;
        }
        Ok(())
    }
}

fn in_words(kind: &str) -> &'static str {
    match kind {
        "string" => "a string",
        "number" => "a number",
        "boolean" => "a boolean",
        "array" => "a list",
        "object" => "an object",
        _ => "null",
    }
}
