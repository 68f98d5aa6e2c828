//! What a script finds: what its caller hands over, and the files that lie around it.

use collodi_contain::RelPath;
use collodi_script::{Method, Script, Step};
use collodi_value::{Object, Value};

/// What a script that somebody starts for a reason says.
const STAND_IN: &str = r#"{"run":[{"method":"log","params":{"text":"done"}}]}"#;

/// The arguments that a caller of `script` gives: one for each name that it reads.
pub(super) fn args(script: &Script) -> Object {
    let mut args = Object::new();
    for text in texts(&script.value()) {
        for name in members(text, "args").chain(members(text, "input")) {
            args.set(name, plausible(name));
        }
    }
    // A match, which only a step before can have given.
    args.remove("event");
    args
}

/// What somebody would give for this.
pub(super) fn plausible(name: &str) -> Value {
    let name = name.to_lowercase();
    let is = |part| name.contains(part);
    Value::from(match () {
        () if is("url") || is("uri") || is("link") => "https://example.org/a/model.bin",
        () if is("path") || is("dir") || is("folder") => "models",
        () if is("env") => "env",
        () => "7",
    })
}

/// The files below the script's folder that it reads or starts, and that something would
/// have put there: their paths and what is in them.
pub(super) fn files(script: &Script) -> Vec<(RelPath, String)> {
    script.steps.iter().filter_map(file).collect()
}

fn file(step: &Step) -> Option<(RelPath, String)> {
    let param = match step.method {
        Method::ScriptStart | Method::ScriptRun => "uri",
        Method::FsRead | Method::FsCat => "path",
        _ => return None,
    };
    let path = step.params.get(param)?.as_text()?;
    let path = RelPath::parse(path).ok().filter(|_| !path.contains("{{"))?;
    let text = match path.as_str() {
        _ if param == "path" => "--listen".to_owned(),
        js if js.ends_with(".js") => format!("module.exports = {STAND_IN}"),
        _ => STAND_IN.to_owned(),
    };
    Some((path, text))
}

/// The texts in a value, at any depth.
fn texts(value: &Value) -> Vec<&str> {
    let (mut texts, mut rest) = (Vec::new(), vec![value]);
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => texts.push(text.as_str()),
            Value::Array(items) => rest.extend(items.iter()),
            Value::Object(object) => rest.extend(object.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    texts
}

/// The names behind `variable.` in the templates of `text`.
fn members<'a>(text: &'a str, variable: &'a str) -> impl Iterator<Item = &'a str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let places = text.match_indices(variable).filter(move |(at, _)| {
        let before = text.get(..*at).unwrap_or_default();
        before.contains("{{") && !before.ends_with(|c| is_name(c) || c == '.')
    });
    places.filter_map(move |(at, found)| {
        let rest = text.get(at + found.len()..)?.strip_prefix('.')?;
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_behind_a_variable() {
        let names = |text| members(text, "args").collect::<Vec<_>>();
        assert_eq!(
            names("{{args.uri}} {{args.a && args.b_2}}"),
            ["uri", "a", "b_2"]
        );
        assert_eq!(
            names("args.uri {{local.args.x}} {{myargs.y}} {{args}}"),
            [""; 0]
        );
    }
}
