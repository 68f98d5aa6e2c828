//! `env.set`, `env.switch`

use super::{Pending, Started, Step, files};
use crate::{
    Completed,
    context::Context,
    dotenv,
    outcome::FailureKind,
    params::{Fault, Params, at, wrong},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::Action;
use collodi_contain::ContainedPath;
use collodi_file::FileOp;
use collodi_script::Method;
use collodi_value::Value;

/// A step that changes the app's `ENVIRONMENT` file.
#[derive(Clone, Debug)]
pub(crate) enum EnvStep {
    /// The file is read.
    Reading(ContainedPath, Vec<Change>),
    /// It is written, with this text.
    Writing(String),
}

/// A name, and the values that it can get, as they are meant and as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    name: String,
    choices: Vec<Choice>,
    /// Whether a value that is there stays, unless it is one of the choices.
    switches: bool,
}

#[derive(Clone, Debug)]
struct Choice {
    value: String,
    written: String,
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let switches = matches!(method, Method::EnvSwitch);
    let changes = changes(params.value(), switches)?;
    if changes.is_empty() {
        return Ok(Step::Done(Value::Null));
    }
    let Some((path, _)) = cx.environment.app_file() else {
        return Ok(Step::Done(Value::Null));
    };
    let path = path.clone();
    let op = FileOp::read(path.clone(), cx.options.limits.file_bytes);
    cx.world(Action::File(op));
    Ok(Step::Wait(Pending::Env(EnvStep::Reading(path, changes))))
}

fn changes(params: &Value, switches: bool) -> Result<Vec<Change>, Fault> {
    let Some(object) = params.as_object() else {
        return Err(Fault {
            pointer: "/params".into(),
            ..wrong("", "an object", params)
        });
    };
    object
        .iter()
        .map(|(name, value)| change(name, value, switches))
        .collect()
}

fn change(name: &str, value: &Value, switches: bool) -> Result<Change, Fault> {
    if !dotenv::is_name(name) {
        let found = format!("{name:?}");
        let expected = "the name of a variable";
        return Err(at(name, FailureKind::Param { expected, found }));
    }
    let choices = match (switches, value) {
        (false, one) => [choice(name, one)?].into(),
        (true, Value::Array(list)) if !list.is_empty() => list
            .iter()
            .map(|one| choice(name, one))
            .collect::<Result<_, _>>()?,
        (true, other) => return Err(wrong(name, "a list of texts", other)),
    };
    Ok(Change {
        name: name.to_string(),
        choices,
        switches,
    })
}

fn choice(name: &str, value: &Value) -> Result<Choice, Fault> {
    if matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
        return Err(wrong(name, "a text", value));
    }
    let text = value.to_text();
    let written = dotenv::quoted(&text)
        .ok_or_else(|| wrong(name, "a text that fits between quotes of one kind", value))?;
    Ok(Choice {
        value: text,
        written,
    })
}

impl Change {
    /// The value to write, with the values that are there; none when it stays.
    fn written(&self, values: &BTreeMap<String, String>) -> Option<&str> {
        let current = values.get(&self.name).filter(|value| !value.is_empty());
        let index = match current {
            Some(current) if self.switches => {
                let position = self.choices.iter().position(|c| c.value == *current)?;
                (position + 1) % self.choices.len().max(1)
            }
            _ => 0,
        };
        self.choices
            .get(index)
            .map(|choice| choice.written.as_str())
    }
}

impl EnvStep {
    /// The file was read or written.
    pub(super) fn completed(self, cx: &mut Context, completed: Completed) -> Step {
        let done = match self {
            Self::Reading(path, changes) => files::text(&path, completed)
                .and_then(|text| write(cx, &path, &text.unwrap_or_default(), &changes)),
            Self::Writing(text) => files::written(completed).map(|()| {
                cx.environment.changed(text);
                Step::Done(Value::Null)
            }),
        };
        done.unwrap_or_else(|kind| Step::Fail(kind.into()))
    }
}

fn write(
    cx: &mut Context,
    path: &ContainedPath,
    text: &str,
    changes: &[Change],
) -> Result<Step, FailureKind> {
    let values = dotenv::values(text);
    let lines: Vec<(String, String)> = changes
        .iter()
        .filter_map(|change| Some((change.name.clone(), change.written(&values)?.to_string())))
        .collect();
    if lines.is_empty() {
        return Ok(Step::Done(Value::Null));
    }
    let text = dotenv::edited(text, &lines);
    files::write_private(cx, path, text.clone())?;
    Ok(Step::Wait(Pending::Env(EnvStep::Writing(text))))
}
