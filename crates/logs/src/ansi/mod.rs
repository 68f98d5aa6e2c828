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

/// Whether [`plain`] would change nothing.
pub(crate) fn is_plain(line: &str) -> bool {
    // 0xC2 begins the C1 controls and some harmless characters; the lexer decides.
    line.bytes()
        .all(|b| (b >= b' ' && b != 0x7f && b != 0xc2) || matches!(b, b'\t' | b'\n'))
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
