//! The expression language: its tree, and the parser that reads it.

mod arrow;
mod ast;
mod cursor;
mod expression;
mod free;
mod literal;
mod operator;

pub(crate) use ast::{
    Arrow, BinaryOp, Element, Entry, Expr, Key, Link, LogicalOp, Name, Param, Piece, Step, UnaryOp,
};
pub(crate) use expression::parse;
pub(crate) use free::free_names;

use crate::ProblemKind;

/// Why a text is not an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) kind: ProblemKind,
}
