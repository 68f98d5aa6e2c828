//! Diagnostics as text.

use crate::{Diagnostic, Parsed};
use alloc::{
    format,
    string::{String, ToString},
};

/// The widest piece of a line that is shown.
const WIDEST: usize = 100;

impl Parsed {
    /// All diagnostics as [`Diagnostic::render`] writes them, one empty line between two.
    /// `source` is the text that was read, or [`decode`](crate::decode)'s of the bytes.
    pub fn render(&self, source: &str) -> String {
        let rendered = self
            .diagnostics
            .iter()
            .map(|d| d.render(source, &self.file));
        rendered.collect::<alloc::vec::Vec<_>>().join("\n")
    }

    /// All diagnostics, each on one line.
    pub fn lines(&self) -> String {
        let lines = self.diagnostics.iter().map(|d| d.line(&self.file));
        lines.fold(String::new(), |text, line| text + &line + "\n")
    }
}

impl Diagnostic {
    /// The diagnostic on one line: `pinokio.json:4:17: error[unknown-method]: …`.
    pub fn line(&self, file: &str) -> String {
        let (place, severity) = (self.start, self.severity);
        format!(
            "{file}:{place}: {severity}[{}]: {}",
            self.code, self.message
        )
    }

    /// The diagnostic with the line it is about, a mark below it, its note and its hint. Ends
    /// with a line feed. Nothing of `source` is shown when it is not the text that was read.
    pub fn render(&self, source: &str, file: &str) -> String {
        let mut text = self.line(file) + "\n";
        let margin = " ".repeat(self.start.line.to_string().len());
        if let Some(excerpt) = self.excerpt(source) {
            let (line, mark) = (excerpt.text, excerpt.mark);
            let number = self.start.line;
            text += &format!("{margin} |\n{number} | {line}\n{margin} | {mark}\n");
        }
        for (label, words) in [("note", &self.note), ("hint", &self.hint)] {
            if let Some(words) = words {
                text += &format!("{margin} = {label}: {words}\n");
            }
        }
        text
    }

    fn excerpt(&self, source: &str) -> Option<Excerpt> {
        let before = source.get(..self.span.start)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = source.get(line_start..)?;
        let line = rest.split('\n').next()?.trim_end_matches('\r');
        let at = self.span.start - line_start;
        let end = (self.span.end - line_start).min(line.len());
        let marked = line.get(at..end).unwrap_or_default().chars().count();
        Some(Excerpt::new(line, line.get(..at)?.chars().count(), marked))
    }
}

struct Excerpt {
    text: String,
    mark: String,
}

impl Excerpt {
    /// The part of `line` around its character `at`, with a mark of `length` below.
    fn new(line: &str, at: usize, length: usize) -> Self {
        let skipped = if at < WIDEST { 0 } else { at - WIDEST / 2 };
        let mut shown = line.chars().skip(skipped).skip_while(|c| *c == '\u{feff}');
        let text: String = shown.by_ref().take(WIDEST).map(visible).collect();
        let (head, tail) = (
            if skipped > 0 { "…" } else { "" },
            shown.next().map(|_| "…"),
        );
        let bom = usize::from(skipped == 0 && line.starts_with('\u{feff}') && at > 0);
        let indent = at - skipped - bom + head.chars().count();
        let width = length
            .max(1)
            .min(WIDEST.saturating_sub(at - skipped).max(1));
        Self {
            text: format!("{head}{text}{}", tail.unwrap_or_default())
                .trim_end()
                .into(),
            mark: format!("{}{}", " ".repeat(indent), "^".repeat(width)),
        }
    }
}

/// Characters that would spoil the columns or the terminal.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
