//! Bodies of fuzz targets; the property tests replay them.

use crate::{
    Limits, Options, Place, Severity, decode, explain,
    json::{self, Kind, Node},
    locate, parse_bytes, read_json,
    sink::{Sink, child_pointer},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("script_parse", parse_any), ("script_data", data)];

/// Reads any bytes: must not panic, and every diagnostic must have a place inside the text,
/// which is where a walk over all of the text comes to it.
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
        let bounds = [diagnostic.span.start, diagnostic.span.end];
        let walked = bounds.map(|at| walked_to(&text, at));
        assert_eq!([diagnostic.start, diagnostic.end], walked);
    }
    pointers(&text);
    let errors = parsed
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error);
    assert!(!(errors && parsed.script().is_ok()));
}

/// The place of a byte, character by character.
fn walked_to(text: &str, at: usize) -> Place {
    let before = text.char_indices().take_while(|(start, _)| *start < at);
    before.fold(Place::START, |place, (_, c)| match c {
        '\n' => Place {
            line: place.line + 1,
            ..Place::START
        },
        '\u{feff}' if place == Place::START => place,
        c => Place {
            column: place.column + 1,
            utf16_column: place.utf16_column + c.len_utf16(),
            ..place
        },
    })
}

/// The pointer that is made for a value when it is asked for is the one that a walk over
/// all values gives it.
fn pointers(text: &str) {
    let limits = Limits::default();
    let root = json::read(text, &limits, &mut Sink::new(limits.diagnostics));
    let mut todo: Vec<(&Node<'_>, String)> =
        root.iter().map(|root| (root, String::new())).collect();
    // Beyond so many there is nothing new.
    for _ in 0..10_000 {
        let (Some(root), Some((node, pointer))) = (&root, todo.pop()) else {
            return;
        };
        assert_eq!(root.pointer_to(node), pointer);
        let members = node
            .members()
            .iter()
            .map(|m| (&m.value, child_pointer(&pointer, &m.key)));
        todo.extend(members);
        if let Kind::Array(items) = &node.kind {
            let items = items.iter().enumerate();
            todo.extend(items.map(|(i, item)| (item, child_pointer(&pointer, &i.to_string()))));
        }
    }
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
