//! Texts counted as JavaScript counts them: in UTF-16 units.

use alloc::{borrow::Cow, borrow::ToOwned, string::String, vec::Vec};
use core::cmp::Ordering;

/// The number of UTF-16 units.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

/// The units from `start` up to `end`. Half of a surrogate pair, which no Rust
/// text can hold, becomes U+FFFD.
pub(crate) fn slice(text: &str, start: usize, end: usize) -> Cow<'_, str> {
    if start >= end {
        return Cow::Borrowed("");
    }
    if text.is_ascii() {
        let end = end.min(text.len());
        return Cow::Borrowed(text.get(start.min(end)..end).unwrap_or_default());
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(end - start).collect();
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// The byte at which unit `unit` begins; the end when there are fewer.
pub(crate) fn byte_of(text: &str, unit: usize) -> usize {
    if text.is_ascii() {
        return unit.min(text.len());
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The units before byte `byte`.
pub(crate) fn unit_of(text: &str, byte: usize) -> usize {
    length(text.get(..byte).unwrap_or(text))
}

/// Compares unit by unit.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if a.is_ascii() || b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

/// JavaScript's blanks, and its line ends.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}'
                | '\u{feff}'
    )
}

/// Each unit as a text, as `split('')` gives them.
pub(crate) fn each(text: &str) -> Vec<String> {
    text.chars()
        .flat_map(|c| match c.len_utf16() {
            1 => alloc::vec![String::from(c)],
            _ => alloc::vec!["\u{fffd}".to_owned(), "\u{fffd}".to_owned()],
        })
        .collect()
}
