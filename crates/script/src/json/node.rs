//! JSON values with their places.

use crate::sink::push_child;
use alloc::{
    borrow::Cow,
    collections::BTreeSet,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_template::Template;
use collodi_value::{Object, Value};
use core::ops::Range;

/// A value and its bytes in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node<'a> {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind<'a>,
}

/// What a node is. Nesting is limited by the parser, so recursion over it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'a> {
    /// Nothing that could be read; there is a diagnostic about it already.
    Missing,
    Null,
    Bool(bool),
    Number(f64),
    /// Borrowed from the text when that is written as it reads.
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node<'a>,
}

impl<'a> Node<'a> {
    pub(crate) const fn new(span: Range<usize>, kind: Kind<'a>) -> Self {
        Self { span, kind }
    }

    /// The value of `key`; of several, the last, as JavaScript has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.member(key).map(|member| &member.value)
    }

    /// The member `key`; of several, the last.
    pub(crate) fn member(&self, key: &str) -> Option<&Member<'a>> {
        self.members().iter().rev().find(|m| m.key == key)
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> &[Member<'a>] {
        if let Kind::Object(members) = &self.kind {
            members
        } else {
            &[]
        }
    }

    /// The items of a list.
    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let Kind::Array(items) = &self.kind {
            Some(items)
        } else {
            None
        }
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Kind::String(text) = &self.kind {
            Some(text)
        } else {
            None
        }
    }

    pub(crate) const fn is_missing(&self) -> bool {
        matches!(self.kind, Kind::Missing)
    }

    pub(crate) const fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Object(_))
    }

    pub(crate) const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The kind of value in a word, for messages.
    pub(crate) const fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Missing => "nothing",
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }

    /// Whether JavaScript takes the value for true.
    pub(crate) fn is_truthy(&self) -> bool {
        match &self.kind {
            Kind::Missing | Kind::Null => false,
            Kind::Bool(b) => *b,
            Kind::Number(n) => *n != 0.0 && !n.is_nan(),
            Kind::String(text) => !text.is_empty(),
            Kind::Array(_) | Kind::Object(_) => true,
        }
    }

    /// The node that a JSON pointer names.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Self> {
        let Some(path) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(self);
        };
        path.split('/')
            .try_fold(self, |node, token| match token.contains('~') {
                false => node.child(token),
                true => node.child(&token.replace("~1", "/").replace("~0", "~")),
            })
    }

    /// The JSON pointer of `node`, which is this value or lies inside, by going down to it.
    pub(crate) fn pointer_to(&self, node: &Self) -> String {
        // Most are as long as `/run/10/params/message/0`.
        let (mut at, mut pointer) = (self, String::with_capacity(32));
        while !core::ptr::eq(at, node) {
            let Some((token, child)) = at.child_around(node.span.start) else {
                break;
            };
            push_child(&mut pointer, &token);
            at = child;
        }
        pointer
    }

    /// The child that byte `at` belongs to, by its token: the last that does not begin behind it.
    /// No two begin at one byte.
    fn child_around(&self, at: usize) -> Option<(Cow<'_, str>, &Self)> {
        match &self.kind {
            Kind::Array(items) => {
                let index = items.partition_point(|item| item.span.start <= at);
                let index = index.checked_sub(1)?;
                Some((index.to_string().into(), items.get(index)?))
            }
            _ => {
                let members = self.members();
                let behind = members.partition_point(|member| member.value.span.start <= at);
                let member = members.get(behind.checked_sub(1)?)?;
                Some((Cow::Borrowed(&member.key), &member.value))
            }
        }
    }

    fn child(&self, token: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Array(items) => items.get(token.parse::<usize>().ok()?),
            _ => self.get(token),
        }
    }

    /// The value without places. A repeated key keeps its first place and its last value.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Missing | Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => Value::Number(*n),
            Kind::String(text) => Value::String(text.clone().into_owned()),
            Kind::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Kind::Object(members) => {
                let members = members.iter();
                let entries = members.map(|m| (&*m.key, m.value.to_value()));
                Value::Object(entries.collect::<Object>())
            }
        }
    }

    /// The value without places, its texts read as templates.
    pub(crate) fn to_template(&self) -> Template {
        self.template(&mut Texts::default())
    }

    fn template(&self, texts: &mut Texts) -> Template {
        match &self.kind {
            Kind::String(text) => Template::text(texts.shared(text)),
            Kind::Array(items) => Template::list(items.iter().map(|item| item.template(texts))),
            Kind::Object(members) => {
                let members = members.iter();
                Template::object(members.map(|m| (texts.shared(&m.key), m.value.template(texts))))
            }
            _ => Template::parse(&self.to_value()),
        }
    }
}

/// Texts, each held once: the steps of a script have the same few keys and methods.
#[derive(Default)]
struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.0.insert(Arc::clone(&text));
        text
    }
}
