//! Reading a text character by character.

use super::SyntaxError;
use crate::ProblemKind;

/// A place in one line of a template text. Offsets are bytes of the whole text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    /// The text up to where an expression has to end.
    text: &'t str,
    pub(super) at: usize,
    pub(super) depth: u32,
}

impl<'t> Cursor<'t> {
    pub(super) const fn new(text: &'t str, at: usize) -> Self {
        Self { text, at, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes one character.
    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Skips blanks and comments.
    pub(super) fn skip_blanks(&mut self) {
        while self
            .byte()
            .is_some_and(|b| !b.is_ascii_graphic() || b == b'/')
        {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            let comment = rest
                .strip_prefix("/*")
                .and_then(|body| body.find("*/"))
                .map_or(0, |end| end + 4);
            if blanks + comment == 0 {
                return;
            }
            self.at += if blanks > 0 { blanks } else { comment };
        }
    }

    /// Takes `text` if it comes next, without looking at blanks.
    pub(super) fn eat_exactly(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Skips blanks, then takes `text` if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        self.skip_blanks();
        self.eat_exactly(text)
    }

    /// Skips blanks and takes `text`.
    pub(super) fn expect(&mut self, text: &'static str) -> Result<(), SyntaxError> {
        if self.eat(text) {
            Ok(())
        } else {
            Err(self.expected(text))
        }
    }

    /// Takes a name, if one comes next.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        let start = self.at;
        if !self.peek().is_some_and(is_name_start) {
            return None;
        }
        let rest = self.rest();
        let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        self.at += end;
        Some(self.since(start))
    }

    pub(super) fn expected(&self, what: &'static str) -> SyntaxError {
        self.error(ProblemKind::Expected(what, self.peek()))
    }

    pub(super) const fn error(&self, kind: ProblemKind) -> SyntaxError {
        SyntaxError { at: self.at, kind }
    }
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

pub(super) fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_alphanumeric() || c == '_' || c == '$'
}
