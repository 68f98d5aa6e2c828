//! Modules of JavaScript that are data: what is read in them, and what is not.

use super::{
    lexer::{Token, TokenKind},
    node::{Kind, Node},
    parser::Parser,
    syntax::Module,
};
use crate::{Diagnostic, Severity, sink::clip};
use alloc::{format, string::String};
use core::ops::Range;

impl Parser<'_, '_> {
    /// Goes to the data of a module.
    pub(super) fn enter(&mut self, module: Module) {
        self.module = true;
        self.lexer.rewind(module.data);
        if let Some(before) = module.before {
            let message = "the statements before the data are not run";
            let (code, span) = ("unread-statements", first_line(self.source, before));
            self.report(Diagnostic::new(Severity::Warning, code, span, message));
        }
    }

    /// Whether a token after the data only ends the statement.
    pub(super) fn ends_statement(&self, token: &Token) -> bool {
        self.module && self.slice(&token.span).chars().all(|c| c == ';')
    }

    /// A value that is computed begins at `token`: it is passed over.
    pub(super) fn computed(&mut self, token: &Token) {
        let span = self.pass_over(token.span.start);
        self.no_data(&span);
        self.complete(Node::new(span, Kind::Missing));
    }

    /// What is no value stands behind one.
    pub(super) fn sign_after_value(&mut self, token: &Token) {
        if self.module {
            self.computed_further(token);
        } else {
            self.stray(token);
        }
    }

    /// The value before `token` goes on as an expression.
    pub(super) fn computed_further(&mut self, token: &Token) {
        let span = self.pass_over(token.span.start);
        self.no_data(&span);
    }

    /// A template literal that inserts values is computed.
    pub(super) fn substitution(&mut self, inside: &str, quote: char, token: &Token) {
        if quote == '`' && inside.contains("${") {
            self.no_data(&token.span);
        }
    }

    fn no_data(&mut self, span: &Range<usize>) {
        let shown = clip(self.slice(&first_line(self.source, span.clone())));
        let message = if self.stack.is_empty() {
            String::from("the script is a program, and only scripts that are data are read")
        } else {
            format!("`{shown}` is computed, and only data is read")
        };
        let span = first_line(self.source, span.clone());
        let report = Diagnostic::new(Severity::Error, "computed-value", span, message)
            .hint("write the value itself, or a template: `{{platform}}`, `{{gpu}}`, `{{args.x}}`");
        self.report(report);
    }

    /// The bytes from `start` to what ends the value: a comma or a closing bracket of what is
    /// around it, which is left to be read.
    fn pass_over(&mut self, start: usize) -> Range<usize> {
        self.lexer.rewind(start);
        let (mut depth, mut end) = (0_usize, start);
        loop {
            let token = self.lexer.next();
            let outside = depth == 0 && !self.stack.is_empty();
            match token.kind {
                TokenKind::End => return start..end,
                TokenKind::Comma | TokenKind::CloseObject | TokenKind::CloseArray if outside => {
                    self.lexer.rewind(token.span.start);
                    return start..end;
                }
                TokenKind::OpenObject | TokenKind::OpenArray => depth += 1,
                TokenKind::CloseObject | TokenKind::CloseArray => depth = depth.saturating_sub(1),
                TokenKind::Stray => depth = self.parentheses(&token, depth),
                _ => {}
            }
            end = token.span.end;
        }
    }

    fn parentheses(&self, token: &Token, depth: usize) -> usize {
        let signs = self.slice(&token.span).chars();
        signs.fold(depth, |depth, c| match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        })
    }
}

/// The part of `span` on its first line.
fn first_line(source: &str, span: Range<usize>) -> Range<usize> {
    let text = source.get(span.clone()).unwrap_or_default();
    let line = text.lines().next().unwrap_or_default().trim_end();
    span.start..span.start + line.len()
}
