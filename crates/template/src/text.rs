//! One text: where its expressions are.

use crate::{
    ProblemKind,
    syntax::{self, Expr},
};
use alloc::{string::String, sync::Arc, vec::Vec};
use core::ops::Range;

/// The longest expression, in bytes.
const MAX_EXPRESSION: usize = 16 * 1024;

/// A text, read once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextTemplate {
    pub(crate) source: Arc<str>,
    /// None when the source is all there is, as it mostly is.
    found: Option<Arc<Found>>,
}

/// What is in a text with braces.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    parts: Vec<Part>,
    problems: Vec<(Range<usize>, ProblemKind)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// What comes out as it is.
    Literal(String),
    Hole(Hole),
}

/// `{{ expr }}`, with its bytes in the text, braces included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hole {
    pub(crate) expr: Expr,
    pub(crate) span: Range<usize>,
}

impl TextTemplate {
    pub(crate) fn parse(source: impl Into<Arc<str>>) -> Self {
        let source = source.into();
        Self {
            found: has_braces(&source).then(|| Arc::new(Found::scan(&source))),
            source,
        }
    }

    /// Nothing when the source is all there is.
    pub(crate) fn parts(&self) -> &[Part] {
        self.found.as_ref().map_or(&[], |found| &found.parts)
    }

    pub(crate) fn problems(&self) -> &[(Range<usize>, ProblemKind)] {
        self.found.as_ref().map_or(&[], |found| &found.problems)
    }

    /// The hole, when it is all there is.
    pub(crate) fn whole(&self) -> Option<&Hole> {
        match self.parts() {
            [Part::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    pub(crate) fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts().iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Literal(_) => None,
        })
    }

    pub(crate) fn is_static(&self) -> bool {
        self.holes().next().is_none()
    }

    /// Whether it comes out as it was written, and there is nothing to say about it.
    pub(crate) const fn is_plain(&self) -> bool {
        self.found.is_none()
    }

    /// The text of a hole as it was written.
    pub(crate) fn written(&self, hole: &Hole) -> &str {
        self.source.get(hole.span.clone()).unwrap_or_default()
    }
}

/// Whether there are two opening braces in a row.
pub(crate) fn has_braces(text: &str) -> bool {
    // One sign is looked for quicker than two.
    text.contains('{') && text.contains("{{")
}

impl Found {
    fn scan(source: &str) -> Self {
        let mut scan = Scan {
            source,
            line_end: 0,
            literal: String::new(),
            parts: Vec::new(),
            problems: Vec::new(),
        };
        scan.run();
        Self {
            parts: scan.parts,
            problems: scan.problems,
        }
    }
}

struct Scan<'t> {
    source: &'t str,
    /// Where the line at hand ends.
    line_end: usize,
    literal: String,
    parts: Vec<Part>,
    problems: Vec<(Range<usize>, ProblemKind)>,
}

impl<'t> Scan<'t> {
    fn slice(&self, range: Range<usize>) -> &'t str {
        self.source.get(range).unwrap_or_default()
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(found) = self.source.get(at..).and_then(|rest| rest.find("{{")) {
            let open = at + found;
            self.literal.push_str(self.slice(at..open));
            at = self.braces(open);
        }
        self.literal.push_str(self.slice(at..self.source.len()));
        self.end_literal();
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = core::mem::take(&mut self.literal);
            self.parts.push(Part::Literal(literal));
        }
    }

    /// Takes what begins with the two braces at `open`; returns where it ends.
    fn braces(&mut self, open: usize) -> usize {
        let end = self.line_end(open);
        self.triple(open, end)
            .or_else(|| self.hole(open, end))
            .unwrap_or_else(|| self.not_a_template(open, end))
    }

    /// An expression does not go over the end of a line. Where the line ends is looked
    /// for once a line: it may hold many expressions.
    fn line_end(&mut self, open: usize) -> usize {
        if self.line_end <= open {
            let rest = self.slice(open..self.source.len());
            let is_line_end = |c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
            self.line_end = open + rest.find(is_line_end).unwrap_or(rest.len());
        }
        let longest = open.saturating_add(MAX_EXPRESSION);
        self.source.floor_char_boundary(self.line_end.min(longest))
    }

    /// `{{{x}}}` stands for the text `{{x}}`.
    fn triple(&mut self, open: usize, end: usize) -> Option<usize> {
        let inner = self.slice(open..end).strip_prefix("{{{")?;
        let length = inner.find("}}}").filter(|length| *length > 0)?;
        self.literal
            .push_str(self.slice(open + 1..open + 3 + length + 2));
        Some(open + 3 + length + 3)
    }

    fn hole(&mut self, open: usize, end: usize) -> Option<usize> {
        let line = self.source.get(..end)?;
        if !line.get(open + 2..)?.contains("}}") {
            if end - open > MAX_EXPRESSION - 4 {
                self.problems.push((open..open + 2, ProblemKind::TooLong));
            }
            return None;
        }
        let error = match syntax::parse(line, open + 2) {
            Ok((expr, after)) => match closing(line, after) {
                Ok(close) => {
                    self.end_literal();
                    let span = open..close;
                    self.parts.push(Part::Hole(Hole { expr, span }));
                    return Some(close);
                }
                Err(kind) => syntax::SyntaxError { at: after, kind },
            },
            Err(error) => error,
        };
        self.report(open, line, error);
        None
    }

    fn report(&mut self, open: usize, line: &str, error: syntax::SyntaxError) {
        if self.slice(open..line.len()).starts_with("{{}}") {
            return;
        }
        let next = self.slice(error.at..line.len()).chars().next();
        let end = error.at + next.map_or(0, char::len_utf8);
        self.problems.push((error.at..end, error.kind));
    }

    /// Keeps the braces, up to the next closing ones of the line.
    fn not_a_template(&mut self, open: usize, end: usize) -> usize {
        let inner = self.slice(open + 2..end);
        let close = inner.find("}}").map_or(end, |at| open + 2 + at + 2);
        self.literal.push_str(self.slice(open..close));
        close
    }
}

/// Where the braces behind an expression end. A `;` or `//` drops the rest.
fn closing(line: &str, after: usize) -> Result<usize, ProblemKind> {
    let rest = line.get(after..).unwrap_or_default();
    if rest.starts_with("}}") {
        return Ok(after + 2);
    }
    let dropped = rest.starts_with(';') || rest.starts_with("//");
    match rest.find("}}").filter(|_| dropped) {
        Some(at) => Ok(after + at + 2),
        None => Err(ProblemKind::Expected("}}", rest.chars().next())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    /// Literals in quotes, holes as written.
    fn scan(text: &str) -> String {
        let template = TextTemplate::parse(text);
        let parts = template.parts().iter().map(|part| match part {
            Part::Literal(literal) => format!("{literal:?}"),
            Part::Hole(hole) => format!("<{}>", template.written(hole)),
        });
        let problems = template.problems().iter();
        let problems =
            problems.map(|(span, kind)| format!("!{}..{} {kind:?}", span.start, span.end));
        parts.chain(problems).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn finds_the_holes() {
        let table = [
            ("plain", ""),
            ("{{a}}", "<{{a}}>"),
            ("{{a}} and {{b}}", r#"<{{a}}> " and " <{{b}}>"#),
            ("{{ {x: {y: 1}} }}", "<{{ {x: {y: 1}} }}>"),
            ("{{ {x: {y: 1}}}}", "<{{ {x: {y: 1}}}}>"),
            ("{{'}}'}}!", r#"<{{'}}'}}> "!""#),
            ("{{{raw}}}", r#""{{raw}}""#),
            ("a {{{raw}}} {{b}}", r#""a {{raw}} " <{{b}}>"#),
            ("{{{a: 1}.a}}", "<{{{a: 1}.a}}>"),
            ("{{}}", r#""{{}}""#),
            ("{{a\n}}", r#""{{a\n}}""#),
            ("{{a; b}}", "<{{a; b}}>"),
            ("{{ a // why }}", "<{{ a // why }}>"),
            ("open {{ only", r#""open {{ only""#),
            (
                "{{ .State }} {{a}}",
                r#""{{ .State }} " <{{a}}> !3..4 BadLiteral"#,
            ),
            ("{{a b}}", r#""{{a b}}" !4..5 Expected("}}", Some('b'))"#),
        ];
        for (text, parts) in table {
            assert_eq!(scan(text), parts, "{text}");
        }
    }
}
