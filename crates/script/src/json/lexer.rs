//! Tokens: every byte of the text belongs to one token or to the space between two.

use core::ops::Range;

/// A token and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    OpenObject,
    CloseObject,
    OpenArray,
    CloseArray,
    Comma,
    Colon,
    /// A literal between equal quotes.
    String {
        quote: char,
        closed: bool,
    },
    /// Letters, digits and signs without quotes: `true`, `12`, `bare`, `{{`-less text.
    Word,
    /// `// …`, `# …`
    LineComment,
    /// `/* … */`
    BlockComment {
        closed: bool,
    },
    /// Characters that have no place outside strings.
    Stray,
    /// The end of the text.
    End,
}

/// Cuts a text into tokens, from any byte on.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        let at = if source.starts_with('\u{feff}') { 3 } else { 0 };
        Self { source, at }
    }

    /// The next token, comments included.
    pub(crate) fn next(&mut self) -> Token {
        self.skip_space();
        let start = self.at;
        let Some(c) = self.rest().chars().next() else {
            return Token {
                kind: TokenKind::End,
                span: start..start,
            };
        };
        let kind = self.token(c);
        Token {
            kind,
            span: start..self.at,
        }
    }

    /// Whether the next character that is no space can only follow a whole value.
    pub(crate) fn at_end_of_value(&mut self) -> bool {
        self.skip_space();
        matches!(self.bytes().next(), Some(b',' | b'}' | b']'))
    }

    /// Goes back to a byte that a token started at.
    pub(crate) const fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let bytes = self.source.as_bytes().get(self.at..);
        bytes.unwrap_or_default().iter().copied()
    }

    /// Blanks are ASCII, so that bytes will do.
    fn skip_space(&mut self) {
        let space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.bytes().take_while(space).count();
    }

    fn skip_while(&mut self, mut skip: impl FnMut(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !skip(c)).unwrap_or(rest.len());
    }

    fn token(&mut self, c: char) -> TokenKind {
        let single = match c {
            '{' => TokenKind::OpenObject,
            '}' => TokenKind::CloseObject,
            '[' => TokenKind::OpenArray,
            ']' => TokenKind::CloseArray,
            ',' => TokenKind::Comma,
            ':' => TokenKind::Colon,
            '"' | '\'' | '`' => return self.string(c),
            '/' => return self.slash(),
            '#' => return self.line_comment(),
            c if is_word(c) => {
                self.skip_while(is_word);
                return TokenKind::Word;
            }
            _ => {
                self.skip_while(is_stray);
                return TokenKind::Stray;
            }
        };
        self.at += c.len_utf8();
        single
    }

    fn slash(&mut self) -> TokenKind {
        let rest = self.rest();
        if rest.starts_with("//") {
            return self.line_comment();
        }
        if !rest.starts_with("/*") {
            self.at += 1;
            return TokenKind::Stray;
        }
        let inside = rest.get(2..).unwrap_or_default();
        let end = inside.find("*/");
        self.at += end.map_or(rest.len(), |end| end + 4);
        TokenKind::BlockComment {
            closed: end.is_some(),
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        self.skip_while(|c| c != '\n');
        TokenKind::LineComment
    }

    /// A literal up to its closing quote. One that reaches a line end without it is taken to go
    /// on only when what follows the next quote can follow a literal.
    fn string(&mut self, quote: char) -> TokenKind {
        let start = self.at;
        self.at += 1;
        // Most literals are short and on one line.
        let ends = |b: u8| matches!(b, b'\\' | b'\n') || char::from(b) == quote;
        let plain = self.bytes().take_while(|b| !ends(*b)).count();
        if self.bytes().nth(plain).map(char::from) == Some(quote) {
            self.at += plain + 1;
            return TokenKind::String {
                quote,
                closed: true,
            };
        }
        self.long_string(start, quote)
    }

    fn long_string(&mut self, start: usize, quote: char) -> TokenKind {
        let (mut escaped, mut crossed_line) = (false, false);
        // A line end that is escaped may be two characters.
        let mut returned = false;
        for (at, c) in self.rest().char_indices() {
            let goes_on = core::mem::take(&mut returned);
            match c {
                '\n' if goes_on => {}
                _ if escaped => (escaped, returned) = (false, c == '\r'),
                '\\' => escaped = true,
                '\n' if !crossed_line && quote != '`' => {
                    if !self.goes_on(self.at + at, quote) {
                        self.at = self.end_of_cut_off(start, self.at + at);
                        return TokenKind::String {
                            quote,
                            closed: false,
                        };
                    }
                    crossed_line = true;
                }
                c if c == quote => {
                    self.at += at + 1;
                    return TokenKind::String {
                        quote,
                        closed: true,
                    };
                }
                _ => {}
            }
        }
        let end = self.source.len();
        self.at = match self.rest().find('\n') {
            Some(line) if !crossed_line => self.end_of_cut_off(start, self.at + line),
            _ => end,
        };
        TokenKind::String {
            quote,
            closed: false,
        }
    }

    /// Whether the literal that reached the line end at `at` closes on a later line.
    fn goes_on(&self, at: usize, quote: char) -> bool {
        let rest = self.source.get(at..).unwrap_or_default();
        let Some((before, after)) = rest.split_once(quote) else {
            return false;
        };
        let follows = after.trim_start_matches([' ', '\t', '\r']).chars().next();
        let starts_a_literal = before.trim_end().ends_with([',', '{', '[', ':', '}', ']']);
        !starts_a_literal && follows.is_none_or(|c| matches!(c, ',' | '}' | ']' | ':' | '\n'))
    }

    /// Where a literal ends that lost its closing quote: before the line's last comma.
    fn end_of_cut_off(&self, start: usize, line_end: usize) -> usize {
        let line = self
            .source
            .get(start..line_end)
            .unwrap_or_default()
            .trim_end();
        let line = line.strip_suffix(',').unwrap_or(line);
        start + line.len().max(1)
    }
}

/// Whether `c` can be part of a word: nothing that has a meaning in JSON, and no space.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '+' | '.' | '@')
}

/// JSON's white space.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_stray(c: char) -> bool {
    let meaningful = matches!(
        c,
        '{' | '}' | '[' | ']' | ',' | ':' | '"' | '\'' | '`' | '/' | '#'
    );
    !(meaningful || is_space(c) || is_word(c))
}
