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
        /// Whether it has neither escapes nor control characters.
        plain: bool,
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
        let kind = match self.bytes().next() {
            None => TokenKind::End,
            Some(b) => self.token(b),
        };
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

    /// The token that begins with the byte `b`.
    fn token(&mut self, b: u8) -> TokenKind {
        let single = match b {
            b'{' => TokenKind::OpenObject,
            b'}' => TokenKind::CloseObject,
            b'[' => TokenKind::OpenArray,
            b']' => TokenKind::CloseArray,
            b',' => TokenKind::Comma,
            b':' => TokenKind::Colon,
            b'"' | b'\'' | b'`' => return self.string(b),
            b'/' => return self.slash(),
            b'#' => return self.line_comment(),
            _ => return self.word(),
        };
        self.at += 1;
        single
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_while(is_word);
        if self.at > start {
            return TokenKind::Word;
        }
        self.skip_while(is_stray);
        TokenKind::Stray
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
    fn string(&mut self, quote: u8) -> TokenKind {
        let start = self.at;
        self.at += 1;
        // Most literals stand for themselves.
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        let length = plain_length(rest, quote);
        let closed = rest.get(length) == Some(&quote);
        let quote = char::from(quote);
        if !closed {
            return self.long_string(start, quote);
        }
        self.at += length + 1;
        TokenKind::String {
            quote,
            closed: true,
            plain: true,
        }
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
                            plain: false,
                        };
                    }
                    crossed_line = true;
                }
                c if c == quote => {
                    self.at += at + 1;
                    return TokenKind::String {
                        quote,
                        closed: true,
                        plain: false,
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
            plain: false,
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

/// How many bytes come before a quote, an escape or a control character. Many are looked at
/// at once.
fn plain_length(bytes: &[u8], quote: u8) -> usize {
    let special = |b: &u8| *b == quote || *b == b'\\' || *b < b' ';
    let (chunks, _) = bytes.as_chunks::<16>();
    let plain = |chunk: &&[u8; 16]| !chunk.iter().fold(false, |found, b| found | special(b));
    let sure = chunks.iter().take_while(plain).count() * 16;
    let rest = bytes.get(sure..).unwrap_or_default();
    sure + rest.iter().position(special).unwrap_or(rest.len())
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
