//! The variables `local.…`: which of them some step sets, as far as the file shows.

use super::spot::is_template;
use crate::{
    Method, Script, Step,
    json::{Kind, Node},
    suggest::nearest,
};
use alloc::collections::BTreeSet;

/// The names that steps of a file set below `local`.
#[derive(Debug, Default)]
pub(super) struct Locals<'a> {
    names: BTreeSet<&'a str>,
    /// Whether other names may be set too: a template names one, or code that is not read here.
    open: bool,
}

impl<'a> Locals<'a> {
    /// What the steps of all lists of `script` set, whose value is `root`.
    pub(super) fn of(root: &'a Node<'a>, script: &Script) -> Self {
        let mut locals = Self::default();
        for (at, step) in script.all_steps() {
            if let Some(node) = root.pointer(&at.pointer()) {
                locals.step(step, node);
            }
        }
        locals
    }

    /// Whether a step sets the name for sure, whatever else may be set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether no step can have set the name.
    pub(super) fn lack(&self, name: &str) -> bool {
        !self.open && !self.has(name)
    }

    /// The name that is meant, when one is near enough.
    pub(super) fn nearest(&self, name: &str) -> Option<&'a str> {
        nearest(name, self.names.iter().copied())
    }

    fn step(&mut self, step: &Step, node: &'a Node<'a>) {
        self.returned(node.get("returns"));
        let params = node.get("params");
        match step.method {
            Method::LocalSet => self.set(params),
            Method::Set => self.generic(params),
            Method::JsonGet | Method::LocalImport => self.keys(params),
            Method::Module(_) | Method::Kernel(_) => self.open = true,
            _ => {}
        }
    }

    /// `local.set` has names to values, or `key` and `value`; a list or a template is the
    /// whole map.
    fn set(&mut self, params: Option<&'a Node<'a>>) {
        if let Some(key) = params.and_then(|params| params.get("key")?.as_str()) {
            self.add(key);
        }
        self.keys(params);
    }

    /// `set` has the names below `local`.
    fn generic(&mut self, params: Option<&'a Node<'a>>) {
        match params {
            Some(params) if params.is_object() => {
                let templated = |member: &&crate::json::Member<'_>| is_template(&member.key);
                self.open |= params.members().iter().any(|m| templated(&m));
                if let Some(local) = params.get("local") {
                    self.keys(Some(local));
                }
            }
            Some(_) => self.open = true,
            None => {}
        }
    }

    fn keys(&mut self, params: Option<&'a Node<'a>>) {
        match params.map(|params| &params.kind) {
            Some(Kind::Object(members)) => members.iter().for_each(|m| self.add(&m.key)),
            Some(_) => self.open = true,
            None => {}
        }
    }

    /// Names are dotted paths; of one that is computed nothing is known.
    fn add(&mut self, key: &'a str) {
        match key.split(['.', '[']).next() {
            Some(name) if !name.is_empty() && !is_template(key) => {
                self.names.insert(name);
            }
            _ => self.open = true,
        }
    }

    /// `returns` names a variable, or has an object of them.
    fn returned(&mut self, returns: Option<&'a Node<'a>>) {
        let mut add = |text: &'a str| {
            if let Some(name) = text.strip_prefix("local.") {
                self.add(name);
            } else if is_template(text) {
                self.open = true;
            }
        };
        match returns.map(|returns| &returns.kind) {
            Some(Kind::String(text)) => add(text),
            Some(Kind::Object(members)) => members.iter().for_each(|m| add(&m.key)),
            _ => {}
        }
    }
}
