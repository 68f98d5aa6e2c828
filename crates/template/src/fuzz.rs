//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{Call, Missing, Render, Scope, Sink, Template};
use alloc::{string::String, vec::Vec};
use collodi_value::{Object, Value};

/// Data that would do something if a shell read it.
const HOSTILE: &str = "'\"; $(id) `id` && ! \\ \n #";

struct World;

impl Scope for World {
    fn get(&self, name: &str) -> Option<Value> {
        Some(match name {
            "n" => 7.into(),
            "s" => HOSTILE.into(),
            "e" => "".into(),
            "a" => alloc::vec![3, 1, 2].into(),
            "o" => {
                let entries = [
                    ("s", Value::from(HOSTILE)),
                    ("a", Value::from(alloc::vec!["x"])),
                ];
                Value::Object(entries.into_iter().collect::<Object>())
            }
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        match name {
            "f" => Call::Value(args.first().cloned().unwrap_or_default()),
            "q" => Call::Ask,
            _ => Call::Unknown,
        }
    }
}

/// Reads `data` as the text of a template and renders it in each way.
///
/// # Panics
///
/// When a place that is told is not one of the text, when a second rendering
/// differs, or when a text without expressions changes.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let value = Value::from(&*text);
    let parsed = Template::parse(&value);
    assert_eq!(parsed.source(), value);
    for problem in parsed.problems() {
        assert!(text.get(problem.span).is_some(), "a problem has its place");
    }
    for reference in parsed.references() {
        assert!(
            text.get(reference.span).is_some(),
            "a reference has its place"
        );
    }
    for (sink, missing) in [
        (Sink::Plain, Missing::KeepText),
        (Sink::Shell, Missing::KeepText),
        (Sink::Plain, Missing::Falsy),
    ] {
        let how = Render {
            sink,
            missing,
            fuel: 20_000,
            max_bytes: 1 << 20,
        };
        render(&parsed, &text, &how);
    }
}

fn render(parsed: &Template, text: &str, how: &Render) {
    let rendered = parsed.render(&World, how);
    assert_eq!(
        print(&rendered.value),
        print(&parsed.render(&World, how).value)
    );
    for note in &rendered.notes {
        assert!(
            text.get(note.span.clone()).is_some(),
            "a note has its place"
        );
    }
    if parsed.is_static() && !text.contains("{{{") {
        assert_eq!(rendered.value, Value::from(text));
        assert_eq!(rendered.notes, Vec::new());
    }
}

/// NaN is not equal to itself, but its text is.
fn print(value: &Value) -> String {
    value.to_json()
}
