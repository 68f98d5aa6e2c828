//! What is said when the grammar is broken, and how reading goes on.

use super::{
    lexer::{Token, TokenKind},
    node::{Kind, Member, Node},
    parser::{Frame, Parser},
};
use crate::{Diagnostic, Severity, sink::clip};
use alloc::{collections::BTreeSet, format, string::String};
use core::ops::Range;

fn error(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, span, message)
}

fn notice(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Notice, code, span, message)
}

/// Up to this many keys, comparing all of them is quicker than a set.
const FEW_KEYS: usize = 12;

impl<'a> Parser<'a, '_> {
    /// Says that a comment is one; false for any other token.
    pub(super) fn comment(&mut self, token: &Token) -> bool {
        let span = token.span.clone();
        match token.kind {
            TokenKind::BlockComment { closed: false } => {
                let start = span.start..span.start + 2;
                let report = error("unclosed-comment", start, "the comment is never closed");
                self.report(report.fix(span.end..span.end, "*/", "close the comment"));
            }
            TokenKind::BlockComment { closed: true } | TokenKind::LineComment if self.module => {}
            TokenKind::BlockComment { closed: true } | TokenKind::LineComment => {
                let report = notice("comment", span.clone(), "JSON has no comments")
                    .note("read here all the same; the Pinokio program refuses the file");
                self.report(report.fix(span, "", "remove the comment"));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn trailing_comma(&mut self, comma: Range<usize>) {
        let report = notice(
            "trailing-comma",
            comma.clone(),
            "nothing follows this comma",
        )
        .note("read here all the same; the Pinokio program refuses the file");
        self.report_around(report.fix(comma, "", "remove the comma"));
    }

    pub(super) fn stray_comma(&mut self, token: &Token) {
        let report = error(
            "stray-comma",
            token.span.clone(),
            "nothing comes before this comma",
        );
        self.report(report.fix(token.span.clone(), "", "remove the comma"));
    }

    /// Says that a comma is missing before `token`.
    pub(super) fn missing_comma(&mut self, token: &Token) {
        let found = clip(self.slice(&token.span));
        let at = self.last_end..self.last_end;
        let report = error(
            "missing-comma",
            at.clone(),
            format!("a comma is missing before `{found}`"),
        );
        self.report(report.fix(at, ",", "insert a comma"));
    }

    pub(super) fn missing_colon(&mut self) {
        let at = self.last_end..self.last_end;
        let report = error(
            "missing-colon",
            at.clone(),
            "a colon is missing after the key",
        );
        self.report(report.fix(at, ":", "insert a colon"));
    }

    pub(super) fn wrong_colon(&mut self, token: &Token) {
        let found = clip(self.slice(&token.span));
        let message = format!("a key is followed by `:`, not by `{found}`");
        let report = error("missing-colon", token.span.clone(), message);
        self.report(report.fix(token.span.clone(), ":", "write a colon"));
    }

    /// Says that the key has no value, and gives it nothing.
    pub(super) fn missing_value(&mut self) {
        let at = self.last_end..self.last_end;
        self.report(error(
            "missing-value",
            at.clone(),
            "a value is missing here",
        ));
        self.complete(Node::new(at, Kind::Missing));
    }

    pub(super) fn missing_key(&mut self, token: &Token) {
        let bracket = clip(self.slice(&token.span));
        let message = format!("`{bracket}` has no key, as everything in an object must have");
        self.report(error("missing-key", token.span.clone(), message));
    }

    pub(super) fn stray(&mut self, token: &Token) {
        let text = self.slice(&token.span);
        let report = if text.chars().all(char::is_whitespace) {
            error(
                "stray-character",
                token.span.clone(),
                "this is no space that JSON knows",
            )
            .note(format!("the first character is U+{:04X}", first_code(text)))
            .fix(token.span.clone(), " ", "write an ordinary space")
        } else {
            let message = format!("`{}` has no place here", clip(text));
            error("stray-character", token.span.clone(), message)
        };
        self.report(report);
    }

    /// A closing bracket that is not the innermost one's: closes what was forgotten, when an
    /// outer bracket is meant, else is left out.
    pub(super) fn mismatch(&mut self, token: &Token) {
        let object = token.kind == TokenKind::CloseObject;
        if !self.stack.iter().any(|frame| frame.is_object() == object) {
            let found = clip(self.slice(&token.span));
            let message = format!("`{found}` closes nothing");
            let report = error("stray-bracket", token.span.clone(), message);
            return self.report(report.fix(token.span.clone(), "", "remove the bracket"));
        }
        self.close_up_to(|frame| frame.is_object() == object);
        self.close(token);
    }

    /// Says that brackets were not closed, and closes them, up to one that `stays`.
    pub(super) fn close_up_to(&mut self, stays: impl Fn(&Frame<'a>) -> bool) {
        while let Some(frame) = self.stack.last().filter(|frame| !stays(frame)) {
            let report = unclosed(frame, self.last_end);
            self.report_around(report);
            self.pop(self.last_end);
        }
    }

    /// The text ends; closes what is still open.
    pub(super) fn end(&mut self) {
        let end = self.source.trim_end().len();
        let closing: String = self.stack.iter().rev().map(Frame::closing).collect();
        if let Some(frame) = self.stack.last() {
            let report = unclosed(frame, end).fix(end..end, &closing, "close what is open");
            let around = self.stack.len() - 1;
            let note = match around {
                0 => "the file ends before it is".into(),
                1 => "nor is the bracket around it; the file ends before they are".into(),
                n => format!("nor are the {n} brackets around it; the file ends before they are"),
            };
            self.report_around(report.note(note));
        }
        while !self.stack.is_empty() {
            self.pop(end);
        }
    }

    /// Text after the value that a file has.
    pub(super) fn extra(&mut self, token: &Token) {
        let end = self.source.trim_end().len().max(token.span.end);
        let message = "the file goes on after the end of its value";
        let report = error("extra-text", token.span.start..end, message);
        self.report(report.hint("look for a bracket that is closed too early, or remove the rest"));
    }

    pub(super) fn repeated_keys(&mut self, members: &[Member<'a>]) {
        let mut seen = BTreeSet::new();
        for (index, member) in members.iter().enumerate() {
            let (before, _) = members.split_at_checked(index).unwrap_or_default();
            let repeated = if members.len() <= FEW_KEYS {
                before.iter().any(|other| other.key == member.key)
            } else {
                !seen.insert(&*member.key)
            };
            if repeated {
                let message = format!("the key `{}` comes a second time", clip(&member.key));
                let report = Diagnostic::new(
                    Severity::Warning,
                    "repeated-key",
                    member.key_span.clone(),
                    message,
                );
                self.report(report.note("the last one counts"));
            }
        }
    }

    /// Passes over a value that is nested too deeply, without keeping any of it.
    pub(super) fn skip_deep(&mut self, token: &Token) {
        if !core::mem::replace(&mut self.too_deep, true) {
            let message = format!("more than {} levels of brackets", self.stack.len());
            self.report(error("too-deep", token.span.clone(), message));
        }
        let (mut depth, mut end) = (1_usize, token.span.end);
        while depth > 0 {
            let token = self.lexer.next();
            end = token.span.end;
            match token.kind {
                TokenKind::OpenObject | TokenKind::OpenArray => depth += 1,
                TokenKind::CloseObject | TokenKind::CloseArray => depth -= 1,
                TokenKind::End => break,
                _ => {}
            }
        }
        self.complete(Node::new(token.span.start..end, Kind::Missing));
    }
}

fn unclosed(frame: &Frame<'_>, end: usize) -> Diagnostic {
    let mut closing = String::new();
    closing.push(frame.closing());
    let span = frame.open..frame.open + 1;
    let message = format!("`{}` is never closed", frame.bracket());
    error("unclosed-bracket", span, message).fix(end..end, &closing, "close it")
}

fn first_code(text: &str) -> u32 {
    text.chars().next().map_or(0, u32::from)
}
