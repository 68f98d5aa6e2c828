//! Reading forms from the parameters of a step.

use super::{Field, FieldKind, Form, Item};
use crate::params::{Fault, Params, missing, wrong};
use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use collodi_value::Value;

/// The most fields of a form.
const MAX_FIELDS: usize = 256;

impl Form {
    /// Reads `title`, `description` and the fields of `form`, which may be absent.
    pub(crate) fn read(params: Params<'_>) -> Result<Self, Fault> {
        let fields = match params.get("form") {
            None => Vec::new(),
            Some(Value::Array(items)) => fields(items)?,
            Some(other) => return Err(wrong("form", "a list of fields", other)),
        };
        Ok(Self {
            title: shown(params, "title"),
            description: shown(params, "description"),
            fields,
        })
    }
}

/// Of several fields with a key, the first counts.
fn fields(items: &[Value]) -> Result<Vec<Field>, Fault> {
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for (index, item) in items.iter().take(MAX_FIELDS).enumerate() {
        let field = field(Params::new(item)).map_err(|fault| below(index, fault))?;
        if seen.insert(field.key.clone()) {
            fields.push(field);
        }
    }
    Ok(fields)
}

fn field(params: Params<'_>) -> Result<Field, Fault> {
    let Some(key) = params.text("key")?.filter(|key| !key.is_empty()) else {
        return Err(missing("key", "the name of the answer"));
    };
    let kind = kind(params)?;
    let default = default(&kind, params);
    Ok(Field {
        key,
        title: shown(params, "title"),
        description: shown(params, "description"),
        placeholder: shown(params, "placeholder"),
        required: params.flag("required"),
        kind,
        default,
    })
}

/// What is not known, numbers among it, is asked for as a text, as a browser does.
fn kind(params: Params<'_>) -> Result<FieldKind, Fault> {
    let name = params.text("type")?.unwrap_or_default();
    Ok(match name.as_str() {
        "textarea" => FieldKind::TextArea,
        "password" => FieldKind::Password,
        "checkbox" => FieldKind::Checkbox,
        "select" => FieldKind::Select(items(params)?),
        _ => FieldKind::Text,
    })
}

fn items(params: Params<'_>) -> Result<Vec<Item>, Fault> {
    let Some(list) = params.get("items").and_then(Value::as_array) else {
        return Err(missing("items", "a list of what there is to choose"));
    };
    Ok(list.iter().map(item).collect())
}

/// A text is its own answer; an object has a `value`, and a `text` for people.
fn item(value: &Value) -> Item {
    let member = |name: &str| Some(value.as_object()?.get(name)?.to_text());
    let answer = member("value")
        .or_else(|| member("text"))
        .unwrap_or_else(|| value.to_text());
    let text = member("text").unwrap_or_else(|| answer.clone());
    Item {
        value: answer,
        text,
    }
}

/// A checkbox that nobody touches is not checked.
fn default(kind: &FieldKind, params: Params<'_>) -> Option<Value> {
    let given = params.get("default");
    match kind {
        FieldKind::Checkbox => Some(Value::from(params.flag("default"))),
        FieldKind::Select(_) => given.map(|value| Value::from(value.to_text())),
        _ => given.cloned(),
    }
}

/// A text for people: whatever is there, in words.
fn shown(params: Params<'_>, key: &str) -> String {
    params.get(key).map(Value::to_text).unwrap_or_default()
}

/// The fault of the field at `index`, seen from the step.
fn below(index: usize, fault: Fault) -> Fault {
    let inner = fault.pointer.strip_prefix("/params").unwrap_or_default();
    Fault {
        pointer: format!("/params/form/{}{inner}", index),
        ..fault
    }
}
