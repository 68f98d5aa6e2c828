//! One requirement and the function that checks it.

use crate::Subject;
use collodi_backend::{BoxFuture, Capabilities, Capability};
use std::fmt;

/// Checks a requirement on a fresh subject.
pub type Play = fn(Subject) -> BoxFuture<'static, Verdict>;

/// What a case found. A requirement that does not hold is a panic or a
/// [`Broken`].
pub type Verdict = Result<(), Broken>;

/// One requirement and the function that checks it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the case is about: `process`, `file` and so on.
    pub group: &'static str,
    /// The name of the function.
    pub name: &'static str,
    /// The requirement, in its own words.
    pub requirement: &'static str,
    /// What a backend must be able to do for the requirement to bind it.
    pub needs: &'static [Capability],
    /// The function.
    pub play: Play,
}

impl Case {
    /// `group::name`.
    pub fn id(&self) -> String {
        format!("{}::{}", self.group, self.name)
    }

    /// The first capability that the case needs and the backend lacks.
    pub fn missing(&self, capabilities: &Capabilities) -> Option<Capability> {
        let mut needs = self.needs.iter().copied();
        needs.find(|need| !capabilities.has(*need))
    }
}

/// Something that a requirement excludes, in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Broken(String);

impl Broken {
    /// A requirement is broken in this way.
    pub fn new(how: impl Into<String>) -> Self {
        Self(how.into())
    }
}

impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Registers the cases of a file: functions whose doc comments are requirements.
///
/// `#[needs(Capability)]` after the doc comment makes a case one for backends
/// that can do that.
macro_rules! cases {
    ($(
        $(#[doc = $doc:literal])+
        $(#[needs($($need:ident),+)])?
        async fn $name:ident($world:ident: Subject) -> Verdict $body:block
    )+) => {
        pub(crate) const CASES: &[$crate::cases::Entry] = &[$($crate::cases::Entry {
            name: stringify!($name),
            requirement: concat!($($doc),+),
            needs: &[$($(collodi_backend::Capability::$need),+)?],
            play: |subject| Box::pin($name(subject)),
        }),+];
        $(
            $(#[doc = $doc])+
            async fn $name($world: Subject) -> Verdict $body
        )+
    };
}

pub(crate) use cases;
