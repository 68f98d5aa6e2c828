//! Why a step is done, or left out.

use crate::words::{Words, joined};
use collodi_run::{Run, RunOptions};
use collodi_script::{Step, Template};
use collodi_value::Value;

/// The longest text of a value that is shown.
const LONGEST: usize = 60;

/// The step's `when` as the script has it.
pub(crate) fn text(step: &Step) -> Option<String> {
    let source = step.when.as_ref()?.source();
    Some(match source {
        Value::String(text) => text,
        other => other.to_json(),
    })
}

/// Why the step is left out: its `when`, and what the names in it are.
pub(crate) fn reason(step: &Step, run: &Run, options: &RunOptions, words: &Words) -> String {
    let guard = text(step).unwrap_or_default();
    let mut values: Vec<String> = Vec::new();
    for (path, is_called) in names(step) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(said) = meaning(&path, is_called, run, options, words) else {
            continue;
        };
        if !values.contains(&said) {
            values.push(said);
        }
    }
    match values.as_slice() {
        [] => format!("`{guard}` is false"),
        values => format!("`{guard}` is false: {}", joined(values)),
    }
}

/// What is known of a name before: what it is, or who is asked.
fn meaning(
    path: &[&str],
    is_called: bool,
    run: &Run,
    options: &RunOptions,
    words: &Words,
) -> Option<String> {
    if is_called {
        // A method of a value says less than the value.
        let (_, value) = path.split_last()?;
        let is_value = matches!(known(value, run, options), Some(Some(_)));
        return match is_value {
            true => meaning(value, false, run, options, words),
            false => Some(format!(
                "`{}(…)` is asked of the {}",
                path.join("."),
                asked(path)
            )),
        };
    }
    let name = path.join(".");
    Some(match known(path, run, options)? {
        Some(value) => format!("`{name}` is {}", words.show(&shown(&value))),
        None => format!("`{name}` has no value"),
    })
}

/// Who answers a function.
fn asked(path: &[&str]) -> &'static str {
    match path {
        ["running" | "ready" | "script", ..] => "scripts",
        ["exists" | "which", ..] => "files",
        _ => "machine",
    }
}

/// Whether the step's `when` reads what a command said, which nobody knows before. `said` are
/// the names that hold such.
pub(crate) fn is_open(
    step: &Step,
    run: &Run,
    options: &RunOptions,
    words: &Words,
    said: impl Fn(&str) -> bool,
) -> bool {
    names(step).any(|(path, _)| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let made_up = |value: Value| {
            let text = value.to_json();
            words.show(&text) != text
        };
        path.first().is_some_and(|name| said(name))
            || known(&path, run, options).flatten().is_some_and(made_up)
    })
}

/// The names in the step's `when`, by their parts, and whether each is called.
fn names(step: &Step) -> impl Iterator<Item = (Vec<String>, bool)> {
    let references = step.when.as_deref().map(Template::references);
    let references = references.into_iter().flatten();
    references.map(|reference| (reference.path, reference.called))
}

/// What a name means now, which may be nothing; none when that is not known without asking.
fn known(path: &[&str], run: &Run, options: &RunOptions) -> Option<Option<Value>> {
    let (name, members) = match path {
        // The program's own object has the facts once more.
        ["kernel", name, members @ ..] => (name, members),
        _ => path.split_first()?,
    };
    let platform = options.layout.platform();
    let root = match *name {
        "platform" => Value::from(platform.os.node_name()),
        "arch" => Value::from(platform.arch),
        "args" => options.args.clone(),
        "local" => Value::Object(run.local().clone()),
        "global" => Value::Object(run.global().clone()),
        "gpu" => options.facts.get("gpu").cloned().unwrap_or("none".into()),
        name => options.facts.get(name).cloned()?,
    };
    let pointer = members.iter().map(|member| format!("/{member}"));
    Some(root.pointer(&pointer.collect::<String>()).cloned())
}

fn shown(value: &Value) -> String {
    let text = value.to_json();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
