//! Values as JSON text. Written without recursion: a value may be nested deeply.

use crate::{Value, number_to_text};
use alloc::{string::String, vec::Vec};
use core::fmt::Write;

impl Value {
    /// The value as compact JSON, as `JSON.stringify(value)`.
    pub fn to_json(&self) -> String {
        write(self, None)
    }

    /// The value as JSON indented by two spaces, as `JSON.stringify(value, null, 2)`.
    pub fn to_json_pretty(&self) -> String {
        write(self, Some("  "))
    }
}

/// What is still to be written, innermost last.
enum Todo<'a> {
    Value(&'a Value),
    Items(core::slice::Iter<'a, Value>, bool),
    Entries(
        alloc::boxed::Box<dyn Iterator<Item = (&'a str, &'a Value)> + 'a>,
        bool,
    ),
}

fn write(value: &Value, indent: Option<&str>) -> String {
    let mut out = String::new();
    let mut todo = alloc::vec![Todo::Value(value)];
    while let Some(next) = todo.pop() {
        match next {
            Todo::Value(value) => open(value, &mut out, &mut todo),
            Todo::Items(mut items, first) => match items.next() {
                Some(item) => {
                    separate(&mut out, first, indent, todo.len() + 1);
                    todo.push(Todo::Items(items, false));
                    todo.push(Todo::Value(item));
                }
                None => close(&mut out, first, indent, todo.len(), ']'),
            },
            Todo::Entries(mut entries, first) => match entries.next() {
                Some((key, value)) => {
                    separate(&mut out, first, indent, todo.len() + 1);
                    quote(key, &mut out);
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    todo.push(Todo::Entries(entries, false));
                    todo.push(Todo::Value(value));
                }
                None => close(&mut out, first, indent, todo.len(), '}'),
            },
        }
    }
    out
}

fn open<'a>(value: &'a Value, out: &mut String, todo: &mut Vec<Todo<'a>>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) if n.is_finite() => out.push_str(&number_to_text(*n)),
        Value::Number(_) => out.push_str("null"),
        Value::String(s) => quote(s, out),
        Value::Array(items) => {
            out.push('[');
            todo.push(Todo::Items(items.iter(), true));
        }
        Value::Object(object) => {
            out.push('{');
            todo.push(Todo::Entries(alloc::boxed::Box::new(object.iter()), true));
        }
    }
}

fn separate(out: &mut String, first: bool, indent: Option<&str>, depth: usize) {
    if !first {
        out.push(',');
    }
    line_break(out, indent, depth);
}

fn close(out: &mut String, empty: bool, indent: Option<&str>, depth: usize, bracket: char) {
    if !empty {
        line_break(out, indent, depth);
    }
    out.push(bracket);
}

fn line_break(out: &mut String, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str(indent));
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for part in text.split_inclusive(is_special) {
        match part.strip_suffix(is_special) {
            Some(plain) => {
                out.push_str(plain);
                part.chars()
                    .next_back()
                    .into_iter()
                    .for_each(|c| escape(c, out));
            }
            None => out.push_str(part),
        }
    }
    out.push('"');
}

const fn is_special(c: char) -> bool {
    c < ' ' || matches!(c, '"' | '\\')
}

fn escape(special: char, out: &mut String) {
    match special {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        // Writing to a String cannot fail.
        c => drop(write!(out, "\\u{:04x}", u32::from(c))),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Object, Value};

    fn sample() -> Value {
        let mut object = Object::new();
        object.set("a", Value::from(alloc::vec![1, 2]));
        object.set("b\n", Value::Object(Object::new()));
        object.set("c", Value::from("\u{1}\"é"));
        Value::from(object)
    }

    #[test]
    fn compact() {
        assert_eq!(
            sample().to_json(),
            r#"{"a":[1,2],"b\n":{},"c":"\u0001\"é"}"#
        );
    }

    #[test]
    fn pretty() {
        let expected =
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\\n\": {},\n  \"c\": \"\\u0001\\\"é\"\n}";
        assert_eq!(sample().to_json_pretty(), expected);
    }

    #[test]
    fn deep_values_are_written_without_recursion() {
        let deep = (0..200_000).fold(Value::Null, |inner, _| Value::Array(alloc::vec![inner]));
        assert_eq!(deep.to_json().len(), 400_004);
        core::mem::forget(deep); // dropping recurses; parsed values are limited in depth
    }
}
