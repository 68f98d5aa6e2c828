//! The grammar, as a stack of open brackets instead of recursion.

use super::{
    lexer::{Lexer, Token, TokenKind},
    node::{Kind, Member, Node},
    syntax::Syntax,
};
use crate::{
    Diagnostic, Limits,
    sink::{Sink, push_child},
};
use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Range;

/// Reads the one value of a JSON text, and says everything that is wrong with it. None when
/// there is no value.
pub(crate) fn read<'a>(source: &'a str, limits: &Limits, sink: &mut Sink) -> Option<Node<'a>> {
    let mut parser = Parser {
        source,
        lexer: Lexer::new(source),
        sink,
        stack: Vec::new(),
        items: Vec::new(),
        members: Vec::new(),
        root: None,
        last_end: 0,
        depth: limits.depth.min(Limits::MAX_DEPTH),
        too_deep: false,
        module: false,
    };
    if let Syntax::Module(module) = Syntax::of(source) {
        parser.enter(module);
    }
    parser.text();
    parser.root
}

pub(super) struct Parser<'a, 's> {
    pub(super) source: &'a str,
    pub(super) lexer: Lexer<'a>,
    pub(super) sink: &'s mut Sink,
    pub(super) stack: Vec<Frame<'a>>,
    /// The items of all open lists: of an inner one behind those of an outer one.
    items: Vec<Node<'a>>,
    /// The members of all open objects.
    members: Vec<Member<'a>>,
    root: Option<Node<'a>>,
    /// Where the last value or key ended.
    pub(super) last_end: usize,
    depth: usize,
    pub(super) too_deep: bool,
    /// Whether the text is a module of JavaScript.
    pub(super) module: bool,
}

/// An open bracket and what has been read since.
pub(super) struct Frame<'a> {
    pub(super) open: usize,
    pub(super) inside: Inside<'a>,
    pub(super) slot: Slot,
    /// The comma after which nothing has come yet.
    comma: Option<Range<usize>>,
}

pub(super) enum Inside<'a> {
    Array {
        /// Where its items begin.
        first: usize,
        count: usize,
    },
    Object {
        /// Where its members begin.
        first: usize,
        key: Option<(Cow<'a, str>, Range<usize>)>,
    },
}

/// What is to come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Key,
    Colon,
    Value,
    Comma,
}

impl Frame<'_> {
    pub(super) const fn is_object(&self) -> bool {
        matches!(self.inside, Inside::Object { .. })
    }

    pub(super) const fn bracket(&self) -> char {
        if self.is_object() { '{' } else { '[' }
    }

    pub(super) const fn closing(&self) -> char {
        if self.is_object() { '}' } else { ']' }
    }
}

impl<'a> Parser<'a, '_> {
    fn text(&mut self) {
        loop {
            let token = self.significant();
            if token.kind == TokenKind::End {
                break self.end();
            }
            match self.stack.last().map(|frame| frame.slot) {
                None if self.root.is_some() && self.ends_statement(&token) => {}
                None if self.root.is_some() => break self.extra(&token),
                None | Some(Slot::Value) => self.value_slot(token),
                Some(Slot::Key) => self.key_slot(token),
                Some(Slot::Colon) => self.colon_slot(token),
                Some(Slot::Comma) => self.comma_slot(token),
            }
        }
    }

    /// The next token that is not a comment.
    fn significant(&mut self) -> Token {
        loop {
            let token = self.lexer.next();
            if !self.comment(&token) {
                return token;
            }
        }
    }

    /// Whether a colon comes next: the token before it is a key.
    fn colon_follows(&self) -> bool {
        let mut ahead = self.lexer.clone();
        if ahead.at_end_of_value() {
            return false;
        }
        loop {
            match ahead.next().kind {
                TokenKind::LineComment | TokenKind::BlockComment { .. } => {}
                kind => return kind == TokenKind::Colon,
            }
        }
    }

    fn value_slot(&mut self, token: Token) {
        let in_object = self.stack.last().is_some_and(Frame::is_object);
        match token.kind {
            TokenKind::Stray if self.module => self.computed(&token),
            TokenKind::String { .. } | TokenKind::Word if in_object && self.colon_follows() => {
                self.missing_value();
                self.missing_comma(&token);
                self.key(&token);
            }
            TokenKind::OpenObject | TokenKind::OpenArray => self.open(&token),
            TokenKind::String { .. } => self.literal(&token),
            TokenKind::Word => self.word(&token),
            TokenKind::CloseArray if !in_object => self.close(&token),
            TokenKind::Comma if !in_object => self.stray_comma(&token),
            TokenKind::CloseObject | TokenKind::CloseArray | TokenKind::Comma if in_object => {
                self.missing_value();
                self.comma_slot(token);
            }
            TokenKind::CloseObject => self.mismatch(&token),
            _ => self.stray(&token),
        }
    }

    fn key_slot(&mut self, token: Token) {
        match token.kind {
            TokenKind::String { .. } | TokenKind::Word => self.key(&token),
            TokenKind::CloseObject => self.close(&token),
            TokenKind::CloseArray => self.mismatch(&token),
            TokenKind::Comma => self.stray_comma(&token),
            TokenKind::OpenObject if self.close_forgotten() => self.value_slot(token),
            TokenKind::OpenObject | TokenKind::OpenArray => {
                self.missing_key(&token);
                self.set_key(Cow::Borrowed(""), token.span.start..token.span.start);
                self.set_slot(Slot::Value);
                self.open(&token);
            }
            _ => self.stray(&token),
        }
    }

    fn colon_slot(&mut self, token: Token) {
        match token.kind {
            TokenKind::Colon => {
                self.last_end = token.span.end;
                self.set_slot(Slot::Value);
            }
            TokenKind::Comma | TokenKind::CloseObject | TokenKind::CloseArray => {
                self.missing_value();
                self.comma_slot(token);
            }
            TokenKind::Stray if !self.module => {
                self.wrong_colon(&token);
                self.set_slot(Slot::Value);
            }
            _ if self.module => self.computed(&token),
            _ => {
                self.missing_colon();
                self.set_slot(Slot::Value);
                self.value_slot(token);
            }
        }
    }

    fn comma_slot(&mut self, token: Token) {
        let in_object = self.stack.last().is_some_and(Frame::is_object);
        match token.kind {
            TokenKind::Comma => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.comma = Some(token.span);
                    frame.slot = if in_object { Slot::Key } else { Slot::Value };
                }
            }
            TokenKind::CloseObject if in_object => self.close(&token),
            TokenKind::CloseArray if !in_object => self.close(&token),
            TokenKind::CloseObject | TokenKind::CloseArray => self.mismatch(&token),
            TokenKind::Stray => self.sign_after_value(&token),
            TokenKind::Word if self.module && !self.colon_follows() => {
                self.computed_further(&token);
            }
            TokenKind::Colon => self.stray(&token),
            _ if in_object => {
                self.missing_comma(&token);
                self.key_slot(token);
            }
            _ => {
                self.missing_comma(&token);
                self.value_slot(token);
            }
        }
    }

    fn open(&mut self, token: &Token) {
        if !self.module && self.bare_template(token) {
            return;
        }
        if self.stack.len() >= self.depth {
            return self.skip_deep(token);
        }
        let (inside, slot) = if token.kind == TokenKind::OpenObject {
            let first = self.members.len();
            (Inside::Object { first, key: None }, Slot::Key)
        } else {
            let first = self.items.len();
            (Inside::Array { first, count: 0 }, Slot::Value)
        };
        self.stack.push(Frame {
            open: token.span.start,
            inside,
            slot,
            comma: None,
        });
    }

    /// Closes the innermost bracket, which `token` matches.
    pub(super) fn close(&mut self, token: &Token) {
        if let Some(comma) = self.stack.last_mut().and_then(|frame| frame.comma.take())
            && !self.module
        {
            self.trailing_comma(comma);
        }
        self.pop(token.span.end);
    }

    /// Ends the innermost bracket at `end`.
    pub(super) fn pop(&mut self, end: usize) {
        if matches!(self.slot(), Some(Slot::Colon))
            || (matches!(self.slot(), Some(Slot::Value)) && self.has_key())
        {
            self.missing_value();
        }
        let Some(frame) = self.stack.pop() else {
            return;
        };
        let kind = match frame.inside {
            Inside::Array { first, .. } => Kind::Array(split_off(&mut self.items, first)),
            Inside::Object { first, .. } => {
                let members = split_off(&mut self.members, first);
                self.repeated_keys(&members);
                Kind::Object(members)
            }
        };
        self.complete(Node::new(frame.open..end, kind));
    }

    /// An object starts where a key is due. After a comma in a list of objects the one before was
    /// not closed; closes it, up to the list.
    fn close_forgotten(&mut self) -> bool {
        let after_comma = self.stack.last().is_some_and(|frame| frame.comma.is_some());
        if !after_comma || self.stack.iter().all(Frame::is_object) {
            return false;
        }
        self.close_up_to(|frame| !frame.is_object());
        self.set_slot(Slot::Value);
        true
    }

    /// Puts a value that has been read where it belongs.
    pub(super) fn complete(&mut self, node: Node<'a>) {
        self.last_end = node.span.end;
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.comma = None;
        frame.slot = Slot::Comma;
        match &mut frame.inside {
            Inside::Array { count, .. } => {
                *count += 1;
                self.items.push(node);
            }
            Inside::Object { key, .. } => {
                let (key, key_span) = key.take().unwrap_or_default();
                self.members.push(Member {
                    key,
                    key_span,
                    value: node,
                });
            }
        }
    }

    pub(super) fn set_key(&mut self, text: Cow<'a, str>, span: Range<usize>) {
        self.last_end = span.end;
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        frame.comma = None;
        frame.slot = Slot::Colon;
        if let Inside::Object { key, .. } = &mut frame.inside {
            *key = Some((text, span));
        }
    }

    fn set_slot(&mut self, slot: Slot) {
        if let Some(frame) = self.stack.last_mut() {
            frame.slot = slot;
        }
    }

    fn slot(&self) -> Option<Slot> {
        self.stack.last().map(|frame| frame.slot)
    }

    fn has_key(&self) -> bool {
        let inside = self.stack.last().map(|frame| &frame.inside);
        matches!(inside, Some(Inside::Object { key: Some(_), .. }))
    }

    /// Reports at the value that is being read.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.report_at(self.stack.len(), diagnostic);
    }

    /// Reports at the innermost bracket as a whole.
    pub(super) fn report_around(&mut self, diagnostic: Diagnostic) {
        self.report_at(self.stack.len().saturating_sub(1), diagnostic);
    }

    fn report_at(&mut self, depth: usize, diagnostic: Diagnostic) {
        let pointer = if self.sink.is_full() {
            String::new()
        } else {
            self.pointer(depth)
        };
        self.sink.push(diagnostic.at(pointer));
    }

    fn pointer(&self, depth: usize) -> String {
        let mut pointer = String::new();
        for frame in self.stack.iter().take(depth) {
            match &frame.inside {
                Inside::Array { count, .. } => push_child(&mut pointer, &count.to_string()),
                Inside::Object { key, .. } => {
                    if let Some((key, _)) = key {
                        push_child(&mut pointer, key);
                    }
                }
            }
        }
        pointer
    }

    pub(super) fn slice(&self, span: &Range<usize>) -> &'a str {
        self.source.get(span.clone()).unwrap_or_default()
    }
}

/// What stands in `all` from `first` on, in a list of its own.
fn split_off<T>(all: &mut Vec<T>, first: usize) -> Vec<T> {
    all.split_off(first.min(all.len()))
}
