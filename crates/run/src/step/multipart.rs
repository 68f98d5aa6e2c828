//! Forms of several parts: what `multipart/form-data` is sent with.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_template::bytes_of;
use collodi_value::{Object, Value};

/// A form of several parts, and what marks where each begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Multipart {
    pub(super) boundary: String,
    pub(super) body: Vec<u8>,
}

/// Bytes are sent as files, lists as several parts of one name, other objects as
/// `name[key]`, and what is deeper as JSON. What is null is left out.
pub(super) fn multipart(fields: &Object) -> Multipart {
    let mut parts: Vec<Part> = Vec::new();
    for (name, value) in fields.iter() {
        match value {
            Value::Array(items) => {
                parts.extend(
                    items
                        .iter()
                        .filter_map(|item| Part::of(format!("{name}[]"), item)),
                );
            }
            Value::Object(members) if bytes_of(value).is_none() => {
                let part = |(key, value): (&str, &Value)| Part::of(format!("{name}[{key}]"), value);
                parts.extend(members.iter().filter_map(part));
            }
            value => parts.extend(Part::of(name.to_string(), value)),
        }
    }
    let boundary = boundary(&parts);
    let mut body = Vec::new();
    for part in &parts {
        part.write(&mut body, &boundary);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Multipart { boundary, body }
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    is_file: bool,
    content: Vec<u8>,
}

impl Part {
    fn of(name: String, value: &Value) -> Option<Self> {
        let file = value.as_object().and_then(|_| bytes_of(value));
        let is_file = file.is_some();
        let content = match (file, value) {
            (Some(bytes), _) => bytes,
            (None, Value::Null) => return None,
            (None, Value::Array(_) | Value::Object(_)) => value.to_json().into_bytes(),
            (None, scalar) => scalar.to_text().into_bytes(),
        };
        Some(Self {
            name,
            is_file,
            content,
        })
    }

    fn write(&self, body: &mut Vec<u8>, boundary: &str) {
        let name = quoted(&self.name);
        let (file, kind) = match self.is_file {
            true => (
                format!("; filename=\"{name}\""),
                "Content-Type: application/octet-stream\r\n",
            ),
            false => (String::new(), ""),
        };
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{kind}\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&self.content);
        body.extend_from_slice(b"\r\n");
    }
}

/// A name as it stands between quotes: it cannot end them, or the line.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text that no part has in it.
fn boundary(parts: &[Part]) -> String {
    let is_in = |text: &str| {
        let has = |part: &Part| contains(&part.content, text.as_bytes());
        parts.iter().any(has)
    };
    let mut boundary = String::from("----collodi");
    while is_in(&boundary) {
        boundary.push('-');
    }
    boundary
}

fn contains(content: &[u8], text: &[u8]) -> bool {
    content.windows(text.len()).any(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_script::read_json;

    fn form(json: &str) -> String {
        let value = read_json(json).unwrap();
        let Multipart { boundary, body } = multipart(value.as_object().unwrap());
        let text = String::from_utf8(body).unwrap();
        text.replace(&boundary, "B").replace("\r\n", "\n")
    }

    #[test]
    fn fields_are_parts() {
        assert_eq!(
            form(r#"{"a": 1, "b": ["x", {"y": 2}], "c": {"k": true}, "d": null}"#),
            "--B\nContent-Disposition: form-data; name=\"a\"\n\n1\n\
             --B\nContent-Disposition: form-data; name=\"b[]\"\n\nx\n\
             --B\nContent-Disposition: form-data; name=\"b[]\"\n\n{\"y\":2}\n\
             --B\nContent-Disposition: form-data; name=\"c[k]\"\n\ntrue\n--B--\n"
        );
    }

    #[test]
    fn bytes_are_files_and_names_stay_on_their_line() {
        assert_eq!(
            form(r#"{"a\"\r\nX: y": {"type": "Buffer", "data": [104, 105]}}"#),
            "--B\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"; \
             filename=\"a%22%0D%0AX: y\"\nContent-Type: application/octet-stream\n\nhi\n--B--\n"
        );
    }

    #[test]
    fn no_part_has_the_boundary_in_it() {
        let fields: Object = [("a", Value::from("------collodi--"))]
            .into_iter()
            .collect();
        assert_eq!(multipart(&fields).boundary, "----collodi---");
    }
}
