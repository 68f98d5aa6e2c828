//! What happens before the first step: the `ENVIRONMENT` files are read, the tools
//! that the script requires are looked for, and its required variables are asked for.

mod requires;

use crate::{
    Completed, Field, Form, Question,
    context::Context,
    dotenv,
    environment::{decoded, is_utf_16},
    outcome::FailureKind,
    params::{Fault, Params},
    questions::Asking,
    step::{Asked, accept, ask, file_text, write_private},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_env::{StepVariables, Verdict};
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_machine::ActionId;
use collodi_value::{Object, Value};
use requires::Required;

/// The most variables that a script may require.
const MAX_VARIABLES: usize = 64;

/// A run before its first step.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Files are read: which, and what was in them.
    Reading(BTreeMap<ActionId, Reading>),
    /// Folders are made that values name.
    Making(BTreeMap<ActionId, ContainedPath>),
    /// Programs are looked for.
    Looking(Asking, Vec<Required>),
    /// Somebody must answer.
    Asking(Arc<Question>),
    /// The app's file is read again, for these lines.
    Rereading(ContainedPath, Vec<(String, String)>),
    /// The answers are written to the app's file.
    Writing(String),
}

#[derive(Clone, Debug)]
struct Reading {
    layer: usize,
    file: ContainedPath,
    text: Option<String>,
    is_read: bool,
}

/// How far the opening is.
#[derive(Clone, Debug)]
pub(crate) enum Opened {
    /// The first step can begin.
    Done,
    /// It waits.
    Waits(Opening),
}

type Going = Result<Opened, Fault>;

impl Opening {
    /// Begins to read the files; those of the options, and the app's own when the
    /// script requires variables.
    pub(crate) fn begin(cx: &mut Context) -> Going {
        let limit = cx.options.limits.file_bytes;
        let mut reading = BTreeMap::new();
        for (layer, file) in files(cx) {
            let id = cx.world(Action::File(FileOp::read(file.clone(), limit)));
            let (text, is_read) = (None, false);
            let file = Reading {
                layer,
                file,
                text,
                is_read,
            };
            reading.insert(id, file);
        }
        if reading.is_empty() {
            look(cx)
        } else {
            Ok(waits(Stage::Reading(reading)))
        }
    }

    /// What is asked of a person.
    pub(crate) const fn question(&self) -> Option<&Arc<Question>> {
        match &self.stage {
            Stage::Asking(question) => Some(question),
            _ => None,
        }
    }

    /// An action ended.
    pub(crate) fn completed(self, cx: &mut Context, id: ActionId, completed: Completed) -> Going {
        match self.stage {
            Stage::Reading(mut reading) => {
                if let Some(file) = reading.get_mut(&id) {
                    file.take(cx, completed);
                }
                if reading.values().all(|file| file.is_read) {
                    make(cx, reading)
                } else {
                    Ok(waits(Stage::Reading(reading)))
                }
            }
            Stage::Making(mut folders) => {
                let path = folders.remove(&id);
                if let (Some(path), Completed::World(Completion::File(Err(error)))) =
                    (path, completed)
                {
                    cx.note(format!("the folder {path} cannot be made: {error}"));
                }
                if folders.is_empty() {
                    look(cx)
                } else {
                    Ok(waits(Stage::Making(folders)))
                }
            }
            Stage::Looking(mut asking, required) => {
                asking.completed(id, &completed);
                looked(cx, asking, required)
            }
            Stage::Rereading(path, lines) => edit(cx, &path, &lines, completed),
            Stage::Writing(text) => match completed {
                Completed::World(Completion::File(Err(error))) => {
                    Err(FailureKind::File(error).into())
                }
                _ => {
                    cx.environment.changed(text);
                    Ok(Opened::Done)
                }
            },
            stage @ Stage::Asking(_) => Ok(waits(stage)),
        }
    }

    /// Somebody answers.
    pub(crate) fn answer(self, cx: &mut Context, values: &Object) -> Going {
        let Stage::Asking(question) = self.stage else {
            return Ok(Opened::Waits(self));
        };
        match accept(cx, &question, values) {
            Some(values) => keep(cx, &values),
            None => Ok(waits(Stage::Asking(question))),
        }
    }
}

impl Reading {
    fn take(&mut self, cx: &mut Context, completed: Completed) {
        self.is_read = true;
        match completed {
            Completed::World(Completion::File(Ok(FileAnswer::Bytes(bytes)))) => {
                self.text = Some(decoded(&bytes));
            }
            Completed::World(Completion::File(Err(error)))
                if error.kind != FileErrorKind::NotFound =>
            {
                cx.note(format!("{} is not read: {error}", self.file));
            }
            _ => {}
        }
    }
}

const fn waits(stage: Stage) -> Opened {
    Opened::Waits(Opening { stage })
}

/// The files to read, by layer.
fn files(cx: &Context) -> Vec<(usize, ContainedPath)> {
    let layers = &cx.options.environment.layers;
    if layers.is_empty() && !variables(cx).is_empty() {
        let app = cx.environment.app_file();
        return app.map(|(file, _)| (0, file.clone())).into_iter().collect();
    }
    let of_layer = |(index, layer): (usize, &crate::EnvironmentLayer)| {
        let files = layer.files.clone();
        files.into_iter().map(move |file| (index, file))
    };
    layers.iter().enumerate().flat_map(of_layer).collect()
}

/// The files are read: makes the folders that they name. Files come in the order in
/// which they were asked for, so that the later one of a layer counts.
fn make(cx: &mut Context, reading: BTreeMap<ActionId, Reading>) -> Going {
    for Reading {
        layer, file, text, ..
    } in reading.into_values()
    {
        if let Some(text) = text {
            cx.environment.read(layer, &file, text);
        }
    }
    let bad: Vec<_> = cx.environment.bad().cloned().collect();
    for (name, error) in bad {
        cx.note(format!("the variable {name} is left out: {error}"));
    }
    let mut folders = BTreeMap::new();
    for path in cx.environment.folders() {
        let id = cx.world(Action::File(FileOp::MakeDir { path: path.clone() }));
        folders.insert(id, path);
    }
    if folders.is_empty() {
        look(cx)
    } else {
        Ok(waits(Stage::Making(folders)))
    }
}

/// Looks for the programs that the script requires.
fn look(cx: &mut Context) -> Going {
    let required = requires::read(cx);
    let mut asking = Asking::default();
    let questions = required.iter().map(Required::question).collect();
    asking.ask(cx, questions)?;
    looked(cx, asking, required)
}

fn looked(cx: &mut Context, asking: Asking, required: Vec<Required>) -> Going {
    if asking.is_waiting() {
        return Ok(waits(Stage::Looking(asking, required)));
    }
    for required in required {
        if let Some(note) = required.note(&asking) {
            cx.note(note);
        }
    }
    demand(cx)
}

/// Asks for the required variables that have no value.
fn demand(cx: &mut Context) -> Going {
    let items = variables(cx);
    for (name, _) in &items {
        cx.environment.require(name);
    }
    let there = cx.resolve(StepVariables::new());
    for name in withheld(cx, &there) {
        cx.note(format!(
            "the variable {name} of an ENVIRONMENT file is not passed on: it needs a grant"
        ));
    }
    // What a file has and the policy keeps back is not asked for again.
    let names = cx.environment.names();
    let is_missing =
        |name: &str| there.vars.get(name).is_none_or(String::is_empty) && !names.contains(name);
    let fields: Vec<Field> = items
        .into_iter()
        .filter(|(name, _)| is_missing(name))
        .map(|(_, field)| field)
        .collect();
    if fields.is_empty() {
        return Ok(Opened::Done);
    }
    let form = Form {
        title: "This script requires variables".into(),
        description: String::new(),
        fields,
    };
    match ask(cx, "pre".into(), form)? {
        Asked::Answered(values) => keep(cx, &values),
        Asked::Open(question) => Ok(waits(Stage::Asking(question))),
    }
}

/// What the files give and the policy keeps back.
fn withheld(cx: &Context, there: &collodi_env::Environment) -> Vec<String> {
    let is_dropped = |name: &&str| {
        there
            .decision(name)
            .is_some_and(|decision| decision.verdict == Verdict::Dropped)
    };
    let names = cx.environment.names().into_iter();
    names.filter(is_dropped).map(ToString::to_string).collect()
}

/// Keeps the answers in the app's file. It is read again: somebody may have changed it
/// since the run began.
fn keep(cx: &mut Context, values: &Object) -> Going {
    let Some((path, _)) = cx.environment.app_file() else {
        return Ok(Opened::Done);
    };
    let path = path.clone();
    let mut lines = Vec::new();
    for (name, value) in values.iter().filter(|(_, value)| value.is_truthy()) {
        let Some(written) = dotenv::quoted(&value.to_text()) else {
            let expected = "a text that fits between quotes of one kind";
            let found = format!("the value of {name}");
            return Err(FailureKind::Param { expected, found }.into());
        };
        lines.push((name.to_string(), written));
    }
    let op = FileOp::read(path.clone(), cx.options.limits.file_bytes);
    cx.world(Action::File(op));
    Ok(waits(Stage::Rereading(path, lines)))
}

/// Writes the lines to the app's file, of which this was read. What cannot be read is
/// not written over.
fn edit(
    cx: &mut Context,
    path: &ContainedPath,
    lines: &[(String, String)],
    completed: Completed,
) -> Going {
    let text = match completed {
        Completed::World(Completion::File(Ok(FileAnswer::Bytes(bytes)))) if is_utf_16(&bytes) => {
            decoded(&bytes)
        }
        completed => file_text(path, completed)?.unwrap_or_default(),
    };
    let text = dotenv::edited(&text, lines);
    write_private(cx, path, text.clone())?;
    Ok(waits(Stage::Writing(text)))
}

/// The variables of `pre`, else of `env`, with what to ask when they are not there.
fn variables(cx: &Context) -> Vec<(String, Field)> {
    if cx.is_vatn() {
        return Vec::new();
    }
    let list = |pointer: &str| cx.file.pointer(pointer).and_then(Value::as_array);
    let items = list("/pre").or_else(|| list("/env")).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let variables = items.iter().filter_map(variable);
    let is_new = |(name, _): &(String, Field)| seen.insert(name.clone());
    variables.filter(is_new).take(MAX_VARIABLES).collect()
}

fn variable(item: &Value) -> Option<(String, Field)> {
    let item = Params::new(item);
    let text = |key: &str| item.get(key).map(Value::to_text).unwrap_or_default();
    let name = [text("env"), text("key")]
        .into_iter()
        .find(|name| dotenv::is_name(name))?;
    let default = item
        .get("default")
        .map(|value| Value::from(value.to_text()));
    let field = Field {
        title: text("title"),
        description: text("description"),
        required: true,
        kind: crate::FieldKind::of_variable(&name),
        ..Field::text(&name, default)
    };
    Some((name, field))
}
