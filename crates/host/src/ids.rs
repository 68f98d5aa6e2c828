//! The names of runs and processes.

use alloc::{format, sync::Arc};
use core::fmt;

/// What stands in the name of a run between its app and its number.
const RUN: &str = "-run-";

/// The name of a run: the app's name, `-run-` and eight hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(Arc<str>);

/// The name of a daemon: the app's name, a hyphen and eight hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(Arc<str>);

macro_rules! id {
    ($id:ident) => {
        impl $id {
            /// The id of this text, as it was given out.
            pub fn from_text(text: &str) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$id> for Arc<str> {
            fn from(id: $id) -> Self {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(RunId);
id!(ProcessId);

impl RunId {
    /// The run whose name this tree has; none where it has none.
    pub(crate) fn of_tree(tree: &str) -> Option<Self> {
        let (app, rest) = tree.rsplit_once(RUN)?;
        let number = rest.get(..8).filter(|number| is_number(number))?;
        (!app.is_empty()).then(|| Self(format!("{app}{RUN}{number}").into()))
    }

    /// The app that it is named after; none where the name is of another form.
    pub fn app(&self) -> Option<&str> {
        let (app, number) = self.0.rsplit_once(RUN)?;
        Some(app).filter(|app| is_number(number) && !app.is_empty())
    }
}

impl ProcessId {
    /// The app that it is named after; none where the name is of another form.
    pub fn app(&self) -> Option<&str> {
        let (app, number) = self.0.rsplit_once('-')?;
        Some(app).filter(|app| is_number(number) && !app.is_empty())
    }

    /// Whether it is named after this app, or may be: enough to keep something from it, too little to
    /// end it.
    pub fn is_of(&self, app: &str) -> bool {
        let may_be = || {
            self.0
                .strip_prefix(app)
                .is_some_and(|rest| rest.starts_with('-'))
        };
        self.app().map_or_else(may_be, |of| of == app)
    }
}

/// Gives out names. Equal seeds give equal names; one seed gives each name once in
/// four billion.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    seed: u64,
    given: u32,
}

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, given: 0 }
    }

    pub(crate) fn run(&mut self, app: &str) -> RunId {
        RunId(format!("{app}{RUN}{:08x}", self.next()).into())
    }

    pub(crate) fn process(&mut self, app: &str) -> ProcessId {
        ProcessId(format!("{app}-{:08x}", self.next()).into())
    }

    /// A seed for something that needs randomness of its own.
    pub(crate) fn seed(&mut self) -> u64 {
        self.seed.rotate_left(17) ^ u64::from(self.next())
    }

    /// A number that was not given before: the count, scrambled by an odd factor
    /// (which is a bijection) and moved by the seed.
    fn next(&mut self) -> u32 {
        self.given = self.given.wrapping_add(1);
        let seed = u32::try_from(self.seed >> 32).unwrap_or(0) ^ low(self.seed);
        self.given.wrapping_mul(0x9e37_79b1) ^ seed
    }
}

fn is_number(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn low(seed: u64) -> u32 {
    u32::try_from(seed & u64::from(u32::MAX)).unwrap_or(0)
}
