//! Blocks of whole plain lines, which are looked at as one.

use memchr::{memchr_iter, memchr3, memrchr, memrchr_iter};

/// `bytes` cut behind the first line end: the line that ends there may have begun before.
pub(crate) fn behind_first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr_iter(b'\n', bytes).next();
    bytes.split_at(end.map_or(bytes.len(), |end| end + 1))
}

/// The whole lines that `bytes` begin with, as far as nothing in them moves back, is an
/// escape sequence, or a carriage return; and what is behind them.
pub(crate) fn plain_lines(bytes: &[u8]) -> (&[u8], &[u8]) {
    let plain = memchr3(b'\r', b'\x08', b'\x1b', bytes).unwrap_or(bytes.len());
    let plain = bytes.get(..plain).unwrap_or_default();
    bytes.split_at(memrchr(b'\n', plain).map_or(0, |end| end + 1))
}

/// Lines at the beginning of a block that need not be made: so many of them, in so many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unseen {
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
}

/// All lines of a block but the last `kept`; none when one of them is longer than `longest`
/// bytes.
pub(crate) fn unseen(block: &[u8], kept: usize, longest: usize) -> Unseen {
    let end = memrchr_iter(b'\n', block).nth(kept);
    let lines = end.and_then(|end| block.get(..=end)).unwrap_or_default();
    if !are_short(lines, longest) {
        return Unseen::default();
    }
    Unseen {
        lines: memchr_iter(b'\n', lines).count(),
        bytes: lines.len(),
    }
}

/// Whether none of these whole lines is longer than `longest` bytes.
fn are_short(lines: &[u8], longest: usize) -> bool {
    let mut rest = lines;
    while !rest.is_empty() {
        let reach = rest.get(..=longest).unwrap_or(rest);
        let Some(end) = memrchr(b'\n', reach) else {
            return false;
        };
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_end_before_what_moves_or_colours() {
        for (bytes, plain) in [
            ("", ""),
            ("ab", ""),
            ("ab\n", "ab\n"),
            ("ab\n\0c\u{85}\n\ncd", "ab\n\0c\u{85}\n\n"),
            ("ab\nc\rd\ne\n", "ab\n"),
            ("ab\nc\x08\n", "ab\n"),
            ("a\x1b[1mb\nc\n", ""),
        ] {
            let bytes = bytes.as_bytes();
            assert_eq!(plain_lines(bytes).0, plain.as_bytes(), "{bytes:?}");
        }
    }

    #[test]
    fn all_lines_but_the_last_are_unseen_unless_one_is_long() {
        let count = |kept, longest| {
            let Unseen { lines, bytes } = unseen(b"abc\n\nde\nf\n", kept, longest);
            (lines, bytes)
        };
        assert_eq!(count(0, 3), (4, 10));
        assert_eq!(count(0, 2), (0, 0));
        assert_eq!(count(1, 3), (3, 8));
        assert_eq!(count(3, 3), (1, 4));
        assert_eq!(count(4, 3), (0, 0));
        assert_eq!(count(9, 3), (0, 0));
    }
}
