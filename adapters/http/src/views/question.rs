//! What a run asks.

use collodi_api::{DefaultAnswer, Question, QuestionField, QuestionItem};
use collodi_run::{Field, FieldKind, Item};
use collodi_value::Value;

/// What a run asks a person, as clients read it: without what a secret is by itself.
pub fn question(asked: &collodi_run::Question) -> Question {
    Question {
        number: asked.number,
        step: asked.step.index,
        list: asked.step.list.name().map(ToOwned::to_owned),
        id: asked.id.clone(),
        method: asked.method.clone(),
        title: asked.form.title.clone(),
        description: asked.form.description.clone(),
        fields: asked.form.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> QuestionField {
    let items = match &field.kind {
        FieldKind::Select(items) => items.iter().map(item).collect(),
        _ => Vec::new(),
    };
    let shown = field.default.as_ref().filter(|_| !field.is_secret());
    QuestionField {
        key: field.key.clone(),
        title: field.title.clone(),
        description: field.description.clone(),
        placeholder: field.placeholder.clone(),
        kind: field.kind.word().to_owned(),
        multiple: matches!(field.kind, FieldKind::Paths { multiple: true, .. }),
        items,
        default: shown.map(default),
        required: field.required,
    }
}

fn item(item: &Item) -> QuestionItem {
    QuestionItem {
        value: item.value.clone(),
        text: item.text.clone(),
    }
}

fn default(value: &Value) -> DefaultAnswer {
    match value {
        Value::Bool(flag) => DefaultAnswer::Flag(*flag),
        Value::Array(paths) => DefaultAnswer::Paths(paths.iter().map(Value::to_text).collect()),
        other => DefaultAnswer::Text(other.to_text()),
    }
}
