//! Text and the escape sequences between it, by the grammar of ECMA-48.

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Visible text and tabs; never empty.
    Text(&'a str),
    /// A control character that is not part of a sequence.
    Control(char),
    /// A complete control sequence: what stands before its last byte, and that.
    Csi { params: &'a str, last: u8 },
    /// Any other sequence, and one that does not end as it should.
    Dropped,
}

/// The tokens of `line`. Each byte is looked at a bounded number of times.
pub(crate) fn tokens(line: &str) -> Tokens<'_> {
    Tokens { rest: line }
}

#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let end = self.rest.find(is_control).unwrap_or(self.rest.len());
        if end > 0 {
            return Some(Token::Text(self.take(end)));
        }
        let control = self.rest.chars().next()?;
        self.take(control.len_utf8());
        Some(match control {
            '\x1b' => self.escape(),
            '\u{9b}' => self.control_sequence(),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => self.string(),
            other => Token::Control(other),
        })
    }
}

impl<'a> Tokens<'a> {
    /// How many bytes are still to come.
    pub(crate) const fn left(&self) -> usize {
        self.rest.len()
    }

    /// After ESC.
    fn escape(&mut self) -> Token<'a> {
        match self.peek() {
            Some(b'[') => {
                self.take(1);
                self.control_sequence()
            }
            // OSC, DCS, SOS, PM, APC, and the window title of screen.
            Some(b']' | b'P' | b'X' | b'^' | b'_' | b'k') => {
                self.take(1);
                self.string()
            }
            _ => self.short(),
        }
    }

    /// After CSI: parameters, intermediates, and one byte that ends it.
    fn control_sequence(&mut self) -> Token<'a> {
        let end = self.until(|b| !matches!(b, b' '..=b'?'));
        let params = self.take(end);
        match self.peek() {
            Some(last @ b'@'..=b'~') => {
                self.take(1);
                Token::Csi { params, last }
            }
            _ => Token::Dropped,
        }
    }

    /// After ESC: intermediates and one byte that ends it.
    fn short(&mut self) -> Token<'a> {
        let end = self.until(|b| !matches!(b, b' '..=b'/'));
        self.take(end);
        if let Some(b'0'..=b'~') = self.peek() {
            self.take(1);
        }
        Token::Dropped
    }

    /// After OSC and its kin: anything, until it is terminated or cancelled. ESC
    /// ends it too, and begins what follows (`ESC \`, the terminator, is one).
    fn string(&mut self) -> Token<'a> {
        let ends = |c| matches!(c, '\x07' | '\x18' | '\x1a' | '\x1b' | '\u{9c}');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end);
        if self.peek() != Some(0x1b) {
            let last = self.rest.chars().next().map_or(0, char::len_utf8);
            self.take(last);
        }
        Token::Dropped
    }

    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    fn until(&self, ends: impl Fn(u8) -> bool) -> usize {
        self.rest.bytes().position(ends).unwrap_or(self.rest.len())
    }

    /// Takes `len` bytes off the front; `len` is always on a boundary.
    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// C0 but tab and line feed, DEL, and C1.
const fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[track_caller]
    fn check(line: &str, expected: &[Token<'_>]) {
        assert_eq!(tokens(line).collect::<Vec<_>>(), expected, "{line:?}");
    }

    const fn csi(params: &str, last: u8) -> Token<'_> {
        Token::Csi { params, last }
    }

    #[test]
    fn grammar() {
        use Token::{Control, Dropped, Text};
        check("", &[]);
        check("a\tb", &[Text("a\tb")]);
        check("a\0b", &[Text("a"), Control('\0'), Text("b")]);
        check("\x1b[31mred", &[csi("31", b'm'), Text("red")]);
        check("\u{9b}31mred", &[csi("31", b'm'), Text("red")]);
        check("\x1b[?25l", &[csi("?25", b'l')]);
        check("\x1b[1 q.", &[csi("1 ", b'q'), Text(".")]);
        check("\x1b[31ü", &[Dropped, Text("ü")]);
        check("\x1b[31", &[Dropped]);
        check("\x1b[3\x1b[4m", &[Dropped, csi("4", b'm')]);
        check("\x1b(Bx", &[Dropped, Text("x")]);
        check("\x1b7x", &[Dropped, Text("x")]);
        check("\x1bü", &[Dropped, Text("ü")]);
        check("x\x1b", &[Text("x"), Dropped]);
    }

    #[test]
    fn strings() {
        use Token::{Dropped, Text};
        check("\x1b]0;title\x07x", &[Dropped, Text("x")]);
        check("\x1b]0;title\x1b\\x", &[Dropped, Dropped, Text("x")]);
        check("\x1b]0;title\u{9c}x", &[Dropped, Text("x")]);
        check("\x1bP1;2q...\x18x", &[Dropped, Text("x")]);
        check("\x1b_secret", &[Dropped]);
        for start in [
            "\u{90}", "\u{98}", "\u{9d}", "\u{9e}", "\u{9f}", "\x1bX", "\x1b^",
        ] {
            check(&[start, "secret\u{9c}x"].concat(), &[Dropped, Text("x")]);
        }
        check("\x1bktitle\x1b\\x", &[Dropped, Dropped, Text("x")]);
        check(
            "\x1b]8;;http://x\x1b[1mx",
            &[Dropped, csi("1", b'm'), Text("x")],
        );
    }
}
