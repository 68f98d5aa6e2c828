//! Escape sequences: understood where they colour, dropped where they do anything else.

mod lex;
mod style;

use alloc::{borrow::Cow, string::String, vec::Vec};

pub(crate) use lex::{Token, tokens};
pub use style::{Color, Style};

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text, without control characters other than tab and line feed.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

/// The visible text of `line`.
///
/// Escape sequences are dropped, unterminated ones to the end of the text, and so
/// are control characters other than tab and line feed.
pub fn plain(line: &str) -> Cow<'_, str> {
    if is_plain(line) {
        return Cow::Borrowed(line);
    }
    Cow::Owned(visible(line).map(|(_, text)| text).collect())
}

/// `line` as pieces of visible text and their styles. Neighbours differ in style,
/// and no piece is empty.
pub fn styled(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut style = Style::default();
    for token in tokens(line) {
        match token {
            Token::Text(text) => append(&mut spans, text, style),
            Token::Csi { params, last: b'm' } => style.apply(params),
            Token::Csi { .. } | Token::Control(_) | Token::Dropped => {}
        }
    }
    spans
}

/// The visible pieces of `line`, each with its byte offset.
pub(crate) fn visible(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut tokens = tokens(line);
    core::iter::from_fn(move || {
        loop {
            if let Token::Text(text) = tokens.next()? {
                return Some((line.len() - tokens.left() - text.len(), text));
            }
        }
    })
}

/// Whether [`plain`] would certainly change nothing.
pub(crate) fn is_plain(line: &str) -> bool {
    // Without a branch a byte, so that it becomes a few vector instructions.
    let all = |chunk: &[u8]| chunk.iter().fold(true, |ok, byte| ok & is_harmless(*byte));
    line.as_bytes().chunks(64).all(all)
}

/// 0xC2 begins the C1 controls and some harmless characters; the lexer decides.
pub(crate) const fn is_harmless(byte: u8) -> bool {
    (byte >= b' ') & (byte != 0x7f) & (byte != 0xc2) | (byte == b'\t') | (byte == b'\n')
}

fn append(spans: &mut Vec<Span>, text: &str, style: Style) {
    match spans.last_mut() {
        Some(span) if span.style == style => span.text.push_str(text),
        _ => spans.push(Span {
            text: text.into(),
            style,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use insta::assert_snapshot;

    fn table(line: &str) -> String {
        let row = |span: &Span| format!("{:?} {}\n", span.text, describe(span.style));
        styled(line).iter().map(row).collect()
    }

    fn describe(style: Style) -> String {
        let mut sequence = String::new();
        style.write(&mut sequence).unwrap();
        sequence.replace('\x1b', "")
    }

    #[test]
    fn a_web_server() {
        assert_snapshot!(
            table("\x1b[32mINFO\x1b[0m:     \x1b[1;4mGET /\x1b[22m \x1b[38;2;255;0;0m500\x1b[m"),
            @r#"
            "INFO" [0;38;5;2m
            ":     " [0m
            "GET /" [0;1;4m
            " " [0;4m
            "500" [0;4;38;2;255;0;0m
            "#
        );
    }

    #[test]
    fn everything_but_colours_is_dropped() {
        for line in [
            "a\x1b]0;title\x07b",
            "a\x1b]8;;http://evil\x1b\\b\x1b]8;;\x1b\\",
            "a\x1bP+q544e\x1b\\b",
            "\x1b[2J\x1b[Ha\x1b[10;10Hb",
            "a\x1b[?1049hb\x1b[6n",
            "a\0\x07\x7fb\u{85}",
            "ab\x1b]52;c;ZXZpbA==",
            "a\x1b[38;5;mb\x1b[",
        ] {
            let texts: String = styled(line).iter().map(|s| s.text.to_string()).collect();
            assert_eq!((texts.as_str(), &*plain(line)), ("ab", "ab"), "{line:?}");
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        for line in ["", "a\tb", "žluť — 語 🚀", "é\u{a0}"] {
            assert_eq!(plain(line), line);
        }
        assert!(matches!(plain("žluť\t語"), Cow::Borrowed(_)));
    }
}
