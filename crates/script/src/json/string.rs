//! String literals: decoding, and the way back from decoded text to its bytes in the file.

use alloc::string::String;
use core::{ops::Range, str::CharIndices};

/// A piece of a literal: its bytes in the literal's inside and what they stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) span: Range<usize>,
    pub(crate) meaning: Meaning,
}

/// What a piece stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Char(char),
    /// Half of a surrogate pair; reads as U+FFFD.
    LoneSurrogate,
    /// A backslash that starts no escape; reads as itself.
    BadEscape,
    /// A character that a literal must escape; reads as itself.
    Control(char),
}

impl Meaning {
    const fn char(self) -> char {
        match self {
            Self::Char(c) | Self::Control(c) => c,
            Self::LoneSurrogate => char::REPLACEMENT_CHARACTER,
            Self::BadEscape => '\\',
        }
    }
}

/// The pieces of a literal's inside, in order. Every byte belongs to one piece.
pub(crate) struct Pieces<'a> {
    inside: &'a str,
    chars: CharIndices<'a>,
    single_quoted: bool,
}

/// Takes apart what is between the quotes; in single quotes `\'` is an escape too.
pub(crate) fn pieces(inside: &str, single_quoted: bool) -> Pieces<'_> {
    Pieces {
        inside,
        chars: inside.char_indices(),
        single_quoted,
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let (start, c) = self.chars.next()?;
        let meaning = match c {
            '\\' => self.escape(start),
            c if c < ' ' => Meaning::Control(c),
            c => Meaning::Char(c),
        };
        Some(Piece {
            span: start..self.chars.offset(),
            meaning,
        })
    }
}

impl Pieces<'_> {
    fn escape(&mut self, start: usize) -> Meaning {
        let rest = self.inside.get(start + 1..).unwrap_or_default();
        let (length, meaning) = match rest.chars().next() {
            Some('u') => unicode(rest),
            Some('\'') if self.single_quoted => (1, Meaning::Char('\'')),
            Some(c) => simple(c).map_or((0, Meaning::BadEscape), |c| (1, Meaning::Char(c))),
            None => (0, Meaning::BadEscape),
        };
        if let Some(last) = length.checked_sub(1) {
            let _ = self.chars.nth(last);
        }
        meaning
    }
}

const fn simple(c: char) -> Option<char> {
    Some(match c {
        '"' | '\\' | '/' => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    })
}

/// `u0041` or a surrogate pair `ud83d\ude00`, and how many characters it takes.
fn unicode(rest: &str) -> (usize, Meaning) {
    let Some(unit) = hex4(rest.get(1..5)) else {
        return (0, Meaning::BadEscape);
    };
    if let Some(c) = char::from_u32(unit) {
        return (5, Meaning::Char(c));
    }
    let low = rest
        .get(5..7)
        .filter(|s| *s == "\\u")
        .and_then(|_| hex4(rest.get(7..11)));
    match low.and_then(|low| pair(unit, low)) {
        Some(c) => (11, Meaning::Char(c)),
        None => (5, Meaning::LoneSurrogate),
    }
}

fn hex4(digits: Option<&str>) -> Option<u32> {
    let digits = digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

fn pair(high: u32, low: u32) -> Option<char> {
    let ordered = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    let code = ordered.then(|| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?;
    char::from_u32(code)
}

/// What the literal's inside stands for.
pub(crate) fn decode(inside: &str, single_quoted: bool) -> String {
    pieces(inside, single_quoted)
        .map(|piece| piece.meaning.char())
        .collect()
}

/// The bytes in the file of `decoded`, a range of the text that the literal at `literal` stands
/// for. Both ends land on piece boundaries, so a half escape is never pointed at.
pub(crate) fn source_span(
    source: &str,
    literal: &Range<usize>,
    decoded: &Range<usize>,
) -> Range<usize> {
    let raw = source.get(literal.clone()).unwrap_or_default();
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        return bare_span(raw, literal.start, decoded);
    };
    let inside = raw.get(1..).unwrap_or_default();
    let inside = inside.strip_suffix(quote).unwrap_or(inside);
    let first = literal.start + 1;
    if !inside.contains('\\') {
        return bare_span(inside, first, decoded);
    }
    let (mut at, mut start, mut end) = (0, None, None);
    for piece in pieces(inside, quote == '\'') {
        let after = at + piece.meaning.char().len_utf8();
        if start.is_none() && decoded.start < after {
            start = Some(first + piece.span.start);
        }
        if end.is_none() && decoded.end <= at {
            end = Some(first + piece.span.start);
            break;
        }
        at = after;
    }
    let last = first + inside.len();
    let start = start.unwrap_or(last);
    start..end.unwrap_or(last).max(start)
}

/// Unquoted text stands for itself.
fn bare_span(raw: &str, start: usize, decoded: &Range<usize>) -> Range<usize> {
    let clamp = |at: usize| {
        let at = at.min(raw.len());
        (0..=at)
            .rev()
            .find(|i| raw.is_char_boundary(*i))
            .unwrap_or(0)
    };
    start + clamp(decoded.start)..start + clamp(decoded.end).max(clamp(decoded.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_json_has() {
        let table = [
            (r#"a\n\t\"\\\/\b\f\r"#, "a\n\t\"\\/\u{8}\u{c}\r"),
            (r"\u00e9\u0041", "éA"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d!", "\u{fffd}!"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
            (r"\d+\u12", r"\d+\u12"),
            (r"\u+123", r"\u+123"),
            ("tail\\", "tail\\"),
        ];
        for (raw, expected) in table {
            assert_eq!(decode(raw, false), expected, "{raw}");
        }
        assert_eq!(decode(r"it\'s", true), "it's");
        assert_eq!(decode(r"it\'s", false), r"it\'s");
    }

    #[test]
    fn finds_the_way_back() {
        // decoded: a, newline, e acute, brace pair
        let source = r#"  "a\n\u00e9{{x}}" "#;
        let literal = 2..18;
        let slice =
            |decoded: Range<usize>| source.get(source_span(source, &literal, &decoded)).unwrap();
        assert_eq!(slice(0..1), "a");
        assert_eq!(slice(1..2), r"\n");
        assert_eq!(slice(2..4), r"\u00e9");
        assert_eq!(slice(3..4), r"\u00e9");
        assert_eq!(slice(4..9), "{{x}}");
        assert_eq!(slice(6..7), "x");
        assert_eq!(slice(9..99), "");
    }

    #[test]
    fn unquoted_text_stands_for_itself() {
        assert_eq!(source_span("a: bé", &(3..6), &(1..3)), 4..6);
        assert_eq!(source_span("a: bé", &(3..6), &(2..9)), 4..6);
    }
}
