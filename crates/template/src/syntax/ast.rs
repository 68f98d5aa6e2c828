//! The tree of an expression. Sequences of equal rank are flat lists, so that
//! the depth of a tree is the depth of its brackets, which the parser limits.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use collodi_pattern::Pattern;
use core::ops::Range;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Null,
    Bool(bool),
    Number(f64),
    Text(Arc<str>),
    Template(Vec<Piece>),
    Name(Name),
    List(Vec<Element>),
    Map(Vec<Entry>),
    Arrow(Arc<Arrow>),
    Pattern(Arc<Pattern>),
    Unary(UnaryOp, Box<Expr>),
    Chain(Box<Expr>, Vec<Link>),
    /// Left to right, all of one rank.
    Binary(Box<Expr>, Vec<(BinaryOp, Expr)>),
    /// Left to right, all the same operator.
    Logical(LogicalOp, Vec<Expr>),
    /// `a ? b : c ? d : e` is two arms and the rest.
    Conditional(Vec<(Expr, Expr)>, Box<Expr>),
    New(Name, Vec<Element>),
}

/// A name and its bytes in the text of the template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// A part of a template literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(Arc<str>),
    Expr(Expr),
}

/// An element of a list, or an argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    pub(crate) spread: bool,
    pub(crate) value: Expr,
}

/// An entry of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    Member(Key, Expr),
    Spread(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Text(String),
    Computed(Expr),
}

/// `params => body`.
#[derive(Debug, PartialEq)]
pub(crate) struct Arrow {
    pub(crate) params: Vec<Param>,
    /// The last parameter takes all remaining arguments.
    pub(crate) rest: bool,
    pub(crate) body: Expr,
}

/// What an argument is taken apart into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    Name(String),
    List(Vec<Option<Param>>),
    Map(Vec<(String, Param)>),
}

/// One `.name`, `[index]` or `(arguments)`, perhaps behind `?.`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) optional: bool,
    pub(crate) step: Step,
}

impl Link {
    /// The name, when it is a written member.
    pub(crate) fn member(&self) -> Option<&str> {
        match &self.step {
            Step::Member(name) => Some(name),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Member(String),
    Index(Expr),
    Call(Vec<Element>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Not,
    Minus,
    Plus,
    BitNot,
    Typeof,
    Void,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogicalOp {
    And,
    Or,
    Nullish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Same,
    NotSame,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Instanceof,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
}
