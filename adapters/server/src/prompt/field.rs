//! One field of a question: how it is asked, and what a typed line means.

use crate::present::style::DIM;
use anstyle::{AnsiColor, Effects, Style};
use collodi_api::{DefaultAnswer, QuestionField};
use collodi_logs::plain;
use serde_json::Value;

const ASK: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// Whether what is typed is not shown.
pub(super) fn is_secret(field: &QuestionField) -> bool {
    field.kind == "password"
}

/// What the line answers. Something to choose can be named by its number.
pub(super) fn answer(field: &QuestionField, line: &str) -> Value {
    if field.multiple {
        return line.split_whitespace().map(Value::from).collect();
    }
    let is_value = field.items.iter().any(|item| item.value == line);
    let number = line.trim().parse::<usize>().ok().filter(|_| !is_value);
    let item = number.and_then(|number| field.items.get(number.checked_sub(1)?));
    Value::from(item.map_or(line, |item| item.value.as_str()))
}

/// What helps to answer a field, above its prompt.
pub(super) fn describe(field: &QuestionField) {
    if !field.description.is_empty() {
        say!("      {DIM}{}{DIM:#}", plain(&field.description));
    }
    for (index, item) in field.items.iter().enumerate() {
        say!("      {DIM}{}){DIM:#} {}", index + 1, plain(&item.text));
    }
}

/// What stands before the line that is typed.
pub(super) fn prompt(field: &QuestionField) -> String {
    let name = match field.title.is_empty() {
        true => plain(&field.key),
        false => plain(&field.title),
    };
    format!("      {ASK}{name}{ASK:#}{}: ", hint(field))
}

/// What an empty line means.
fn hint(field: &QuestionField) -> String {
    match &field.default {
        Some(DefaultAnswer::Flag(true)) => " [Y/n]".to_owned(),
        Some(DefaultAnswer::Flag(false)) => " [y/N]".to_owned(),
        Some(DefaultAnswer::Paths(_)) => " [none]".to_owned(),
        Some(DefaultAnswer::Text(text)) => format!(" [{}]", plain(text)),
        None if is_secret(field) && !field.required => " [as it is]".to_owned(),
        None if !field.placeholder.is_empty() => format!(" ({})", plain(&field.placeholder)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_means_what_its_field_is() {
        let items = json!([{"value": "s", "text": "Small"}, {"value": "1", "text": "One"}]);
        for (kind, multiple, items, line, meant) in [
            ("text", false, json!([]), "2", json!("2")),
            ("select", false, items.clone(), "1", json!("1")),
            ("select", false, items.clone(), "2", json!("1")),
            ("select", false, items.clone(), "s", json!("s")),
            ("select", false, items, "9", json!("9")),
            ("paths", true, json!([]), "a b", json!(["a", "b"])),
            ("paths", false, json!([]), "a b", json!("a b")),
        ] {
            let field = json!({"key": "k", "type": kind, "multiple": multiple, "items": items,
                "required": true});
            let field: QuestionField = serde_json::from_value(field).unwrap();
            assert_eq!(answer(&field, line), meant, "{kind} {line}");
        }
    }

    #[test]
    fn an_empty_line_is_explained() {
        for (rest, shown) in [
            (json!({"type": "checkbox", "default": true}), " [Y/n]"),
            (json!({"type": "text", "default": "x"}), " [x]"),
            (json!({"type": "password"}), " [as it is]"),
            (
                json!({"type": "text", "placeholder": "a name"}),
                " (a name)",
            ),
        ] {
            let mut field = rest;
            field["key"] = json!("k");
            field["required"] = json!(false);
            let field: QuestionField = serde_json::from_value(field).unwrap();
            assert_eq!(hint(&field), shown);
        }
    }
}
