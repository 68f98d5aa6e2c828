//! Where diagnostics gather: bounded, then sorted and given their places.

use crate::{Diagnostic, Severity, place::places};
use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

/// Collects diagnostics up to a limit.
#[derive(Debug)]
pub(crate) struct Sink {
    found: Vec<Diagnostic>,
    limit: usize,
    left_out: usize,
    errors_left_out: bool,
}

impl Sink {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            found: Vec::new(),
            limit,
            left_out: 0,
            errors_left_out: false,
        }
    }

    /// Whether what comes now is only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    /// Counts a warning that is not worth making any more.
    pub(crate) const fn leave_out(&mut self) {
        self.left_out += 1;
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.left_out += 1;
            self.errors_left_out |= diagnostic.severity == Severity::Error;
        } else {
            self.found.push(diagnostic);
        }
    }

    /// The diagnostics in the order in which a reader notices them, with lines and columns.
    pub(crate) fn finish(mut self, source: &str) -> Vec<Diagnostic> {
        if self.left_out > 0 {
            self.found.push(self.rest(source.len()));
        }
        self.found
            .sort_by_key(|d| (noticed_at(d), d.span.start, d.span.end));
        let offsets: Vec<usize> = self.found.iter().flat_map(|d| bounds(&d.span)).collect();
        let mut placed = places(source, &offsets).into_iter();
        for diagnostic in &mut self.found {
            if let (Some(start), Some(end)) = (placed.next(), placed.next()) {
                (diagnostic.start, diagnostic.end) = (start, end);
            }
        }
        self.found
    }

    fn rest(&self, end: usize) -> Diagnostic {
        let severity = if self.errors_left_out {
            Severity::Error
        } else {
            Severity::Notice
        };
        let message = format!("{} more diagnostics are left out", self.left_out);
        Diagnostic::new(severity, "too-many-diagnostics", end..end, message)
    }
}

/// Where a reader notices it: that a bracket is open, only where it should have been closed. What
/// is wrong before that, as a string without an end, is often why.
fn noticed_at(diagnostic: &Diagnostic) -> usize {
    let fix = diagnostic.fix.as_ref();
    let closes = fix.filter(|_| diagnostic.code == "unclosed-bracket");
    closes.map_or(diagnostic.span.start, |fix| fix.span.start)
}

const fn bounds(span: &Range<usize>) -> [usize; 2] {
    [span.start, span.end]
}

/// A text short enough for a message, on one line.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 60;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut clipped: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        clipped.push('…');
    }
    clipped
}

/// One more token of a JSON pointer. Pointers stay short: beyond a limit the place is that of
/// the value around.
pub(crate) fn push_child(pointer: &mut String, token: &str) {
    const LONGEST: usize = 1024;
    if pointer.len() + token.len() > LONGEST {
        return;
    }
    pointer.push('/');
    if !token.contains(['~', '/']) {
        return pointer.push_str(token);
    }
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The pointer of what `token` names below `pointer`.
pub(crate) fn child_pointer(pointer: &str, token: &str) -> String {
    let mut child = String::from(pointer);
    push_child(&mut child, token);
    child
}
