//! Which grammar a text is written in.

use super::lexer::{Lexer, Token, TokenKind};
use core::ops::Range;

/// The grammar of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// JSON, with what people get wrong in it.
    Json,
    /// A JavaScript module that exports data: literals as JavaScript writes them.
    Module(Module),
}

/// Where the data of a module is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    /// The byte after `module.exports =`.
    pub(crate) data: usize,
    /// The statements before that.
    pub(crate) before: Option<Range<usize>>,
}

impl Syntax {
    /// The grammar of `source`, by its beginning: JSON starts with its value, a module
    /// says `module.exports =` somewhere.
    pub(crate) fn of(source: &str) -> Self {
        let mut lexer = Lexer::new(source);
        let mut before: Option<Range<usize>> = None;
        loop {
            let token = lexer.next();
            match token.kind {
                TokenKind::LineComment | TokenKind::BlockComment { .. } => continue,
                TokenKind::OpenObject | TokenKind::OpenArray if before.is_none() => {
                    return Self::Json;
                }
                TokenKind::End => return Self::Json,
                _ => {}
            }
            if let Some(data) = exports(source, &token, &lexer) {
                return Self::Module(Module { data, before });
            }
            let start = before.map_or(token.span.start, |before| before.start);
            before = Some(start..token.span.end);
        }
    }

    /// Whether it is that of a module.
    pub(crate) const fn is_module(&self) -> bool {
        matches!(self, Self::Module(_))
    }
}

/// The end of `module.exports =`, when `token` begins it.
fn exports(source: &str, token: &Token, lexer: &Lexer<'_>) -> Option<usize> {
    let slice = |span: &Range<usize>| source.get(span.clone());
    let named = token.kind == TokenKind::Word && slice(&token.span) == Some("module.exports");
    let next = named.then(|| lexer.clone().next())?;
    (slice(&next.span) == Some("=")).then_some(next.span.end)
}

#[cfg(test)]
mod tests {
    use super::{Module, Syntax};

    #[test]
    fn a_module_says_what_it_exports() {
        let module = |data, before| Syntax::Module(Module { data, before });
        let table = [
            ("{\"run\": []}", Syntax::Json),
            ("// module.exports = {}\n{}", Syntax::Json),
            ("", Syntax::Json),
            ("module.exports", Syntax::Json),
            ("module.exports == {}", Syntax::Json),
            ("'module.exports ='", Syntax::Json),
            ("module.exports = {}", module(16, None)),
            ("/* a */ module.exports={}", module(23, None)),
            ("const a = {}\nmodule.exports = {}", module(29, Some(0..12))),
        ];
        for (source, expected) in table {
            assert_eq!(Syntax::of(source), expected, "{source}");
        }
    }
}
