//! A value and where it is.

use crate::{
    Diagnostic, Severity,
    json::{Kind, Member, Node},
};
use alloc::{format, string::String};
use core::{fmt, ops::Range};

/// A node of a file. Its pointer is made when there is something to say about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'a> {
    root: &'a Node<'a>,
    pub(crate) node: &'a Node<'a>,
}

impl<'a> Spot<'a> {
    pub(crate) const fn root(root: &'a Node<'a>) -> Self {
        Self { root, node: root }
    }

    const fn at(self, node: &'a Node<'a>) -> Self {
        Self { node, ..self }
    }

    /// The JSON pointer of the value.
    pub(crate) fn pointer(&self) -> String {
        self.root.pointer_to(self.node)
    }

    /// The value of `key`; of several, the last.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| self.at(node))
    }

    /// The value of `key`, unless it is null or could not be read.
    pub(crate) fn given(&self, key: &str) -> Option<Self> {
        self.get(key)
            .filter(|spot| !spot.node.is_null() && !spot.node.is_missing())
    }

    /// The value that a JSON pointer below this one names.
    pub(crate) fn below(&self, pointer: &str) -> Option<Self> {
        self.node.pointer(pointer).map(|node| self.at(node))
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a Member<'a>, Self)> + use<'a> {
        let spot = *self;
        let members = self.node.members().iter();
        members.map(move |member| (member, spot.at(&member.value)))
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> + use<'a> {
        let spot = *self;
        let items = self.node.as_array().unwrap_or_default();
        items.iter().map(move |node| spot.at(node))
    }

    /// What to point at: the value, or the opening bracket of a large one.
    pub(crate) const fn head(&self) -> Range<usize> {
        match self.node.kind {
            Kind::Array(_) | Kind::Object(_) => self.node.span.start..self.node.span.start + 1,
            _ => self.node.span.start..self.node.span.end,
        }
    }

    /// The text, when it is one without templates.
    pub(crate) fn static_text(&self) -> Option<&'a str> {
        self.node.as_str().filter(|text| !is_template(text))
    }

    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, self.head(), message).at(self.pointer())
    }

    pub(crate) fn warning(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, self.head(), message).at(self.pointer())
    }

    pub(crate) fn notice(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Notice, code, self.head(), message).at(self.pointer())
    }

    pub(crate) fn wrong_type(
        &self,
        what: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> Diagnostic {
        let found = self.node.kind_name();
        self.error("wrong-type", format!("{what} is {expected}, not {found}"))
    }
}

/// Whether a text is one template and nothing else, so that its value keeps its kind.
pub(crate) fn is_one_template(text: &str) -> bool {
    let inside = text.trim().strip_prefix("{{");
    let inside = inside.and_then(|rest| rest.strip_suffix("}}"));
    inside.is_some_and(|inside| !(inside.contains("}}") && inside.contains("{{")))
}

/// Whether a text may hold a template: its value is known at run time only.
pub(crate) fn is_template(text: &str) -> bool {
    // One sign is looked for quicker than two.
    text.contains('{') && text.contains("{{")
}
