//! Bodies of fuzz targets; the property tests replay them.

use crate::{Options, Place, Severity, decode, explain, parse_bytes};

/// Reads any bytes: must not panic, and every diagnostic must have a place inside the text.
pub fn parse_any(source: &[u8]) {
    let options = Options::default();
    let parsed = parse_bytes(source, &options);
    let text = decode(source);
    assert!(parsed.diagnostics.len() <= options.limits.diagnostics + 1);
    for diagnostic in &parsed.diagnostics {
        assert!(
            text.get(diagnostic.span.clone()).is_some(),
            "{diagnostic:?}"
        );
        assert!(Place::START <= diagnostic.start && diagnostic.start <= diagnostic.end);
        assert!(explain(diagnostic.code).is_some(), "{}", diagnostic.code);
        let fix = diagnostic.fix.as_ref().map(|fix| fix.span.clone());
        assert!(
            fix.is_none_or(|span| text.get(span).is_some()),
            "{diagnostic:?}"
        );
        assert!(!diagnostic.message.ends_with('.'), "{}", diagnostic.message);
        assert!(!diagnostic.render(&text, "x").is_empty());
    }
    let errors = parsed
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error);
    assert!(!(errors && parsed.script().is_ok()));
}
