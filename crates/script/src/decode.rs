//! From bytes to text.

use crate::{Diagnostic, Severity, sink::Sink};
use alloc::{borrow::Cow, format, string::String};

/// The text of a file's bytes, with U+FFFD for what is not UTF-8. The spans of
/// [`parse_bytes`](crate::parse_bytes) are those of this text.
pub fn decode(source: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(source)
}

/// What is said about a file of another encoding.
pub(crate) fn utf16(source: &[u8]) -> Option<Diagnostic> {
    let marked = source.starts_with(&[0xff, 0xfe]) || source.starts_with(&[0xfe, 0xff]);
    marked.then(|| {
        let report = Diagnostic::new(Severity::Error, "not-utf8", 0..0, "the file is UTF-16");
        report.hint("save it as UTF-8")
    })
}

/// Says what is not UTF-8, at its place in the decoded text.
pub(crate) fn invalid_bytes(source: &[u8], sink: &mut Sink) {
    let mut at = 0;
    for chunk in source.utf8_chunks() {
        at += chunk.valid().len();
        if chunk.invalid().is_empty() {
            continue;
        }
        let bytes: String = chunk
            .invalid()
            .iter()
            .map(|b| format!(" {b:02x}"))
            .collect();
        let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
        let message = format!("the bytes{bytes} are not UTF-8");
        let report = Diagnostic::new(Severity::Error, "not-utf8", at..end, message);
        sink.push(report.hint("save the file as UTF-8"));
        at = end;
    }
}

pub(crate) fn byte_order_mark(source: &str, sink: &mut Sink) {
    if source.starts_with('\u{feff}') {
        let message = "the file starts with a byte order mark";
        let report = Diagnostic::new(Severity::Notice, "byte-order-mark", 0..3, message);
        sink.push(report.fix(0..3, "", "remove it"));
    }
}
