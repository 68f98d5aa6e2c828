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
    /// A line end behind a backslash, in JavaScript; reads as nothing.
    Continuation,
}

/// Which escapes a literal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// Those of JSON.
    Json,
    /// Those of JSON and `\'`.
    SingleQuoted,
    /// Those of JavaScript, where a backslash before most characters means nothing.
    JavaScript,
}

impl Escapes {
    /// Those of a literal in these quotes.
    pub(crate) const fn of(quote: char, module: bool) -> Self {
        match quote {
            _ if module => Self::JavaScript,
            '\'' => Self::SingleQuoted,
            _ => Self::Json,
        }
    }
}

impl Meaning {
    const fn char(self) -> Option<char> {
        Some(match self {
            Self::Char(c) | Self::Control(c) => c,
            Self::LoneSurrogate => char::REPLACEMENT_CHARACTER,
            Self::BadEscape => '\\',
            Self::Continuation => return None,
        })
    }
}

/// The pieces of a literal's inside, in order. Every byte belongs to one piece.
pub(crate) struct Pieces<'a> {
    inside: &'a str,
    chars: CharIndices<'a>,
    escapes: Escapes,
}

/// Takes apart what is between the quotes.
pub(crate) fn pieces(inside: &str, escapes: Escapes) -> Pieces<'_> {
    Pieces {
        inside,
        chars: inside.char_indices(),
        escapes,
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
            Some(c) if self.escapes == Escapes::JavaScript => of_javascript(c, rest),
            Some('u') => unicode(rest),
            Some('\'') if self.escapes == Escapes::SingleQuoted => (1, Meaning::Char('\'')),
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

/// An escape of JavaScript, and how many characters it takes.
fn of_javascript(c: char, rest: &str) -> (usize, Meaning) {
    match c {
        'u' if rest.starts_with("u{") => code_point(rest),
        'u' => unicode(rest),
        'x' => hex(rest.get(1..3), 2).map_or((0, Meaning::BadEscape), |c| (3, Meaning::Char(c))),
        '\r' if rest.starts_with("\r\n") => (2, Meaning::Continuation),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => (1, Meaning::Continuation),
        'v' => (1, Meaning::Char('\u{b}')),
        '0' if !rest
            .get(1..2)
            .is_some_and(|d| d.as_bytes().iter().all(u8::is_ascii_digit)) =>
        {
            (1, Meaning::Char('\0'))
        }
        '0'..='9' => (0, Meaning::BadEscape),
        c => (1, Meaning::Char(simple(c).unwrap_or(c))),
    }
}

/// `u{1f600}`, and how many characters it takes.
fn code_point(rest: &str) -> (usize, Meaning) {
    let digits = rest.get(2..).and_then(|rest| rest.get(..rest.find('}')?));
    let read = digits.filter(|digits| digits.len() <= 6);
    let c = read.and_then(|digits| Some((digits.len() + 3, hex(Some(digits), digits.len())?)));
    c.map_or((0, Meaning::BadEscape), |(length, c)| {
        (length, Meaning::Char(c))
    })
}

/// The character of so many hexadecimal digits.
fn hex(digits: Option<&str>, length: usize) -> Option<char> {
    let digits =
        digits.filter(|d| d.len() == length && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
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

/// What a literal's inside stands for.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Whether there is nothing to say about any piece.
    pub(crate) sound: bool,
}

/// Reads a literal's inside: what is between two backslashes stands for itself.
pub(crate) fn decode(inside: &str, escapes: Escapes) -> Decoded {
    let mut text = String::with_capacity(inside.len());
    let has_control = |text: &str| text.bytes().any(|b| b < b' ');
    let mut sound = true;
    let mut rest = inside;
    while let Some((before, _)) = rest.split_once('\\') {
        text.push_str(before);
        sound &= !has_control(before);
        rest = rest.get(before.len()..).unwrap_or_default();
        if let Some(piece) = pieces(rest, escapes).next() {
            text.extend(piece.meaning.char());
            sound &= matches!(piece.meaning, Meaning::Char(_) | Meaning::Continuation);
            rest = rest.get(piece.span.end..).unwrap_or_default();
        }
    }
    text.push_str(rest);
    sound &= !has_control(rest);
    Decoded { text, sound }
}

/// The bytes in the file of `decoded`, a range of the text that the literal at `literal` stands
/// for; in a module of JavaScript or in JSON. Both ends land on piece boundaries, so a half escape is never pointed at.
pub(crate) fn source_span(
    source: &str,
    literal: &Range<usize>,
    decoded: &Range<usize>,
    module: bool,
) -> Range<usize> {
    let raw = source.get(literal.clone()).unwrap_or_default();
    let quoted = |c: &char| matches!(c, '"' | '\'') || (*c == '`' && module);
    let quote = raw.chars().next().filter(quoted);
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
    for piece in pieces(inside, Escapes::of(quote, module)) {
        let after = at + piece.meaning.char().map_or(0, char::len_utf8);
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
    use alloc::vec::Vec;

    /// What is decoded; the pieces one by one stand for the same.
    fn text(raw: &str, escapes: Escapes) -> String {
        let decoded = decode(raw, escapes);
        let read: Vec<Meaning> = pieces(raw, escapes).map(|piece| piece.meaning).collect();
        let odd = |m: &Meaning| !matches!(m, Meaning::Char(_) | Meaning::Continuation);
        assert_eq!(decoded.sound, !read.iter().any(odd), "{raw}");
        assert_eq!(
            decoded.text,
            read.into_iter()
                .filter_map(Meaning::char)
                .collect::<String>()
        );
        decoded.text
    }

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
            ("a\tb\\n", "a\tb\n"),
        ];
        for (raw, expected) in table {
            assert_eq!(text(raw, Escapes::Json), expected, "{raw}");
        }
        assert_eq!(text(r"it\'s", Escapes::SingleQuoted), "it's");
        assert_eq!(text(r"it\'s", Escapes::Json), r"it\'s");
    }

    #[test]
    fn decodes_what_javascript_has() {
        let table = [
            (r"a\n\t\'\`\d\v\0", "a\n\t'`d\u{b}\0"),
            (r"\x41\u0042\u{1f600}\ud83d\ude00", "AB😀😀"),
            ("one \\\nline\\\r\n!", "one line!"),
            (r"\x4\u{110000}\u{}\1\00", r"\x4\u{110000}\u{}\1\00"),
        ];
        for (raw, expected) in table {
            assert_eq!(text(raw, Escapes::JavaScript), expected, "{raw}");
        }
    }

    #[test]
    fn finds_the_way_back() {
        // decoded: a, newline, e acute, brace pair
        let source = r#"  "a\n\u00e9{{x}}" "#;
        let literal = 2..18;
        let slice = |decoded: Range<usize>| {
            let span = source_span(source, &literal, &decoded, false);
            source.get(span).unwrap()
        };
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
        assert_eq!(source_span("a: bé", &(3..6), &(1..3), false), 4..6);
        assert_eq!(source_span("a: bé", &(3..6), &(2..9), false), 4..6);
    }
}
