//! Bodies of fuzz targets; the property tests replay them.

use crate::{Options, Place, Severity, decode, explain, locate, parse_bytes, read_json};
use alloc::string::String;

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("script_parse", parse_any), ("script_data", data)];

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

/// Reads any bytes as data: what is read is read again from its own text, and what is
/// not has a place. Any pointer has a place.
///
/// # Panics
///
/// When that is not so.
pub fn data(source: &[u8]) {
    let text = String::from_utf8_lossy(source);
    let (pointer, text) = text.split_once('\n').unwrap_or(("", &text));
    assert!(locate(text, pointer) >= Place::START);
    match read_json(text) {
        Ok(value) => {
            let written = value.to_json();
            assert_eq!(read_json(&written), Ok(value.clone()), "{written}");
            assert_eq!(read_json(&value.to_json_pretty()), Ok(value));
        }
        Err((place, why)) => {
            assert!(place >= Place::START && !why.is_empty(), "{place}: {why}");
        }
    }
}
