//! Lines and columns.

use alloc::vec::Vec;
use core::fmt;

/// A place in a text as people count: from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1. Lines end with a line feed, which may follow a carriage return.
    pub line: usize,
    /// The column in characters, from 1. A byte order mark has no column.
    pub column: usize,
    /// The column in UTF-16 units, from 1, for editors that count so.
    pub utf16_column: usize,
}

impl Place {
    /// The start of a text.
    pub const START: Self = Self {
        line: 1,
        column: 1,
        utf16_column: 1,
    };

    /// The place behind `text`, which begins here.
    fn behind(self, text: &str) -> Self {
        let lines = text.bytes().filter(|b| *b == b'\n').count();
        let start = match lines {
            0 => self,
            _ => Self {
                line: self.line + lines,
                ..Self::START
            },
        };
        let line = text.rsplit('\n').next().unwrap_or_default();
        let line = match start {
            Self::START => line.trim_start_matches('\u{feff}'),
            _ => line,
        };
        let chars = line.chars().count();
        // Characters of four bytes are two units.
        let wide = line.bytes().filter(|b| *b >= 0xf0).count();
        Self {
            line: start.line,
            column: start.column + chars,
            utf16_column: start.utf16_column + chars + wide,
        }
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::START
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The places of several byte offsets of a text, in the order asked for, by one walk over it. An
/// offset beyond the end is at the end.
pub fn places(source: &str, offsets: &[usize]) -> Vec<Place> {
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_by_key(|i| offsets.get(*i));
    let mut found = alloc::vec![Place::START; offsets.len()];
    let (mut at, mut place) = (0, Place::START);
    for i in order {
        let offset = offsets.get(i).copied().unwrap_or_default();
        let end = source.ceil_char_boundary(offset);
        place = place.behind(source.get(at..end).unwrap_or_default());
        at = end;
        if let Some(slot) = found.get_mut(i) {
            *slot = place;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &str, offset: usize) -> (usize, usize, usize) {
        let place = places(source, &[offset]).first().copied().unwrap();
        (place.line, place.column, place.utf16_column)
    }

    #[test]
    fn counts_characters_and_utf16_units() {
        let text = "a\r\nü😀b\nc";
        assert_eq!(at(text, 0), (1, 1, 1));
        assert_eq!(at(text, 3), (2, 1, 1));
        assert_eq!(at(text, 5), (2, 2, 2));
        assert_eq!(at(text, 9), (2, 3, 4));
        assert_eq!(at(text, 11), (3, 1, 1));
        assert_eq!(at(text, 99), (3, 2, 2));
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        assert_eq!(at("\u{feff}{", 3), (1, 1, 1));
        assert_eq!(at("a\u{feff}{", 4), (1, 3, 3));
    }

    #[test]
    fn keeps_the_order_asked_for() {
        let found = places("a\nb\nc", &[4, 0, 2]);
        let lines: Vec<usize> = found.iter().map(|p| p.line).collect();
        assert_eq!(lines, [3, 1, 2]);
    }
}
