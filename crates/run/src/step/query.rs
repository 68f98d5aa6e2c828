//! Addresses, queries and forms out of parameters.

use crate::{outcome::FailureKind, params::Fault, shown::shown_address};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_value::{Object, Value};
use collodi_web::{UrlError, WebUrl};

/// The address that the parameter at `pointer` is.
pub(super) fn address(pointer: &str, text: &str) -> Result<WebUrl, Fault> {
    WebUrl::parse(text).map_err(|error| not_one(pointer, text, error))
}

pub(super) fn not_one(pointer: &str, text: &str, error: UrlError) -> Fault {
    let text = shown_address(text);
    Fault {
        pointer: pointer.to_string(),
        kind: Box::new(FailureKind::Address { text, error }),
    }
}

/// Names and values as a query, or as a form's body: lists as `name[]`, objects in
/// them as `name[key]`, and what is deeper as JSON.
pub(super) fn encoded(fields: &Object) -> String {
    let mut pairs = Vec::new();
    for (name, value) in fields.iter() {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                pairs.extend(items.iter().map(|item| (format!("{name}[]"), flat(item))));
            }
            Value::Object(members) => {
                let member = |(key, value): (&str, &Value)| (format!("{name}[{key}]"), flat(value));
                pairs.extend(members.iter().map(member));
            }
            scalar => pairs.push((name.to_string(), flat(scalar))),
        }
    }
    let pair = |(name, value): &(String, String)| format!("{}={}", escaped(name), escaped(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_json(),
        scalar => scalar.to_text(),
    }
}

/// A text as a part of a path or a query.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_script::read_json;

    #[test]
    fn secrets_of_what_is_no_address() {
        for (text, seen) in [
            ("ftp://me:pw@h/x?key=1", "ftp://h/x"),
            ("me:pw@h", "h"),
            ("{{local.url}}", "{{local.url}}"),
        ] {
            assert_eq!(shown_address(text), seen);
        }
    }

    #[test]
    fn queries() {
        for (json, query) in [
            ("{}", ""),
            (r#"{"a": 1, "b": true, "c": null}"#, "a=1&b=true"),
            (r#"{"q": "a b&c=ä"}"#, "q=a%20b%26c%3D%C3%A4"),
            (
                r#"{"l": [1, "x"], "o": {"k": [2]}}"#,
                "l%5B%5D=1&l%5B%5D=x&o%5Bk%5D=%5B2%5D",
            ),
        ] {
            let value = read_json(json).unwrap();
            assert_eq!(encoded(value.as_object().unwrap()), query);
        }
    }
}
