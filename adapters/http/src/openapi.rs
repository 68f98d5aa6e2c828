//! The description of the surface: OpenAPI 3.1, made of the table of routes and the wire types.

use crate::routes::{ROUTES, Route, Scope};
use collodi_api::Problem;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// What a route is about, takes and answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) summary: &'static str,
    pub(crate) status: &'static str,
    pub(crate) answer: Shape,
    pub(crate) body: Option<SchemaOf>,
    pub(crate) parameters: &'static [Parameter],
}

/// What an answer is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// JSON of this type.
    Json(SchemaOf),
    /// Text of this media type.
    Text(&'static str),
}

/// The schema of a type, which is put among the others of a generator.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> schemars::Schema;

/// A parameter behind the question mark, or in a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) required: bool,
    pub(crate) about: &'static str,
}

/// The description, without the document's server: that is whoever was asked.
pub(crate) fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut schemas = settings.into_generator();
    let problem = schemas.subschema_for::<Problem>();
    let mut paths = Map::new();
    for route in ROUTES {
        let method = route.method.as_str().to_lowercase();
        let operation = operation(route, &mut schemas);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(method, operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Collodi", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": {"problem": {
                "description": "what went wrong, and what to do about it",
                "content": {"application/problem+json": {"schema": problem}},
            }},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let about = &route.about;
    let (kind, schema) = match about.answer {
        Shape::Json(of) => ("application/json", json!(of(schemas))),
        Shape::Text(kind) => (kind, json!({"type": "string"})),
    };
    let parameters = names(route.path).chain(about.parameters.iter().map(parameter));
    let mut operation = Map::new();
    let mut add = |key: &str, value: Value| drop(operation.insert(key.to_owned(), value));
    add("summary", json!(about.summary));
    add("parameters", parameters.collect());
    let answer = json!({"description": about.summary, "content": {kind: {"schema": schema}}});
    let problem = json!({"$ref": "#/components/responses/problem"});
    add(
        "responses",
        json!({about.status: answer, "default": problem}),
    );
    if let Some(of) = about.body {
        let content = json!({"application/json": {"schema": of(schemas)}});
        add("requestBody", json!({"content": content}));
    }
    if route.scope == Scope::Token {
        add("security", json!([{"token": []}]));
    }
    Value::Object(operation)
}

/// The names in the braces of a path. An id may be a little longer than the name it begins with.
fn names(path: &'static str) -> impl Iterator<Item = Value> {
    let parts = path.split('/');
    let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let schema = json!({"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,76}$"});
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    })
}

fn parameter(of: &Parameter) -> Value {
    json!({
        "name": of.name, "in": of.place, "required": of.required,
        "description": of.about, "schema": {"type": of.kind},
    })
}
