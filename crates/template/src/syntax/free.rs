//! The free names of an expression.

use super::{Element, Entry, Expr, Key, Link, Param, Piece, Step};
use alloc::{string::String, vec::Vec};
use core::ops::Range;

/// A free name with the members that are read from it as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FreeName {
    pub(crate) path: Vec<String>,
    pub(crate) called: bool,
    pub(crate) span: Range<usize>,
}

/// The free names of `expr`, in the order of the text. Recursion is bounded by
/// the parser's limit on nesting.
pub(crate) fn free_names(expr: &Expr) -> Vec<FreeName> {
    let mut walk = Walk {
        bound: Vec::new(),
        found: Vec::new(),
    };
    walk.expr(expr);
    walk.found
}

struct Walk<'e> {
    bound: Vec<&'e str>,
    found: Vec<FreeName>,
}

impl<'e> Walk<'e> {
    fn expr(&mut self, expr: &'e Expr) {
        match expr {
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Pattern(_) => {}
            Expr::Name(_) => self.chain(expr, &[]),
            Expr::Chain(base, links) => self.chain(base, links),
            Expr::Template(pieces) => pieces.iter().for_each(|piece| self.piece(piece)),
            Expr::List(elements) | Expr::New(_, elements) => self.elements(elements),
            Expr::Map(entries) => entries.iter().for_each(|entry| self.entry(entry)),
            Expr::Unary(_, operand) => self.expr(operand),
            Expr::Logical(_, parts) => parts.iter().for_each(|part| self.expr(part)),
            Expr::Binary(first, rest) => {
                self.expr(first);
                rest.iter().for_each(|(_, operand)| self.expr(operand));
            }
            Expr::Conditional(arms, otherwise) => {
                for (test, then) in arms {
                    self.expr(test);
                    self.expr(then);
                }
                self.expr(otherwise);
            }
            Expr::Arrow(arrow) => {
                let outer = self.bound.len();
                arrow.params.iter().for_each(|param| self.bind(param));
                self.expr(&arrow.body);
                self.bound.truncate(outer);
            }
        }
    }

    fn bind(&mut self, param: &'e Param) {
        match param {
            Param::Name(name) => self.bound.push(name),
            Param::List(parts) => parts.iter().flatten().for_each(|part| self.bind(part)),
            Param::Map(parts) => parts.iter().for_each(|(_, part)| self.bind(part)),
        }
    }

    fn piece(&mut self, piece: &'e Piece) {
        if let Piece::Expr(expr) = piece {
            self.expr(expr);
        }
    }

    fn elements(&mut self, elements: &'e [Element]) {
        elements
            .iter()
            .for_each(|element| self.expr(&element.value));
    }

    fn entry(&mut self, entry: &'e Entry) {
        match entry {
            Entry::Spread(value) | Entry::Member(Key::Text(_), value) => self.expr(value),
            Entry::Member(Key::Computed(key), value) => {
                self.expr(key);
                self.expr(value);
            }
        }
    }

    fn chain(&mut self, base: &'e Expr, links: &'e [Link]) {
        match base {
            Expr::Name(name) if !self.bound.contains(&name.text.as_str()) => {
                let written = links.iter().map_while(|link| segment(&link.step));
                let mut path = alloc::vec![name.text.clone()];
                path.extend(written);
                let next = links.get(path.len() - 1).map(|link| &link.step);
                self.found.push(FreeName {
                    called: matches!(next, Some(Step::Call(_))),
                    path,
                    span: name.span.clone(),
                });
            }
            Expr::Name(_) => {}
            other => self.expr(other),
        }
        for link in links {
            match &link.step {
                Step::Member(_) => {}
                Step::Index(index) => self.expr(index),
                Step::Call(args) => self.elements(args),
            }
        }
    }
}

/// The member that a step reads, when it is written out.
fn segment(step: &Step) -> Option<String> {
    match step {
        Step::Member(name) => Some(name.clone()),
        Step::Index(Expr::Text(text)) => Some(String::from(&**text)),
        Step::Index(Expr::Number(n)) => Some(collodi_value::number_to_text(*n)),
        _ => None,
    }
}
