//! The table as a document for people, and as a schema for editors.

use crate::{
    Example, MethodSpec, codes, example,
    schema::{Class, Kinds, Param},
    table::{FILE_KEYS, STEP_KEYS, methods},
};
use alloc::{format, string::String, vec::Vec};
use collodi_value::{Object, Value};

/// A reference of all methods and of all codes of diagnostics in Markdown, made from the table that scripts are checked against.
pub fn reference() -> String {
    let mut text = String::from("# Methods\n\n");
    text += "A step names one of these as `method` and gives it `params`. Every parameter also \
             takes a template that yields one of its kinds.\n\n";
    for class in [
        Class::Runs,
        Class::Substituted,
        Class::Skipped,
        Class::Refused,
    ] {
        text += &format!("- **{class}**: {}\n", class_doc(class));
    }
    text += "\n## Keys of a file\n\n";
    text += &param_table(FILE_KEYS);
    text += "\n## Keys of a step\n\n";
    text += &param_table(STEP_KEYS);
    let mut family = "";
    for spec in methods() {
        let of_spec = spec.name.split('.').next().unwrap_or(spec.name);
        if of_spec != family {
            family = of_spec;
            text += &format!("\n## {family}\n");
        }
        text += &section(spec);
    }
    text += "\n# Diagnostics\n\n";
    text += "Every code, what it means, and a file that shows it.\n";
    codes().fold(text, |text, (code, doc)| {
        text + "\n" + &code_section(code, doc)
    })
}

/// The section of [`reference()`] about one method; none for what is no method.
pub fn method_reference(name: &str) -> Option<String> {
    let spec = methods().find(|spec| spec.name == name)?;
    Some(section(spec).trim_start().into())
}

/// The section of [`reference()`] about one code of diagnostics; none for what is no code.
pub fn code_reference(code: &str) -> Option<String> {
    let (code, doc) = codes().find(|(name, _)| *name == code)?;
    Some(code_section(code, doc))
}

fn code_section(code: &str, doc: &str) -> String {
    let mut text = format!("## `{code}`\n\n{doc}\n");
    match example(code) {
        Some(Example::File("")) => {}
        Some(Example::File(file)) => {
            let shown = file.replace('\u{feff}', "");
            text += &format!("\n```json\n{shown}\n```\n");
        }
        Some(Example::Words(words)) => text += &format!("\nSuch as {words}.\n"),
        None => {}
    }
    text
}

const fn class_doc(class: Class) -> &'static str {
    match class {
        Class::Runs => "does what it does in Pinokio.",
        Class::Substituted => "something takes the place of the window.",
        Class::Skipped => "does nothing, and succeeds.",
        Class::Refused => "fails the run: nothing can take its place.",
    }
}

fn section(spec: &MethodSpec) -> String {
    let mut text = format!("\n### `{}`\n\n{} ({})\n", spec.name, spec.doc, spec.class);
    if spec.shape != Kinds::OBJECT {
        text += &format!("\n`params` is {}.\n", spec.shape);
    }
    if !spec.params.is_empty() {
        text += &format!("\n{}", param_table(spec.params));
    }
    text += &member_tables("", spec.params);
    if !spec.one_of.is_empty() {
        let names: Vec<String> = spec.one_of.iter().map(|n| format!("`{n}`")).collect();
        text += &format!("\nAt least one of {}.\n", names.join(", "));
    }
    if let Some(others) = spec.others {
        text += &format!("\nOther names: {others}.\n");
    }
    text
}

/// The tables of the objects that these take, and of the objects in those.
fn member_tables(holder: &str, params: &[Param]) -> String {
    let objects = params.iter().filter(|param| !param.members.is_empty());
    objects.fold(String::new(), |text, param| {
        let name = format!("{holder}{}", param.name);
        let table = param_table(param.members);
        let inside = member_tables(&format!("{name}."), param.members);
        format!("{text}\nThe object `{name}`:\n\n{table}{inside}")
    })
}

fn param_table(params: &[Param]) -> String {
    let mut text = String::from("| Name | Kind | Meaning |\n|---|---|---|\n");
    for param in params {
        let required = if param.required { " **Required.**" } else { "" };
        let doc = param.doc.replace('|', "\\|");
        text += &format!("| `{}` | {} | {doc}{required} |\n", param.name, param.kinds);
    }
    text
}

/// A JSON Schema (draft 2020-12) of script files, made from the same table. Editors complete and
/// check by it; [`parse`](crate::parse) says more.
pub fn json_schema() -> Value {
    let steps = object([
        ("type", "array".into()),
        ("minItems", 1.into()),
        ("items", object([("$ref", "#/$defs/step".into())])),
    ]);
    let mut file = properties(FILE_KEYS);
    file.set("run", steps);
    let branches: Vec<Value> = methods().map(branch).collect();
    let step = object([
        ("type", "object".into()),
        ("properties", properties(STEP_KEYS).into()),
        ("required", list(["method"])),
        ("allOf", branches.into()),
    ]);
    object([
        (
            "$schema",
            "https://json-schema.org/draft/2020-12/schema".into(),
        ),
        ("title", "Pinokio script".into()),
        ("type", "object".into()),
        ("properties", file.into()),
        ("required", list(["run"])),
        ("$defs", object([("template", template()), ("step", step)])),
    ])
}

/// A text with a template in it, which is taken everywhere.
fn template() -> Value {
    object([("type", "string".into()), ("pattern", "\\{\\{".into())])
}

/// `if` the method is this one, `then` its parameters are these.
fn branch(spec: &'static MethodSpec) -> Value {
    let is = object([("method", object([("const", spec.name.into())]))]);
    let mut params = kinds(spec.shape);
    params.set("description", spec.doc.into());
    params.set("properties", properties(spec.params).into());
    let required: Vec<&str> = spec
        .params
        .iter()
        .filter(|p| p.required)
        .map(|p| p.name)
        .collect();
    let mut then = Object::new();
    if !required.is_empty() || !spec.one_of.is_empty() {
        then.set("required", list(["params"]));
    }
    if !required.is_empty() {
        params.set("required", list(required));
    }
    if !spec.one_of.is_empty() {
        let any: Vec<Value> = spec
            .one_of
            .iter()
            .map(|n| object([("required", list([*n]))]))
            .collect();
        params.set("anyOf", any.into());
    }
    let with_template = object([(
        "anyOf",
        Value::Array(alloc::vec![params.into(), reference_to_template()]),
    )]);
    then.set("properties", object([("params", with_template)]));
    object([("if", object([("properties", is)])), ("then", then.into())])
}

fn reference_to_template() -> Value {
    object([("$ref", "#/$defs/template".into())])
}

fn properties(params: &[Param]) -> Object {
    params
        .iter()
        .map(|param| (param.name, property(param)))
        .collect()
}

fn property(param: &Param) -> Value {
    let mut schema = kinds(param.kinds);
    if !param.members.is_empty() {
        schema.set("properties", properties(param.members).into());
    }
    if !(param.kinds == Kinds::ANY || param.kinds.has(Kinds::STRING)) {
        let any = alloc::vec![Value::from(schema), reference_to_template()];
        schema = Object::from_iter([("anyOf", Value::Array(any))]);
    }
    schema.set("description", param.doc.into());
    schema.into()
}

/// The `type` of a set of kinds; nothing when every kind will do.
fn kinds(kinds: Kinds) -> Object {
    let names: Vec<&str> = kinds.names().collect();
    match names.as_slice() {
        _ if kinds == Kinds::ANY => Object::new(),
        [one] => Object::from_iter([("type", Value::from(*one))]),
        _ => Object::from_iter([("type", list(names))]),
    }
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::from(entries.into_iter().collect::<Object>())
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    Value::from(names.into_iter().collect::<Vec<&str>>())
}
