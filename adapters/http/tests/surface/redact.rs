//! Takes out of answers what is new in every test run.

use serde_json::Value;

/// Folders, ids, process ids and times become words.
pub(crate) fn redact(value: &Value, root: &str) -> Value {
    match value {
        Value::String(s) => Value::String(text(s, root)),
        Value::Array(items) => items.iter().map(|item| redact(item, root)).collect(),
        Value::Object(entries) => {
            let is_size = entries.contains_key("freedBytes");
            let entry = |(key, value): (&String, &Value)| {
                let is_some = value.as_i64().is_some_and(|number| number > 0);
                let shown = match key.as_str() {
                    "pid" if is_some => 4711.into(),
                    // Disks differ in what a file takes.
                    "bytes" | "freedBytes" | "sharedBytes" if is_size && is_some => 4096.into(),
                    _ => redact(value, root),
                };
                (key.clone(), shown)
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        other => other.clone(),
    }
}

fn text(text: &str, root: &str) -> String {
    if is_time(text) {
        return "TIME".to_owned();
    }
    let text = text.replace(root, "/workspace");
    let text = replace(&text, "-", 8, |c| c.is_ascii_hexdigit(), "01234567");
    [3, 4, 5, 6, 7]
        .into_iter()
        .rev()
        .fold(text, |text, digits| {
            replace(&text, "pid=", digits, |c| c.is_ascii_digit(), "4711")
        })
}

fn is_time(text: &str) -> bool {
    text.len() == 24 && text.starts_with("20") && text.ends_with('Z')
}

/// Puts `by` in the place of `count` characters of a kind behind `mark`.
fn replace(text: &str, mark: &str, count: usize, kind: fn(char) -> bool, by: &str) -> String {
    let mut parts = text.split(mark);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hit = part.chars().take_while(|c| kind(*c)).count() == count;
        let (by, rest) = if hit {
            (by, part.split_at(count).1)
        } else {
            ("", part)
        };
        shown = shown + mark + by + rest;
    }
    shown
}
