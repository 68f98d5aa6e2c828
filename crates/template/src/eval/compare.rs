//! Equality and order.

use super::{Evaluator, Result};
use crate::{
    syntax::BinaryOp,
    value::{Function, Js, units},
};
use alloc::sync::Arc;
use core::cmp::Ordering;

/// `a === b`.
pub(crate) fn same(a: &Js, b: &Js) -> bool {
    match (a, b) {
        (Js::Undefined, Js::Undefined) | (Js::Null, Js::Null) => true,
        (Js::Bool(a), Js::Bool(b)) => a == b,
        (Js::Number(a), Js::Number(b)) => a == b,
        (Js::Text(a), Js::Text(b)) => a.as_str() == b.as_str(),
        (Js::List(a), Js::List(b)) => Arc::ptr_eq(a, b),
        (Js::Map(a), Js::Map(b)) | (Js::Url(a), Js::Url(b)) => Arc::ptr_eq(a, b),
        (Js::Pattern(a), Js::Pattern(b)) => Arc::ptr_eq(a, b),
        (Js::Bytes(a), Js::Bytes(b)) => Arc::ptr_eq(a, b),
        (Js::Function(a), Js::Function(b)) => same_function(a, b),
        _ => false,
    }
}

fn same_function(a: &Function, b: &Function) -> bool {
    match (a, b) {
        (Function::Builtin(a), Function::Builtin(b)) => a == b,
        (Function::Arrow(a, _), Function::Arrow(b, _)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// As `===`, but NaN is NaN: what `includes` and sets of values use.
pub(crate) fn same_value(a: &Js, b: &Js) -> bool {
    match (a, b) {
        (Js::Number(a), Js::Number(b)) if a.is_nan() && b.is_nan() => true,
        _ => same(a, b),
    }
}

impl Evaluator<'_> {
    /// `a == b`.
    pub(super) fn equal(&mut self, a: &Js, b: &Js) -> Result<bool> {
        if a.is_nullish() || b.is_nullish() {
            return Ok(a.is_nullish() && b.is_nullish());
        }
        match (!a.is_primitive(), !b.is_primitive()) {
            (true, true) => return Ok(same(a, b)),
            (true, false) => {
                let a = self.primitive_of(a)?;
                return self.equal_primitives(&a, b);
            }
            (false, true) => {
                let b = self.primitive_of(b)?;
                return self.equal_primitives(a, &b);
            }
            (false, false) => {}
        }
        self.equal_primitives(a, b)
    }

    fn equal_primitives(&mut self, a: &Js, b: &Js) -> Result<bool> {
        if a.type_name() == b.type_name() {
            return Ok(same(a, b));
        }
        Ok(self.number_of(a)? == self.number_of(b)?)
    }

    /// `a < b` and its relatives.
    pub(super) fn ordered(&mut self, op: BinaryOp, a: &Js, b: &Js) -> Result<bool> {
        let (a, b) = (self.primitive_of(a)?, self.primitive_of(b)?);
        let order = match (&a, &b) {
            (Js::Text(a), Js::Text(b)) => Some(units::compare(a.as_str(), b.as_str())),
            _ => self.number_of(&a)?.partial_cmp(&self.number_of(&b)?),
        };
        Ok(order.is_some_and(|order| match op {
            BinaryOp::Less => order == Ordering::Less,
            BinaryOp::LessOrEqual => order != Ordering::Greater,
            BinaryOp::Greater => order == Ordering::Greater,
            _ => order != Ordering::Less,
        }))
    }
}
