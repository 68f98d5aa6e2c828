//! Strings, numbers and words, as JSON has them and as people write them.

use super::{
    lexer::{Token, TokenKind},
    node::{Kind, Node},
    number::{self, Number},
    parser::Parser,
    string::{Decoded, Escapes, Meaning, decode, pieces},
};
use crate::{Diagnostic, Severity, sink::clip};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
};
use collodi_value::{Value, number_to_text};
use core::ops::Range;

fn error(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, span, message)
}

impl<'a> Parser<'a, '_> {
    /// A string where a value is.
    pub(super) fn literal(&mut self, token: &Token) {
        let text = self.string(token);
        self.complete(Node::new(token.span.clone(), Kind::String(text)));
    }

    /// A string or word where a key is.
    pub(super) fn key(&mut self, token: &Token) {
        let text = if token.kind == TokenKind::Word && self.module {
            Cow::Borrowed(self.slice(&token.span))
        } else if token.kind == TokenKind::Word {
            let word = self.slice(&token.span);
            let message = format!("the key `{}` is not in quotes", clip(word));
            let report = error("unquoted-key", token.span.clone(), message);
            self.report(report.fix(token.span.clone(), &quoted(word), "put it in quotes"));
            Cow::Borrowed(word)
        } else {
            self.string(token)
        };
        self.set_key(text, token.span.clone());
    }

    /// The text of a string token, and what is wrong with how it is written.
    fn string(&mut self, token: &Token) -> Cow<'a, str> {
        let TokenKind::String {
            quote,
            closed,
            plain,
        } = token.kind
        else {
            return Cow::Borrowed("");
        };
        let first = token.span.start + 1;
        let inside = self.slice(&(first..token.span.end - usize::from(closed)));
        if plain && quote == '"' {
            return Cow::Borrowed(inside);
        }
        let escapes = Escapes::of(quote, self.module);
        let Decoded { text, sound } = decode(inside, escapes);
        if !closed {
            let report = error(
                "unclosed-string",
                token.span.clone(),
                "the string is never closed",
            );
            let end = token.span.end..token.span.end;
            let mut closing = String::new();
            closing.push(quote);
            self.report(report.fix(end, &closing, "close the string"));
        } else if self.module {
            self.substitution(inside, quote, token);
        } else if quote != '"' {
            let message = format!("strings are in double quotes, not between {quote} and {quote}");
            let report = error("wrong-quotes", token.span.clone(), message);
            self.report(report.fix(token.span.clone(), &quoted(&text), "use double quotes"));
        }
        if !sound {
            self.pieces(inside, first, escapes);
        }
        Cow::Owned(text)
    }

    /// Says the first of each sort of mistake in a string's inside.
    fn pieces(&mut self, inside: &str, first: usize, escapes: Escapes) {
        let (mut escape, mut control, mut surrogate) = (false, false, false);
        for piece in pieces(inside, escapes) {
            let span = first + piece.span.start..first + piece.span.end;
            match piece.meaning {
                Meaning::BadEscape if !escape => {
                    escape = true;
                    self.bad_escape(inside, piece.span.end, span);
                }
                Meaning::Control(c) if !control && !self.module => {
                    control = true;
                    self.control(c, span);
                }
                Meaning::LoneSurrogate if !surrogate => {
                    surrogate = true;
                    let message = "half of a surrogate pair stands for no character";
                    let code = "lone-surrogate";
                    self.report(Diagnostic::new(Severity::Warning, code, span, message));
                }
                _ => {}
            }
        }
    }

    fn bad_escape(&mut self, inside: &str, after: usize, span: Range<usize>) {
        let c = inside.get(after..).and_then(|rest| rest.chars().next());
        let escape = c.map_or_else(String::new, |c| c.to_string());
        let end = span.end + c.map_or(0, char::len_utf8);
        let language = if self.module { "JavaScript" } else { "JSON" };
        let message = format!("`\\{}` is no escape that {language} has", clip(&escape));
        let report = error("bad-escape", span.start..end, message)
            .hint("write `\\\\` for a backslash")
            .fix(span, "\\\\", "double the backslash");
        self.report(report);
    }

    fn control(&mut self, c: char, span: Range<usize>) {
        let escape = quoted(&c.to_string());
        let escape = escape.trim_matches('"');
        let name = match c {
            '\n' | '\r' => "a line end",
            '\t' => "a tab",
            _ => "a control character",
        };
        let message = format!("{name} inside a string is written `{escape}`");
        let report = error("control-character", span.clone(), message);
        self.report(report.fix(span, escape, "write the escape"));
    }

    /// A word where a value is.
    pub(super) fn word(&mut self, token: &Token) {
        let word = self.slice(&token.span);
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ => match number::read(word) {
                Some(Number::Valid(n)) => self.number(n, token),
                Some(Number::Lenient(n)) if self.module => self.number(n, token),
                Some(Number::Lenient(n)) => self.lenient_number(n, token),
                None if self.module && word == "undefined" => Kind::Null,
                None if self.module => return self.computed(token),
                None => return self.other_word(word, token),
            },
        };
        self.complete(Node::new(token.span.clone(), kind));
    }

    fn number(&mut self, n: f64, token: &Token) -> Kind<'a> {
        if n.is_infinite() {
            let message = "the number is too large for a 64-bit float";
            let (code, span) = ("number-range", token.span.clone());
            self.report(Diagnostic::new(Severity::Warning, code, span, message));
        }
        Kind::Number(n)
    }

    fn lenient_number(&mut self, n: f64, token: &Token) -> Kind<'a> {
        let text = number_to_text(n);
        let message = format!("JSON writes this number as `{text}`");
        let report = error("bad-number", token.span.clone(), message);
        self.report(report.fix(token.span.clone(), &text, "write it so"));
        Kind::Number(n)
    }

    /// A word that other languages have, or text that lost its quotes.
    fn other_word(&mut self, word: &str, token: &Token) {
        let meant = match word {
            "True" | "TRUE" | "yes" | "on" => Some(("true", Kind::Bool(true))),
            "False" | "FALSE" | "no" | "off" => Some(("false", Kind::Bool(false))),
            "None" | "NULL" | "Null" | "nil" | "undefined" | "NaN" | "Infinity" | "-Infinity" => {
                Some(("null", Kind::Null))
            }
            _ => None,
        };
        let Some((meant, kind)) = meant else {
            return self.bare_text(token.span.start);
        };
        let message = format!("JSON has no `{word}`");
        let report = error("bad-word", token.span.clone(), message)
            .hint(format!("did you mean `{meant}`?"))
            .fix(token.span.clone(), meant, "write it so");
        self.report(report);
        self.complete(Node::new(token.span.clone(), kind));
    }

    /// Text without quotes: up to what can end a value on its line.
    fn bare_text(&mut self, start: usize) {
        let rest = self.slice(&(start..self.source.len()));
        let end = rest.find([',', '}', ']', '"', '\n']).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default().trim_end();
        self.unquoted(start, text);
    }

    /// `{{…}}` without quotes around it. False when `token` is an ordinary bracket.
    pub(super) fn bare_template(&mut self, token: &Token) -> bool {
        let start = token.span.start;
        let rest = self.slice(&(start..self.source.len()));
        if !rest.starts_with("{{") {
            return false;
        }
        // A bounded look ahead keeps hostile rows of braces linear.
        let near = rest
            .char_indices()
            .nth(1000)
            .map_or(rest.len(), |(at, _)| at);
        let line = rest.get(..near).and_then(|near| near.lines().next());
        let template = line.and_then(|line| line.get(..line.find("}}")? + 2));
        let Some(template) = template else {
            return false;
        };
        if template.contains('"') {
            return false;
        }
        self.unquoted(start, template);
        true
    }

    fn unquoted(&mut self, start: usize, text: &'a str) {
        let span = start..start + text.len();
        let report = error("unquoted-text", span.clone(), "text must be in quotes");
        self.report(report.fix(span.clone(), &quoted(text), "put it in quotes"));
        self.lexer.rewind(span.end);
        self.complete(Node::new(span, Kind::String(Cow::Borrowed(text))));
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_json()
}
