//! The description of the surface: OpenAPI 3.1, made of the table of routes and the wire types.

use crate::{
    fault::Kind,
    routes::{ROUTES, Route},
};
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
    pub(crate) also: Option<(&'static str, SchemaOf)>,
    pub(crate) faults: &'static [Kind],
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
            "securitySchemes": {"token": {
                "type": "http",
                "scheme": "bearer",
                "description": "a token of the scope read, operate or admin; each has those before it",
            }},
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
    let answer = |kind: &str, schema: &Value| json!({"description": about.summary, "content": {kind: {"schema": schema}}});
    let also = about.also.map(|(status, of)| {
        let schema = json!(of(schemas));
        (status.to_owned(), answer("application/json", &schema))
    });
    let problem = json!({"$ref": "#/components/responses/problem"});
    let faults = faults(route).map(|fault| (fault.status().as_str().to_owned(), problem.clone()));
    let own = (about.status.to_owned(), answer(kind, &schema));
    let answers = faults.chain([own]).chain(also);
    add("responses", Value::Object(answers.collect()));
    if let Some(of) = about.body {
        let content = json!({"application/json": {"schema": of(schemas)}});
        add("requestBody", json!({"content": content}));
    }
    if let Some(scope) = route.scope {
        add("security", json!([{"token": [scope]}]));
    }
    Value::Object(operation)
}

/// What may be answered besides success: what any request may come to, what those of its kind
/// may, and what is its own.
fn faults(route: &Route) -> impl Iterator<Item = Kind> {
    let any = [
        Kind::ForeignHost,
        Kind::ForeignOrigin,
        Kind::NotJson,
        Kind::BadBody,
        Kind::TooLarge,
    ];
    let of_kind = [
        (route.scope.is_some(), Kind::Unauthorized),
        (route.scope.is_some(), Kind::TooLittle),
        (route.scope.is_some(), Kind::ShuttingDown),
        (route.scope.is_some(), Kind::HandingOver),
        (route.path.contains('{'), Kind::BadName),
        (!route.about.parameters.is_empty(), Kind::BadParameter),
    ];
    let of_kind = of_kind.into_iter().filter(|(may, _)| *may);
    let own = route.about.faults.iter().copied();
    any.into_iter()
        .chain(of_kind.map(|(_, kind)| kind))
        .chain(own)
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
