//! Files that are data and no script.

use crate::{Diagnostic, Limits, Place, Severity, json, sink::Sink};
use alloc::{string::String, vec::Vec};
use collodi_value::Value;

/// Reads a text that must be JSON, as the files that scripts read and change.
///
/// Stricter than [`parse`](crate::parse): comments and trailing commas are errors too. A byte
/// order mark at the start is read over. Of a repeated key the last value counts. The text's
/// length is for the caller to bound.
///
/// # Errors
///
/// Where the text stops being JSON for the first time, and what is wrong there. Nesting deeper
/// than the default of [`Limits::depth`] is an error too.
pub fn read_json(source: &str) -> Result<Value, (Place, String)> {
    if json::Syntax::of(source).is_module() {
        return Err((Place::START, "this is a module of JavaScript".into()));
    }
    strictly(source)
}

/// Reads what a module of JavaScript exports, when it is data: `module.exports = …` and literals.
/// Bounds as for [`read_json`].
///
/// # Errors
///
/// Where the module stops being data for the first time, and what is wrong there.
pub fn read_module(source: &str) -> Result<Value, (Place, String)> {
    if !json::Syntax::of(source).is_module() {
        return Err((Place::START, "the module exports nothing".into()));
    }
    strictly(source)
}

fn strictly(source: &str) -> Result<Value, (Place, String)> {
    let limits = Limits::default();
    let mut sink = Sink::new(limits.diagnostics);
    let root = json::read(source, &limits, &mut sink);
    let found = sink.finish(source);
    match (root, first_departure(found)) {
        (Some(root), None) => Ok(root.to_value()),
        (_, Some(departure)) => Err((departure.start, departure.message)),
        (None, None) => Err((Place::START, "there is no value".into())),
    }
}

/// What no strict reader accepts. Warnings are about JSON all the same, however many.
fn first_departure(found: Vec<Diagnostic>) -> Option<Diagnostic> {
    found.into_iter().find(|d| match d.severity {
        Severity::Error => true,
        Severity::Warning => false,
        Severity::Notice => d.code != "too-many-diagnostics",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn read(source: &str) -> String {
        match read_json(source) {
            Ok(value) => value.to_json(),
            Err((place, message)) => format!("{place}: {message}"),
        }
    }

    #[test]
    fn reads_json_and_nothing_else() {
        let table = [
            (
                r#" {"a": [1, true, null, "x"]} "#,
                r#"{"a":[1,true,null,"x"]}"#,
            ),
            ("\u{feff}[]", "[]"),
            ("3", "3"),
            ("module.exports = {}", "1:1: this is a module of JavaScript"),
            (r#"{"a": 1, "a": 2}"#, r#"{"a":2}"#),
            ("{\"a\": 1,\n}", "1:8: nothing follows this comma"),
            ("[1] // one", "1:5: JSON has no comments"),
            (
                "{'a': 1}",
                "1:2: strings are in double quotes, not between ' and '",
            ),
        ];
        for (source, expected) in table {
            assert_eq!(read(source), expected, "{source}");
        }
        for source in ["", "{", "[1", "nope", "1 2", "[01]"] {
            assert!(read_json(source).is_err(), "{source}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(read_json(&deep(100)).is_ok());
        assert!(read_json(&deep(100_000)).is_err());
    }
}
