//! The operators between two values, by rank.

use super::ast::{BinaryOp, LogicalOp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Binary(BinaryOp),
    Logical(LogicalOp),
}

/// Spelling, operator, rank. A spelling stands before its own prefixes.
const OPERATORS: &[(&str, Operator, u8)] = &[
    ("===", Operator::Binary(BinaryOp::Same), 7),
    ("!==", Operator::Binary(BinaryOp::NotSame), 7),
    (">>>", Operator::Binary(BinaryOp::ShiftRightUnsigned), 9),
    ("**", Operator::Binary(BinaryOp::Power), 12),
    ("==", Operator::Binary(BinaryOp::Equal), 7),
    ("!=", Operator::Binary(BinaryOp::NotEqual), 7),
    ("<=", Operator::Binary(BinaryOp::LessOrEqual), 8),
    (">=", Operator::Binary(BinaryOp::GreaterOrEqual), 8),
    ("<<", Operator::Binary(BinaryOp::ShiftLeft), 9),
    (">>", Operator::Binary(BinaryOp::ShiftRight), 9),
    ("&&", Operator::Logical(LogicalOp::And), 2),
    ("||", Operator::Logical(LogicalOp::Or), 1),
    ("??", Operator::Logical(LogicalOp::Nullish), 1),
    ("<", Operator::Binary(BinaryOp::Less), 8),
    (">", Operator::Binary(BinaryOp::Greater), 8),
    ("+", Operator::Binary(BinaryOp::Add), 10),
    ("-", Operator::Binary(BinaryOp::Subtract), 10),
    ("*", Operator::Binary(BinaryOp::Multiply), 11),
    ("/", Operator::Binary(BinaryOp::Divide), 11),
    ("%", Operator::Binary(BinaryOp::Remainder), 11),
    ("|", Operator::Binary(BinaryOp::BitOr), 3),
    ("^", Operator::Binary(BinaryOp::BitXor), 4),
    ("&", Operator::Binary(BinaryOp::BitAnd), 5),
    ("instanceof", Operator::Binary(BinaryOp::Instanceof), 8),
    ("in", Operator::Binary(BinaryOp::In), 8),
];

/// The operator that `rest` begins with: its length, itself and its rank.
pub(super) fn operator(rest: &str) -> Option<(usize, Operator, u8)> {
    let first = rest.bytes().next()?;
    if !b"=!>*<&|?+-/%^i".contains(&first) || rest.starts_with("//") {
        return None;
    }
    OPERATORS
        .iter()
        .find(|(text, ..)| rest.starts_with(text) && ends_here(text, rest))
        .map(|(text, operator, rank)| (text.len(), *operator, *rank))
}

/// A word operator ends where a name would.
fn ends_here(text: &str, rest: &str) -> bool {
    let next = rest.get(text.len()..).and_then(|r| r.chars().next());
    !text.starts_with('i') || !next.is_some_and(super::cursor::is_name_part)
}
