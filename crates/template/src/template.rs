//! Templates: JSON whose texts may hold expressions.

use crate::{
    Problem, ProblemKind, Reference,
    syntax::free_names,
    text::{TextTemplate, has_braces},
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_value::{Object, Value};

/// How deep lists and objects may nest.
const MAX_DEPTH: u32 = 128;

/// A JSON value whose texts (keys too) were read once for expressions. A copy shares all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub(crate) node: Node,
    /// How many lists and objects lie in each other.
    levels: u32,
    /// Whether it comes out as it was written, and there is nothing to say about it.
    pub(crate) plain: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// `null`, a boolean or a number.
    Plain(Value),
    /// Nested too deeply to be looked into.
    TooDeep(Box<Value>),
    Text(TextTemplate),
    List(Arc<[Template]>),
    Object(Arc<[Entry]>),
}

impl Node {
    fn is_plain(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::TooDeep(_) => false,
            Self::Text(text) => text.is_plain(),
            Self::List(items) => items.iter().all(|item| item.plain),
            Self::Object(entries) => entries.iter().all(Entry::is_plain),
        }
    }

    fn levels(&self) -> u32 {
        let deepest = |levels: Option<u32>| 1 + levels.unwrap_or(0);
        match self {
            Self::Plain(_) | Self::TooDeep(_) | Self::Text(_) => 0,
            Self::List(items) => deepest(items.iter().map(|item| item.levels).max()),
            Self::Object(entries) => deepest(entries.iter().map(|e| e.value.levels).max()),
        }
    }

    fn source(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::TooDeep(value) => Value::clone(value),
            Self::Text(text) => Value::from(&*text.source),
            Self::List(items) => Value::Array(items.iter().map(Template::source).collect()),
            Self::Object(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|entry| (entry.key.clone(), entry.value.source()));
                Value::Object(entries.collect::<Object>())
            }
        }
    }
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Arc<str>,
    /// The key as a text, when it has braces.
    pub(crate) text: Option<Box<TextTemplate>>,
    pub(crate) value: Template,
}

impl Entry {
    fn new(key: Arc<str>, value: Template) -> Self {
        let text = has_braces(&key).then(|| Box::new(TextTemplate::parse(key.clone())));
        Self { key, text, value }
    }

    const fn is_plain(&self) -> bool {
        self.text.is_none() && self.value.plain
    }

    fn is_static(&self) -> bool {
        self.text.as_ref().is_none_or(|text| text.is_static()) && self.value.is_static()
    }
}

impl Template {
    /// Reads `value`. Never fails: a text that is not a good template stays as
    /// it is and is a [`Problem`]. Below 128 levels of lists and objects
    /// nothing is looked at, which is a problem too.
    pub fn parse(value: &Value) -> Self {
        Self::parse_below(value, 0)
    }

    fn parse_below(value: &Value, depth: u32) -> Self {
        let deeper = |value: &Value| Self::parse_below(value, depth + 1);
        match value {
            Value::String(text) => Self::text(text.as_str()),
            Value::Array(_) | Value::Object(_) if depth >= MAX_DEPTH => {
                Self::of(Node::TooDeep(Box::new(value.clone())))
            }
            Value::Array(items) => Self::list(items.iter().map(deeper)),
            Value::Object(object) => {
                let entries = object.entries().iter();
                Self::object(entries.map(|(key, value)| (key.clone(), deeper(value))))
            }
            plain => Self::of(Node::Plain(plain.clone())),
        }
    }

    /// Reads a text, as [`Template::parse`] does.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::of(Node::Text(TextTemplate::parse(text)))
    }

    /// The list of `items`. With more than 128 levels it is not looked into.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::of(Node::List(items.into_iter().collect()))
    }

    /// The object of `entries`, whose keys may hold expressions. Of several values of a key
    /// the last counts. With more than 128 levels it is not looked into.
    pub fn object(entries: impl IntoIterator<Item = (Arc<str>, Self)>) -> Self {
        let entries = entries.into_iter();
        let entries = entries.map(|(key, value)| Entry::new(key, value));
        Self::of(Node::Object(entries.collect()))
    }

    fn of(node: Node) -> Self {
        let levels = node.levels();
        if levels > MAX_DEPTH {
            return Self::of(Node::TooDeep(Box::new(node.source())));
        }
        Self {
            plain: node.is_plain(),
            levels,
            node,
        }
    }

    /// What is wrong with the texts, in their order. The problem of a key has
    /// the pointer of its entry.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        let mut problems = Vec::new();
        self.walk(&mut String::new(), &mut |pointer, place| {
            let found = match place {
                Place::Text(text) => text.problems(),
                Place::TooDeep => &[(0..0, ProblemKind::TooDeep)],
            };
            problems.extend(found.iter().map(|(span, kind)| Problem {
                pointer: pointer.to_string(),
                span: span.clone(),
                kind: kind.clone(),
            }));
        });
        problems.into_iter()
    }

    /// The free names that the expressions use, in their order.
    pub fn references(&self) -> impl Iterator<Item = Reference> {
        let mut references = Vec::new();
        self.walk(&mut String::new(), &mut |pointer, place| {
            if let Place::Text(text) = place {
                let names = text.holes().flat_map(|hole| free_names(&hole.expr));
                references.extend(names.map(|name| Reference {
                    path: name.path,
                    called: name.called,
                    pointer: pointer.to_string(),
                    span: name.span,
                }));
            }
        });
        references.into_iter()
    }

    /// Whether there is nothing to evaluate.
    pub fn is_static(&self) -> bool {
        self.plain || self.has_no_expression()
    }

    fn has_no_expression(&self) -> bool {
        match &self.node {
            Node::Plain(_) | Node::TooDeep(_) => true,
            Node::Text(text) => text.is_static(),
            Node::List(items) => items.iter().all(Self::is_static),
            Node::Object(entries) => entries.iter().all(Entry::is_static),
        }
    }

    /// Whether it comes out as it was written, and there is nothing to say about it.
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether it is one text that is a single expression, whose value keeps its type.
    pub fn is_whole(&self) -> bool {
        matches!(&self.node, Node::Text(text) if text.whole().is_some())
    }

    /// The text as it was written, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.node {
            Node::Text(text) => Some(&text.source),
            _ => None,
        }
    }

    /// The value, when it is `null`, a boolean or a number.
    pub fn as_plain(&self) -> Option<&Value> {
        match &self.node {
            Node::Plain(value) => Some(value),
            _ => None,
        }
    }

    /// The member `key` of an object, by the key as it is written.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries().rev();
        entries
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The element `index` of a list.
    pub fn item(&self, index: usize) -> Option<&Self> {
        self.items().get(index)
    }

    /// The elements of a list; none when it is none.
    pub fn items(&self) -> &[Self] {
        match &self.node {
            Node::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of an object, with the keys as they are written.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&str, &Self)> {
        let entries: &[_] = match &self.node {
            Node::Object(entries) => entries,
            _ => &[],
        };
        entries.iter().map(|entry| (&*entry.key, &entry.value))
    }

    /// Whether it is a list.
    pub const fn is_list(&self) -> bool {
        matches!(self.node, Node::List(_))
    }

    /// Whether it is an object.
    pub const fn is_object(&self) -> bool {
        matches!(self.node, Node::Object(_))
    }

    /// The value that was read.
    pub fn source(&self) -> Value {
        self.node.source()
    }

    fn walk(&self, pointer: &mut String, visit: &mut dyn FnMut(&str, Place<'_>)) {
        match &self.node {
            _ if self.plain => {}
            Node::Plain(_) => {}
            Node::TooDeep(_) => visit(pointer, Place::TooDeep),
            Node::Text(text) => visit(pointer, Place::Text(text)),
            Node::List(items) => {
                let items = items.iter().enumerate();
                for (index, item) in items.filter(|(_, item)| !item.plain) {
                    below(pointer, &index.to_string(), |pointer| {
                        item.walk(pointer, visit);
                    });
                }
            }
            Node::Object(entries) => {
                for entry in entries.iter().filter(|entry| !entry.is_plain()) {
                    below(pointer, &entry.key, |pointer| {
                        if let Some(text) = &entry.text {
                            visit(pointer, Place::Text(text));
                        }
                        entry.value.walk(pointer, visit);
                    });
                }
            }
        }
    }
}

enum Place<'t> {
    Text(&'t TextTemplate),
    TooDeep,
}

/// Runs `visit` with `token` added to the JSON pointer.
fn below<T>(pointer: &mut String, token: &str, visit: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    push_token(pointer, token);
    let result = visit(pointer);
    pointer.truncate(length);
    result
}

/// Adds `token` to the JSON pointer.
pub(crate) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    if !token.contains(['~', '/']) {
        return pointer.push_str(token);
    }
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}
