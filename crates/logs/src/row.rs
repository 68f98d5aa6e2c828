//! One row of a terminal.

use crate::ansi::{Style, Token, tokens};
use alloc::{string::String, vec::Vec};

/// A row is no wider than this. What is written beyond it is dropped and counted.
pub(crate) const COLUMNS: usize = 4096;

/// One row of a terminal: text with a cursor that goes back. It knows carriage
/// return, backspace, erase in line and cursor to column 1; a character is one
/// column, and the cursor never stands behind the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    cells: Vec<Cell>,
    cursor: usize,
    style: Style,
    dropped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    char: char,
    style: Style,
}

impl Row {
    /// The most a row holds.
    pub(crate) const MAX_MEMORY: usize = COLUMNS * size_of::<Cell>() + size_of::<Self>();

    /// Whether the row is as it was made.
    pub(crate) fn is_new(&self) -> bool {
        self.cells.is_empty() && self.dropped == 0 && self.style == Style::default()
    }

    /// Bytes written beyond the last column.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) const fn carriage_return(&mut self) {
        self.cursor = 0;
    }

    pub(crate) fn write(&mut self, text: &str) {
        for token in tokens(text) {
            match token {
                Token::Text(text) => text.chars().for_each(|c| self.put(c)),
                Token::Control('\x08') => self.cursor = self.cursor.saturating_sub(1),
                Token::Csi { params, last: b'm' } => self.style.apply(params),
                Token::Csi { params, last } => self.control(params, last),
                Token::Control(_) | Token::Dropped => {}
            }
        }
    }

    /// The row as text, with the sequences that give it its styles.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut style = Style::default();
        for cell in &self.cells {
            change(&mut text, &mut style, cell.style);
            text.push(cell.char);
        }
        change(&mut text, &mut style, Style::default());
        text
    }

    /// Bytes held.
    pub(crate) const fn memory(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>() + size_of::<Self>()
    }

    fn put(&mut self, char: char) {
        let cell = Cell {
            char,
            style: self.style,
        };
        if let Some(under) = self.cells.get_mut(self.cursor) {
            *under = cell;
        } else if self.cells.len() < COLUMNS {
            self.cells.push(cell);
        } else {
            self.dropped += char.len_utf8() as u64;
            return;
        }
        self.cursor += 1;
    }

    fn control(&mut self, params: &str, last: u8) {
        match (last, params) {
            (b'K', "" | "0") => self.cells.truncate(self.cursor),
            (b'K', "2") => {
                self.cells.clear();
                self.cursor = 0;
            }
            (b'G', "" | "0" | "1") => self.carriage_return(),
            _ => {}
        }
    }
}

/// Whether `segment`, on a new row, does more than append.
pub(crate) fn moves_back(segment: &[u8]) -> bool {
    let sequences: [&[u8]; 4] = [b"[2K", b"[G", b"[0G", b"[1G"];
    memchr::memchr2_iter(b'\x08', b'\x1b', segment).any(|at| {
        let (_, found) = segment.split_at_checked(at).unwrap_or((&[], &[]));
        match found.split_first() {
            Some((b'\x08', _)) => true,
            Some((_, after)) => sequences.iter().any(|s| after.starts_with(s)),
            None => false,
        }
    })
}

fn change(text: &mut String, style: &mut Style, to: Style) {
    if *style == to {
        return;
    }
    *style = to;
    if to == Style::default() {
        text.push_str("\x1b[0m");
    } else {
        // Writing to a String cannot fail.
        let _ = to.write(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(segments: &[&str], expected: &str) {
        let mut row = Row::default();
        for segment in segments {
            row.carriage_return();
            row.write(segment);
        }
        assert_eq!(row.to_text(), expected, "{segments:?}");
    }

    #[test]
    fn as_a_terminal() {
        check(&["10%", "20%"], "20%");
        check(&["downloading", "done"], "doneloading");
        check(&["downloading", "done\x1b[K"], "done");
        check(&["downloading", "\x1b[Kdone"], "done");
        check(&["downloading", "\x1b[2Kdone"], "done");
        check(&["downloading", ""], "downloading");
        check(&["one\x1b[2K\x1b[1Gtwo"], "two");
        check(&["three\x1b[Gtwo"], "twoee");
        check(&["three\x1b[0Gtwo"], "twoee");
        check(&["|\x08/\x08-"], "-");
        check(&["\x08\x08a"], "a");
        check(&["a\0b\x07c\x1b[1A\x1b]0;t\x07d"], "abcd");
        check(&["žluť", "kůň"], "kůňť");
    }

    #[test]
    fn each_character_keeps_its_style() {
        check(&["\x1b[31mred", "\x1b[0mb"], "b\x1b[0;38;5;1med\x1b[0m");
    }

    #[test]
    fn only_what_moves_back_needs_a_row() {
        for plain in [
            "",
            "a",
            "\x1b[31m\x1b[Ka",
            "\x1b[0K",
            "\x1b[22m",
            "\x1b",
            "\x1b[",
        ] {
            assert!(!moves_back(plain.as_bytes()), "{plain:?}");
        }
        for back in ["a\x08", "\x1b[2K", "\x1b[31m\x1b[G", "\x1b[1G"] {
            assert!(moves_back(back.as_bytes()), "{back:?}");
        }
    }
}
