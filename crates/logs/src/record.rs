//! A line as one line of text, to be kept in a file.

use crate::{Line, Source};
use alloc::{format, string::String};
use collodi_time::Instant;
use core::fmt::{self, Write};

/// Writes `line` as one line of text, without a line end:
///
/// ```text
/// 17 t+1.500s stdout Loading model
/// 18 t+1.501s stderr+4096 the first bytes of a long line
/// ```
///
/// Number, time and source; behind a plus how many bytes were dropped; a blank; the
/// text. In the text a backslash is doubled and control characters but tab are
/// written as `\n`, `\r`, `\e` or `\u{7f}`, so that a file of records is safe to
/// show and has one record a line.
pub fn to_record(line: &Line) -> String {
    let mut record = format!("{} {} {}", line.seq, line.at, line.source);
    if line.truncated {
        // Writing to a String cannot fail.
        let _ = write!(record, "+{}", line.dropped);
    }
    record.push(' ');
    escape(&line.text, &mut record);
    record
}

/// Reads a line that [`to_record`] wrote.
///
/// # Errors
///
/// The first part of it that is not as it should be.
pub fn from_record(record: &str) -> Result<Line, RecordError> {
    let mut parts = record.splitn(4, ' ');
    let mut part = || parts.next().unwrap_or_default();
    let seq = part().parse().map_err(|_| RecordError::Number)?;
    let at = part().parse::<Instant>().map_err(|_| RecordError::Time)?;
    let (source, dropped) = source(part()).ok_or(RecordError::Source)?;
    let text = unescape(parts.next().ok_or(RecordError::Text)?).ok_or(RecordError::Text)?;
    Ok(Line {
        seq,
        at,
        source,
        text,
        truncated: dropped > 0,
        dropped,
    })
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordError {
    /// It does not start with a number.
    Number,
    /// The second part is not an instant.
    Time,
    /// The third part is not a source, with or without a number of bytes.
    Source,
    /// The text is missing or has an escape that means nothing.
    Text,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a record starts with the number of its line",
            Self::Time => "the second part of a record is a time like t+1.500s",
            Self::Source => "the third part of a record is stdout, stderr or note",
            Self::Text => "the text of a record is missing or badly escaped",
        })
    }
}

impl core::error::Error for RecordError {}

fn source(text: &str) -> Option<(Source, u64)> {
    let (name, dropped) = match text.split_once('+') {
        Some((name, dropped)) => (name, dropped.parse().ok().filter(|d| *d > 0)?),
        None => (text, 0),
    };
    let source = Source::ALL.into_iter().find(|s| s.as_str() == name)?;
    Some((source, dropped))
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\x1b' => out.push_str("\\e"),
            '\t' => out.push(c),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let (c, after) = unescape_one(escaped)?;
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn unescape_one(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let c = match chars.next()? {
        '\\' => '\\',
        'n' => '\n',
        'r' => '\r',
        'e' => '\x1b',
        'u' => {
            let (digits, after) = chars.as_str().strip_prefix('{')?.split_once('}')?;
            let number = u32::from_str_radix(digits, 16).ok()?;
            let c = char::from_u32(number).filter(|_| !digits.starts_with('+'))?;
            return Some((c, after));
        }
        _ => return None,
    };
    Some((c, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faulty_records_are_named() {
        use RecordError::{Number, Source, Text, Time};
        for (record, error) in [
            ("", Number),
            ("x t+1.000s stdout a", Number),
            ("1", Time),
            ("1 1s stdout a", Time),
            ("1 t+1.000s out a", Source),
            ("1 t+1.000s stdout+ a", Source),
            ("1 t+1.000s stdout+0 a", Source),
            ("1 t+1.000s stdout", Text),
            ("1 t+1.000s stdout \\", Text),
            ("1 t+1.000s stdout \\x", Text),
            ("1 t+1.000s stdout \\u{d800}", Text),
            ("1 t+1.000s stdout \\u{1", Text),
        ] {
            assert_eq!(from_record(record), Err(error), "{record:?}");
        }
    }
}
