//! Templates: JSON whose texts may hold expressions.

use crate::{Problem, Reference};
use alloc::{string::String, vec::Vec};
use collodi_value::Value;

/// A JSON value whose texts (keys too) were read once for expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    node: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Literal(Value),
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
}

impl Template {
    /// Reads `value`. Never fails: a text that is not a good template stays as
    /// it is and is a [`Problem`].
    pub fn parse(value: &Value) -> Self {
        Self {
            node: Node::Literal(value.clone()),
        }
    }

    /// What is wrong with the texts.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        core::iter::empty()
    }

    /// The free names that the expressions use.
    pub fn references(&self) -> impl Iterator<Item = Reference> {
        core::iter::empty()
    }

    /// Whether there is nothing to evaluate.
    pub fn is_static(&self) -> bool {
        true
    }

    /// The member `key` of an object, by the key as it is written.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.node {
            Node::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, t)| t),
            _ => None,
        }
    }

    /// The element `index` of a list.
    pub fn item(&self, index: usize) -> Option<&Self> {
        match &self.node {
            Node::Array(items) => items.get(index),
            _ => None,
        }
    }
}
