//! A value during evaluation.

use super::Text;
use crate::syntax::Arrow;
use alloc::{collections::BTreeMap, string::String, sync::Arc, vec::Vec};
use collodi_pattern::Pattern;

/// How deep lists, objects and functions may hold each other.
pub(crate) const MAX_DEPTH: u32 = 128;

/// A value. Values never change: what changes a list in JavaScript gives a new
/// one here.
#[derive(Clone)]
pub(crate) enum Js {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    List(Arc<List>),
    Map(Arc<Map>),
    Function(Function),
    Pattern(Arc<Pattern>),
    /// Milliseconds since 1970.
    Date(f64),
    Bytes(Arc<[u8]>),
    /// A parsed URL: its parts by name.
    Url(Arc<Map>),
}

pub(crate) struct List {
    pub(crate) items: Vec<Js>,
    pub(crate) depth: u32,
    /// Set when the list is a match of a regular expression.
    pub(crate) found: Option<Found>,
}

/// What a match knows besides its texts.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) index: usize,
    pub(crate) input: Text,
    pub(crate) groups: Js,
}

/// An object: keys in JavaScript's order, numbers first.
#[derive(Default)]
pub(crate) struct Map {
    entries: Vec<(Arc<str>, Js)>,
    index: BTreeMap<Arc<str>, usize>,
    pub(crate) depth: u32,
}

#[derive(Clone)]
pub(crate) enum Function {
    Arrow(Arc<Arrow>, Env),
    /// By its path: `Math.floor`. Also what only holds others: `Math`.
    Builtin(&'static str),
    /// A method read from a value without being called.
    Method,
}

/// The parameters in force, innermost first.
pub(crate) type Env = Option<Arc<Frame>>;

pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) value: Js,
    pub(crate) outer: Env,
    pub(crate) depth: u32,
}

impl Js {
    pub(crate) fn list(items: Vec<Self>) -> Self {
        let depth = deepest(&items);
        Self::List(Arc::new(List {
            items,
            depth,
            found: None,
        }))
    }

    pub(crate) fn map(entries: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        Self::Map(Arc::new(Map::new(entries)))
    }

    pub(crate) fn author(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::author(text))
    }

    pub(crate) fn data(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::data(text))
    }

    /// How deep the value holds others.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) | Self::Url(map) => map.depth,
            Self::Function(Function::Arrow(_, Some(frame))) => frame.depth,
            _ => 0,
        }
    }

    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(b) => *b,
            Self::Number(n) => *n != 0.0 && !n.is_nan(),
            Self::Text(text) => !text.as_str().is_empty(),
            _ => true,
        }
    }

    /// Whether it is neither an object nor a function.
    pub(crate) const fn is_primitive(&self) -> bool {
        matches!(
            self,
            Self::Undefined | Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_)
        )
    }

    pub(crate) const fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// The word of `typeof`.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Function(_) => "function",
            _ => "object",
        }
    }
}

impl From<bool> for Js {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<f64> for Js {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<usize> for Js {
    fn from(n: usize) -> Self {
        Self::Number(n as f64)
    }
}

impl From<Text> for Js {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

fn deepest<'a>(items: impl IntoIterator<Item = &'a Js>) -> u32 {
    items.into_iter().map(Js::depth).max().unwrap_or(0) + 1
}

impl Map {
    /// The last value of a key wins, at the place of its first.
    pub(crate) fn new(entries: impl IntoIterator<Item = (Arc<str>, Js)>) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.put(key, value);
        }
        map.depth = deepest(map.entries.iter().map(|(_, value)| value));
        map.sort_numbers_first();
        map
    }

    fn put(&mut self, key: Arc<str>, value: Js) {
        let place = self
            .index
            .get(&key)
            .and_then(|at| self.entries.get_mut(*at));
        if let Some(place) = place {
            place.1 = value;
        } else {
            self.index.insert(key.clone(), self.entries.len());
            self.entries.push((key, value));
        }
    }

    fn sort_numbers_first(&mut self) {
        if !self.entries.iter().any(|(key, _)| element(key).is_some()) {
            return;
        }
        self.entries
            .sort_by_key(|(key, _)| element(key).map_or(u64::MAX, u64::from));
        let keys = self.entries.iter().enumerate();
        self.index = keys.map(|(at, (key, _))| (key.clone(), at)).collect();
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Js> {
        self.entries
            .get(*self.index.get(key)?)
            .map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(Arc<str>, Js)] {
        &self.entries
    }
}

/// The number that a key writes in the one way that counts as an index.
pub(crate) fn element(key: &str) -> Option<u32> {
    let number = key.parse::<u32>().ok()?;
    let plain = key.bytes().all(|b| b.is_ascii_digit());
    (plain && (key == "0" || !key.starts_with('0')) && number != u32::MAX).then_some(number)
}
