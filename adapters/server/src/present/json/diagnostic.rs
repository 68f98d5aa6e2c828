//! Diagnostics of scripts.

use collodi_script::Diagnostic;
use serde::Serialize;

/// A diagnostic of a script.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename = "diagnostic", rename_all = "camelCase")]
pub(crate) struct DiagnosticLine<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    utf16_column: usize,
    end_line: usize,
    end_column: usize,
    end_utf16_column: usize,
    /// In bytes.
    span: [usize; 2],
    severity: String,
    code: &'static str,
    message: &'a str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixLine<'a>>,
}

/// An edit that settles a diagnostic.
#[derive(Debug, Serialize)]
struct FixLine<'a> {
    title: &'a str,
    span: [usize; 2],
    replacement: &'a str,
}

impl<'a> FixLine<'a> {
    fn new(fix: &'a collodi_script::Fix) -> Self {
        Self {
            title: &fix.title,
            span: [fix.span.start, fix.span.end],
            replacement: &fix.replacement,
        }
    }
}

impl<'a> DiagnosticLine<'a> {
    pub(crate) fn new(file: &'a str, diagnostic: &'a Diagnostic) -> Self {
        Self {
            file,
            line: diagnostic.start.line,
            column: diagnostic.start.column,
            utf16_column: diagnostic.start.utf16_column,
            end_line: diagnostic.end.line,
            end_column: diagnostic.end.column,
            end_utf16_column: diagnostic.end.utf16_column,
            span: [diagnostic.span.start, diagnostic.span.end],
            severity: diagnostic.severity.to_string(),
            code: diagnostic.code,
            message: &diagnostic.message,
            pointer: &diagnostic.pointer,
            note: diagnostic.note.as_deref(),
            hint: diagnostic.hint.as_deref(),
            fix: diagnostic.fix.as_ref().map(FixLine::new),
        }
    }
}
