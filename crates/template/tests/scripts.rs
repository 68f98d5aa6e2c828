//! The templates of real scripts: how many are read, and how many have a value.
//!
//! `COLLODI_CORPUS` names the directory; without one, our own fixtures are used.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

use collodi_template::{Call, NoteKind, Problem, Render, Scope, Sink, Template};
use collodi_value::{Object, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn read(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(b) => Value::Bool(*b),
        serde_json::Value::Number(n) => Value::Number(n.as_f64().unwrap()),
        serde_json::Value::String(s) => Value::from(s.as_str()),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(read).collect()),
        serde_json::Value::Object(map) => Value::Object(
            map.iter()
                .map(|(k, v)| (k.as_str(), read(v)))
                .collect::<Object>(),
        ),
    }
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().map(|json| read(&json))
}

/// A run in the middle of things.
struct Run {
    variables: Object,
}

impl Run {
    fn new(script: &Value) -> Self {
        let variables = json(include_str!("corpus/scope.json")).unwrap();
        let Value::Object(mut variables) = variables else {
            panic!("the scope is an object");
        };
        let mut script = script.as_object().cloned().unwrap_or_default();
        if !script.contains("session") {
            script.set("session", Value::Object(Object::new()));
        }
        variables.set("self", Value::Object(script));
        Self { variables }
    }
}

impl Scope for Run {
    fn get(&self, name: &str) -> Option<Value> {
        self.variables.get(name).cloned()
    }

    fn call(&self, name: &str, _: &[Value]) -> Call {
        Call::Value(match name {
            "exists" | "running" | "ready" | "script.exists" | "script.running" => true.into(),
            "os.platform" => "linux".into(),
            "os.arch" => "x64".into(),
            "which" => "/usr/bin/which".into(),
            "kernel.path" => "/home/pinokio".into(),
            "Date.now" => 1_700_000_000_000_f64.into(),
            "Math.random" => 0.5.into(),
            _ => return Call::Unknown,
        })
    }
}

#[derive(Default)]
struct Count {
    files: usize,
    expressions: usize,
    unread: Vec<String>,
    without_value: BTreeMap<String, usize>,
}

impl Count {
    fn script(&mut self, name: &str, script: &Value) {
        let template = Template::parse(script);
        self.files += 1;
        let problems = template.problems();
        let problems =
            problems.map(|Problem { pointer, kind, .. }| format!("{name}{pointer}: {kind}"));
        self.unread.extend(problems);
        for sink in [Sink::Plain, Sink::Shell] {
            let how = Render {
                sink,
                ..Render::default()
            };
            template.render(&Run::new(script), &how);
        }
        self.texts(script, &Run::new(script));
    }

    /// Each text by itself: with the whole script, one text would pay for all.
    fn texts(&mut self, value: &Value, run: &Run) {
        match value {
            Value::String(text) => {
                let template = Template::parse(value);
                if !template.is_static() {
                    self.expressions += text.matches("{{").count();
                }
                let rendered = template.render(run, &Render::default());
                let failed = |kind: &NoteKind| !matches!(kind, NoteKind::Undefined);
                if let Some(note) = rendered.notes.iter().find(|note| failed(&note.kind)) {
                    *self
                        .without_value
                        .entry(format!("{text}: {note}"))
                        .or_default() += 1;
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.texts(item, run)),
            Value::Object(object) => object.iter().for_each(|(_, item)| self.texts(item, run)),
            _ => {}
        }
    }
}

fn scripts(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
}

fn corpus() -> Option<PathBuf> {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/pinokio-corpus"
    );
    let named = std::env::var_os("COLLODI_CORPUS").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(beside)).filter(|path| path.is_dir()))
}

#[test]
fn the_templates_of_real_scripts_have_values() {
    let Some(directory) = corpus() else {
        eprintln!(
            "no corpus of real scripts: set COLLODI_CORPUS; our own fixtures have a test of their own"
        );
        return;
    };
    let mut paths = Vec::new();
    scripts(&directory, &mut paths);
    let mut count = Count::default();
    for path in &paths {
        if let Some(script) = fs::read_to_string(path).ok().and_then(|text| json(&text)) {
            count.script(
                &path.strip_prefix(&directory).unwrap().display().to_string(),
                &script,
            );
        }
    }
    let Count {
        files,
        expressions,
        unread,
        without_value,
    } = count;
    let failed: usize = without_value.values().sum();
    eprintln!("{files} files, {expressions} expressions");
    eprintln!("{} not read: {unread:#?}", unread.len());
    eprintln!("{failed} without a value: {without_value:#?}");
    assert!(expressions > 0, "no templates in {}", directory.display());
    // 99.8 % of what stands between braces is read and has a value.
    assert!(
        (unread.len() + failed) * 500 <= expressions,
        "{} of {expressions} not read, {failed} without a value",
        unread.len()
    );
}

/// Each line: an expression as scripts write it.
#[test]
fn the_templates_of_our_fixtures_have_values() {
    let mut count = Count::default();
    for line in include_str!("corpus/scripts.txt").lines() {
        count.script(line, &Value::from(format!("{{{{{line}}}}}")));
    }
    assert_eq!(count.unread, Vec::<String>::new());
    assert_eq!(count.without_value, BTreeMap::new());
}
