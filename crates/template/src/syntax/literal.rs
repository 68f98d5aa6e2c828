//! Texts, numbers and regular expressions.

use super::{
    SyntaxError,
    cursor::{Cursor, is_name_part, is_name_start},
};
use crate::ProblemKind;
use alloc::{string::String, string::ToString};
use collodi_pattern::Pattern;

/// Reads a text in `quote`, of which the opening one has been taken.
pub(super) fn text(cursor: &mut Cursor<'_>, quote: char) -> Result<String, SyntaxError> {
    let mut out = String::new();
    loop {
        match cursor.bump() {
            None => return Err(cursor.error(ProblemKind::UnclosedText)),
            Some(c) if c == quote => return Ok(out),
            Some('\\') => escape(cursor, &mut out)?,
            Some(c) => out.push(c),
        }
    }
}

/// Reads what follows a backslash.
pub(super) fn escape(cursor: &mut Cursor<'_>, out: &mut String) -> Result<(), SyntaxError> {
    match cursor.bump() {
        None => return Err(cursor.error(ProblemKind::UnclosedText)),
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('b') => out.push('\u{8}'),
        Some('f') => out.push('\u{c}'),
        Some('v') => out.push('\u{b}'),
        Some('0') if !cursor.peek().is_some_and(|c| c.is_ascii_digit()) => out.push('\0'),
        Some('0'..='7') => return Err(cursor.error(ProblemKind::BadLiteral)),
        Some('x') => out.push(scalar(hex(cursor, 2)?)),
        Some('u') => out.push(unicode(cursor)?),
        Some(c) => out.push(c),
    }
    Ok(())
}

/// `XXXX`, `{X…}` or a surrogate pair, after `\u`.
fn unicode(cursor: &mut Cursor<'_>) -> Result<char, SyntaxError> {
    if cursor.eat_exactly("{") {
        let start = cursor.at;
        while cursor.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
            cursor.bump();
        }
        let value = u32::from_str_radix(cursor.since(start), 16).ok();
        let closed = cursor.eat_exactly("}");
        return value
            .filter(|value| closed && *value <= 0x0010_FFFF)
            .map(scalar)
            .ok_or_else(|| cursor.error(ProblemKind::BadLiteral));
    }
    let high = hex(cursor, 4)?;
    let mut after = *cursor;
    if (0xD800..0xDC00).contains(&high) && after.eat_exactly("\\u") {
        let low = hex(&mut after, 4).unwrap_or(0);
        if (0xDC00..0xE000).contains(&low) {
            *cursor = after;
            return Ok(scalar(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
        }
    }
    Ok(scalar(high))
}

/// A lone half of a surrogate pair is no character: U+FFFD stands for it.
fn scalar(value: u32) -> char {
    char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn hex(cursor: &mut Cursor<'_>, digits: usize) -> Result<u32, SyntaxError> {
    let found = cursor.rest().get(..digits);
    let value = found
        .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|text| u32::from_str_radix(text, 16).ok())
        .ok_or_else(|| cursor.error(ProblemKind::BadLiteral))?;
    cursor.at += digits;
    Ok(value)
}

/// Reads a number.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Result<f64, SyntaxError> {
    let start = cursor.at;
    while belongs_to_number(cursor, start) {
        cursor.bump();
    }
    let text = cursor.since(start);
    let separated = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    read_number(&text.replace('_', ""))
        .filter(|_| !separated)
        .ok_or(SyntaxError {
            at: start,
            kind: ProblemKind::BadLiteral,
        })
}

fn belongs_to_number(cursor: &Cursor<'_>, start: usize) -> bool {
    let so_far = cursor.since(start);
    let prefixed = so_far.starts_with("0x") || so_far.starts_with("0X");
    match cursor.peek() {
        Some('+' | '-') => !prefixed && so_far.ends_with(['e', 'E']),
        Some('.') => !so_far.contains(['.', 'e', 'E', 'x', 'X']),
        Some(c) => is_name_part(c),
        None => false,
    }
}

fn read_number(text: &str) -> Option<f64> {
    let octal = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    if !octal || text.starts_with("0e") || text.starts_with("0E") {
        return crate::value::number::decimal(text);
    }
    crate::value::number::prefixed(text)
}

/// Reads `/source/flags`.
pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Result<Pattern, SyntaxError> {
    let start = cursor.at;
    cursor.bump();
    let mut in_class = false;
    loop {
        match cursor.bump() {
            None => return Err(cursor.expected("the end of the regular expression")),
            Some('\\') => drop(cursor.bump()),
            Some('[') => in_class = true,
            Some(']') => in_class = false,
            Some('/') if !in_class => break,
            Some(_) => {}
        }
    }
    let source = cursor.since(start + 1);
    let source = source
        .get(..source.len().saturating_sub(1))
        .unwrap_or_default();
    let flags = if cursor.peek().is_some_and(is_name_start) {
        cursor.name().unwrap_or_default()
    } else {
        ""
    };
    Pattern::new(source, flags).map_err(|error| SyntaxError {
        at: start,
        kind: ProblemKind::BadPattern(error.to_string()),
    })
}
