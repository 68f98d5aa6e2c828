//! The parser: recursive descent, with a limit on how deep brackets nest.

use super::{
    Element, Entry, Expr, Key, Link, LogicalOp, Name, Piece, Step, SyntaxError, UnaryOp,
    arrow::arrow,
    cursor::{Cursor, is_name_start},
    literal,
    operator::{Operator, operator},
};
use crate::ProblemKind;
use alloc::{borrow::ToOwned, boxed::Box, string::String, sync::Arc, vec::Vec};

pub(super) type Parsed<T> = Result<T, SyntaxError>;

/// How deep brackets may nest.
pub(super) const MAX_DEPTH: u32 = 48;

/// Words that cannot be names.
pub(super) const RESERVED: &[&str] = &[
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "try",
    "var",
    "while",
    "with",
    "yield",
];

/// Reads the expression of `text` that begins at byte `at`. Returns it, and
/// where it ends: behind blanks, at what cannot belong to it.
pub(crate) fn parse(text: &str, at: usize) -> Parsed<(Expr, usize)> {
    let mut cursor = Cursor::new(text, at);
    let expr = expression(&mut cursor)?;
    cursor.skip_blanks();
    Ok((expr, cursor.at))
}

/// Runs `read` one level deeper.
fn deeper<'t, T>(
    cursor: &mut Cursor<'t>,
    read: impl FnOnce(&mut Cursor<'t>) -> Parsed<T>,
) -> Parsed<T> {
    if cursor.depth >= MAX_DEPTH {
        return Err(cursor.error(ProblemKind::TooDeep));
    }
    cursor.depth += 1;
    let result = read(cursor);
    cursor.depth -= 1;
    result
}

pub(super) fn expression(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    deeper(cursor, |cursor| match arrow(cursor)? {
        Some(arrow) => Ok(arrow),
        None => conditional(cursor),
    })
}

fn conditional(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let mut arms = Vec::new();
    loop {
        let test = binary(cursor, 0)?;
        cursor.skip_blanks();
        if !cursor.eat_exactly("?") {
            return Ok(if arms.is_empty() {
                test
            } else {
                Expr::Conditional(arms, Box::new(test))
            });
        }
        let then = expression(cursor)?;
        cursor.expect(":")?;
        arms.push((test, then));
        if let Some(last) = arrow(cursor)? {
            return Ok(Expr::Conditional(arms, Box::new(last)));
        }
    }
}

/// Reads operators of at least rank `least`.
fn binary(cursor: &mut Cursor<'_>, least: u8) -> Parsed<Expr> {
    let mut left = unary(cursor)?;
    let mut joined = None;
    loop {
        cursor.skip_blanks();
        let Some((length, op, rank)) = operator(cursor.rest()).filter(|(.., rank)| *rank >= least)
        else {
            return Ok(left);
        };
        check_mixture(cursor, &left, joined, op)?;
        cursor.at += length;
        let right = if rank == POWER {
            deeper(cursor, |cursor| binary(cursor, rank))?
        } else {
            binary(cursor, rank + 1)?
        };
        left = join(left, joined, (op, rank), right);
        joined = Some((op, rank));
    }
}

/// The rank of `**`, which groups to the right.
const POWER: u8 = 12;

/// JavaScript wants brackets where readers would guess.
fn check_mixture(
    cursor: &Cursor<'_>,
    left: &Expr,
    joined: Option<(Operator, u8)>,
    op: Operator,
) -> Parsed<()> {
    let nullish = Operator::Logical(LogicalOp::Nullish);
    let is_logical = |op| matches!(op, Operator::Logical(_));
    let mixed = joined.is_some_and(|(last, _)| {
        last != op && is_logical(last) && (op == nullish || (last == nullish && is_logical(op)))
    });
    let power_of_unary = matches!(op, Operator::Binary(super::BinaryOp::Power))
        && joined.is_none()
        && matches!(left, Expr::Unary(..));
    if mixed || power_of_unary {
        Err(cursor.expected("brackets"))
    } else {
        Ok(())
    }
}

/// `left op right`, in one list with what was joined before by the same rank.
fn join(left: Expr, joined: Option<(Operator, u8)>, by: (Operator, u8), right: Expr) -> Expr {
    match (left, by.0) {
        (Expr::Binary(first, mut rest), Operator::Binary(op)) if same_rank(joined, by.1) => {
            rest.push((op, right));
            Expr::Binary(first, rest)
        }
        (Expr::Logical(last, mut parts), Operator::Logical(op))
            if joined.is_some() && last == op =>
        {
            parts.push(right);
            Expr::Logical(op, parts)
        }
        (left, Operator::Binary(op)) => Expr::Binary(Box::new(left), alloc::vec![(op, right)]),
        (left, Operator::Logical(op)) => Expr::Logical(op, alloc::vec![left, right]),
    }
}

fn same_rank(joined: Option<(Operator, u8)>, rank: u8) -> bool {
    joined.is_some_and(|(_, last)| last == rank)
}

fn unary(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    match unary_operator(cursor)? {
        Some(op) => Ok(Expr::Unary(op, Box::new(deeper(cursor, unary)?))),
        None => postfix(cursor),
    }
}

fn unary_operator(cursor: &mut Cursor<'_>) -> Parsed<Option<UnaryOp>> {
    let mut word = *cursor;
    let op = match word.name() {
        Some("typeof") => Some(UnaryOp::Typeof),
        Some("void") => Some(UnaryOp::Void),
        Some(_) => None,
        None => return sign(cursor),
    };
    if op.is_some() {
        *cursor = word;
    }
    Ok(op)
}

fn sign(cursor: &mut Cursor<'_>) -> Parsed<Option<UnaryOp>> {
    if cursor.rest().starts_with("++") || cursor.rest().starts_with("--") {
        return Err(cursor.error(ProblemKind::Unsupported("an assignment")));
    }
    let op = match cursor.peek() {
        Some('!') => UnaryOp::Not,
        Some('-') => UnaryOp::Minus,
        Some('+') => UnaryOp::Plus,
        Some('~') => UnaryOp::BitNot,
        _ => return Ok(None),
    };
    cursor.bump();
    Ok(Some(op))
}

/// A value and all `.name`, `[index]` and `(arguments)` behind it.
fn postfix(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let base = primary(cursor)?;
    let mut links = Vec::new();
    while let Some(link) = link(cursor)? {
        links.push(link);
    }
    Ok(if links.is_empty() {
        base
    } else {
        Expr::Chain(Box::new(base), links)
    })
}

fn link(cursor: &mut Cursor<'_>) -> Parsed<Option<Link>> {
    cursor.skip_blanks();
    let optional = is_optional(cursor.rest()) && cursor.eat_exactly("?.");
    cursor.skip_blanks();
    let step = if cursor.eat_exactly("[") {
        let index = expression(cursor)?;
        cursor.expect("]")?;
        Step::Index(index)
    } else if cursor.eat_exactly("(") {
        Step::Call(elements(cursor, ")")?)
    } else if optional || (cursor.peek() == Some('.') && cursor.eat_exactly(".")) {
        cursor.skip_blanks();
        Step::Member(
            cursor
                .name()
                .ok_or_else(|| cursor.expected("a name"))?
                .to_owned(),
        )
    } else {
        return Ok(None);
    };
    Ok(Some(Link { optional, step }))
}

/// `a?.5:b` is a condition, not an access.
fn is_optional(rest: &str) -> bool {
    rest.strip_prefix("?.")
        .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit()))
}

fn primary(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    match cursor.peek() {
        Some(quote @ ('\'' | '"')) => {
            cursor.bump();
            Ok(Expr::Text(literal::text(cursor, quote)?.into()))
        }
        Some('`') => template(cursor),
        Some('(') => group(cursor),
        Some('[') => {
            cursor.bump();
            Ok(Expr::List(elements(cursor, "]")?))
        }
        Some('{') => map(cursor),
        Some('/') => Ok(Expr::Pattern(Arc::new(literal::pattern(cursor)?))),
        Some(c) if c.is_ascii_digit() || c == '.' => Ok(Expr::Number(literal::number(cursor)?)),
        Some(c) if is_name_start(c) => word(cursor),
        _ => Err(cursor.expected("a value")),
    }
}

fn group(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.bump();
    let inner = expression(cursor)?;
    cursor.expect(")")?;
    // An empty chain keeps the brackets: `(a?.b).c` and `(a, b)` differ from the same without.
    Ok(Expr::Chain(Box::new(inner), Vec::new()))
}

fn word(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    let start = cursor.at;
    let text = cursor.name().unwrap_or_default();
    Ok(match text {
        "null" => Expr::Null,
        "true" => Expr::Bool(true),
        "false" => Expr::Bool(false),
        "new" => return construction(cursor),
        _ if RESERVED.contains(&text) => {
            let kind = ProblemKind::Unsupported(reserved(text));
            return Err(SyntaxError { at: start, kind });
        }
        _ => Expr::Name(Name {
            text: text.to_owned(),
            span: start..cursor.at,
        }),
    })
}

fn reserved(text: &str) -> &'static str {
    RESERVED
        .iter()
        .find(|word| **word == text)
        .unwrap_or(&"this word")
}

fn construction(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.skip_blanks();
    let start = cursor.at;
    let text = cursor.name().ok_or_else(|| cursor.expected("a name"))?;
    let name = Name {
        text: text.to_owned(),
        span: start..cursor.at,
    };
    let args = if cursor.eat("(") {
        elements(cursor, ")")?
    } else {
        Vec::new()
    };
    Ok(Expr::New(name, args))
}

/// Elements up to `close`, which is taken.
fn elements(cursor: &mut Cursor<'_>, close: &'static str) -> Parsed<Vec<Element>> {
    let mut elements = Vec::new();
    while !cursor.eat(close) {
        // A place that is left out of a list.
        if close == "]" && cursor.eat_exactly(",") {
            elements.push(Element {
                spread: false,
                value: Expr::Unary(UnaryOp::Void, Box::new(Expr::Null)),
            });
            continue;
        }
        let spread = cursor.eat_exactly("...");
        let value = expression(cursor)?;
        elements.push(Element { spread, value });
        if !cursor.eat(",") {
            cursor.expect(close)?;
            break;
        }
    }
    Ok(elements)
}

fn map(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.bump();
    let mut entries = Vec::new();
    while !cursor.eat("}") {
        entries.push(entry(cursor)?);
        if !cursor.eat(",") {
            cursor.expect("}")?;
            break;
        }
    }
    Ok(Expr::Map(entries))
}

fn entry(cursor: &mut Cursor<'_>) -> Parsed<Entry> {
    if cursor.eat_exactly("...") {
        return Ok(Entry::Spread(expression(cursor)?));
    }
    let start = cursor.at;
    let is_name = cursor.peek().is_some_and(is_name_start);
    let key = key(cursor)?;
    cursor.skip_blanks();
    match key {
        Key::Text(text) if is_name && matches!(cursor.peek(), Some(',' | '}')) => {
            let mut again = *cursor;
            again.at = start;
            let value = word(&mut again)?;
            Ok(Entry::Member(Key::Text(text), value))
        }
        key => {
            cursor.expect(":")?;
            Ok(Entry::Member(key, expression(cursor)?))
        }
    }
}

fn key(cursor: &mut Cursor<'_>) -> Parsed<Key> {
    match cursor.peek() {
        Some(quote @ ('\'' | '"')) => {
            cursor.bump();
            Ok(Key::Text(literal::text(cursor, quote)?))
        }
        Some('[') => {
            cursor.bump();
            let computed = expression(cursor)?;
            cursor.expect("]")?;
            Ok(Key::Computed(computed))
        }
        Some(c) if c.is_ascii_digit() || c == '.' => {
            let number = literal::number(cursor)?;
            Ok(Key::Text(collodi_value::number_to_text(number)))
        }
        _ => cursor
            .name()
            .map(|name| Key::Text(name.to_owned()))
            .ok_or_else(|| cursor.expected("a key")),
    }
}

fn template(cursor: &mut Cursor<'_>) -> Parsed<Expr> {
    cursor.bump();
    let mut pieces = Vec::new();
    let mut text = String::new();
    loop {
        if cursor.eat_exactly("${") {
            pieces.push(Piece::Text(core::mem::take(&mut text).into()));
            pieces.push(Piece::Expr(expression(cursor)?));
            cursor.expect("}")?;
            continue;
        }
        match cursor.bump() {
            None => return Err(cursor.error(ProblemKind::UnclosedText)),
            Some('`') => break,
            Some('\\') => literal::escape(cursor, &mut text)?,
            Some(c) => text.push(c),
        }
    }
    pieces.push(Piece::Text(text.into()));
    Ok(Expr::Template(pieces))
}
