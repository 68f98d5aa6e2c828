//! Bodies of requests.

use crate::{
    fault::{Fault, Kind, pointer_part},
    guard::only,
};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    http::{HeaderMap, header},
};
use collodi_api::{
    AppRequest, AppUpdate, RerunRequest, RestartPolicy, RunAnswer, RunOverrides, RunRequest,
    ScriptText, SignalRequest,
};
use collodi_host::{Command, RunId};
use collodi_restart::RestartClass;
use collodi_run::{Overrides, PreparedAnswers};
use collodi_script::{StepAt, nearest};
use collodi_settings::{Change, NewValue};
use collodi_time::Duration;
use collodi_value::{Object, Value};
use futures::StreamExt as _;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// What to send instead of a body that cannot be read.
const RUN: &str =
    "send {\"args\": {…}, \"overrides\": {\"env\": {\"NAME\": \"value\"}}}, or no body";
const ANSWER: &str = "send {\"values\": {\"KEY\": …}}, with the keys of the run's question";
const APP: &str =
    "send {\"source\": \"https://…\"} or {\"template\": \"fastapi\"}, and a \"name\" if you like";
const UPDATE: &str = "send {\"commit\": \"…\", \"discard\": false}, or no body";
const SCRIPT: &str = "send {\"script\": \"…\"}, with the text of a script";
const RERUN: &str = "send {\"from\": 2}, the index of a step of `run`, or no body";
const SIGNAL: &str =
    "send {\"signal\": \"HUP\"}; signals are HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT and STOP";
const CONFIG: &str = "send {\"preferUv\": true}, with the settings that are to change";

/// The largest body, in bytes.
const MOST: usize = 1 << 20;

/// Reads a body to its end. One that is there must be said to be JSON: what else a
/// browser sends without asking first is refused, also when it is empty.
pub(crate) async fn whole(headers: &HeaderMap, body: Body) -> Result<Body, Fault> {
    let said = match only(headers, &header::CONTENT_TYPE) {
        Ok(None) => false,
        Ok(Some(kind)) if is_json(kind) => true,
        _ => return Err(not_json()),
    };
    if body.is_end_stream() {
        return Ok(body);
    }
    let bytes = read(body).await?;
    if said || bytes.is_empty() {
        Ok(bytes.into())
    } else {
        Err(not_json())
    }
}

/// What the body of a run says.
#[derive(Debug, Default)]
pub(crate) struct RunBody {
    pub(crate) args: Value,
    pub(crate) answers: PreparedAnswers,
    pub(crate) again: bool,
    pub(crate) from: Option<usize>,
    pub(crate) overrides: Overrides,
}

/// The arguments and answers in the body of a run; none when it is empty.
pub(crate) fn run(bytes: &[u8]) -> Result<RunBody, Fault> {
    if bytes.is_empty() {
        return Ok(RunBody {
            args: Value::Object(Object::new()),
            ..RunBody::default()
        });
    }
    let request: RunRequest<Map<String, Json>> = parse(bytes, RUN)?;
    let args = object(request.args.unwrap_or_default());
    let answers = object(request.answers.unwrap_or_default());
    let answers = PreparedAnswers::of(&answers, request.unattended);
    Ok(RunBody {
        args: Value::Object(args),
        answers,
        again: request.again,
        from: request.from,
        overrides: overrides(request.overrides.unwrap_or_default()),
    })
}

/// How a run is to be run once more.
#[derive(Debug, Default)]
pub(crate) struct RerunBody {
    pub(crate) from: Option<usize>,
    pub(crate) again: bool,
    pub(crate) answers: Object,
    pub(crate) unattended: Option<bool>,
    pub(crate) overrides: Overrides,
}

/// From where a run is to be run once more, and what is else than before; nothing when the body
/// is empty.
pub(crate) fn rerun(bytes: &[u8]) -> Result<RerunBody, Fault> {
    if bytes.is_empty() {
        return Ok(RerunBody::default());
    }
    let request: RerunRequest<Map<String, Json>> = parse(bytes, RERUN)?;
    Ok(RerunBody {
        from: request.from,
        again: request.again,
        answers: object(request.answers.unwrap_or_default()),
        unattended: request.unattended,
        overrides: overrides(request.overrides.unwrap_or_default()),
    })
}

fn overrides(said: RunOverrides) -> Overrides {
    Overrides {
        env: said.env,
        restart: said.restart.map(restart_class),
        restart_delay: said.restart_delay_ms.map(Duration::from_millis),
    }
}

/// The deaths that are followed by another life, as supervisors know them.
pub const fn restart_class(policy: RestartPolicy) -> RestartClass {
    match policy {
        RestartPolicy::Never => RestartClass::Never,
        RestartPolicy::OnFailure => RestartClass::OnFailure,
        RestartPolicy::Always => RestartClass::Always,
        RestartPolicy::UnlessStopped => RestartClass::UnlessStopped,
    }
}

/// What the body of an answer says to this run.
pub(crate) fn answer(bytes: &[u8], run: RunId) -> Result<Command, Fault> {
    let answer: RunAnswer<Map<String, Json>> = parse(bytes, ANSWER)?;
    Ok(Command::Answer {
        run,
        step: answer.step.map(StepAt::run),
        question: answer.question,
        values: object(answer.values),
    })
}

/// The app that a body asks for.
pub(crate) fn app(bytes: &[u8]) -> Result<AppRequest, Fault> {
    parse(bytes, APP)
}

/// How an app is to be updated; as it was added when the body is empty.
pub(crate) fn update(bytes: &[u8]) -> Result<AppUpdate, Fault> {
    match bytes.is_empty() {
        true => Ok(AppUpdate::default()),
        false => parse(bytes, UPDATE),
    }
}

/// The text that a script could have.
pub(crate) fn script(bytes: &[u8]) -> Result<String, Fault> {
    parse::<ScriptText>(bytes, SCRIPT).map(|body| body.script)
}

/// The signal that a body asks for.
pub(crate) fn signal(bytes: &[u8]) -> Result<SignalRequest, Fault> {
    parse(bytes, SIGNAL)
}

/// What the body of a change of settings says.
#[derive(Debug, Default)]
pub(crate) struct ConfigBody {
    pub(crate) changes: Vec<Change>,
    /// The interpreter, when one is chosen.
    pub(crate) python: Option<String>,
    /// Fields that a client has from the answer to `GET`, and sends back: they are no settings.
    pub(crate) ignored: Vec<String>,
}

/// The fields of a change of settings, and their keys in the file.
const FIELDS: [(&str, &str); 7] = [
    ("envsDir", "envs_dir"),
    ("appsDir", "apps_dir"),
    ("pythonBinary", "python_binary"),
    ("preferUv", "prefer_uv"),
    ("restartDelayMs", "restart_delay_ms"),
    ("maxLogLines", "max_log_lines"),
    ("allowedEnvVars", "allowed_env_vars"),
];

/// What else the answer to `GET` has.
const ANSWERED: [&str; 5] = ["tomlPath", "note", "disk", "settings", "foreignSections"];

/// The settings in the body. What is null or an empty text is to be the default again.
pub(crate) fn config(bytes: &[u8]) -> Result<ConfigBody, Fault> {
    let fields: Map<String, Json> = parse(bytes, CONFIG)?;
    let mut body = ConfigBody::default();
    let mut unknown = Vec::new();
    for (field, json) in fields {
        let known = FIELDS.iter().find(|(name, _)| *name == field);
        let Some((_, key)) = known else {
            match ANSWERED.contains(&&*field) {
                true => body.ignored.push(field),
                false => unknown.push(field),
            }
            continue;
        };
        let value = setting(&field, json)?;
        if let (Some(NewValue::Text(text)), "pythonBinary") = (&value, field.as_str()) {
            body.python = Some(text.clone());
        }
        body.changes.push(Change::new(&["python", key], value));
    }
    match unknown.first() {
        Some(first) => Err(no_settings(first, &unknown)),
        None => Ok(body),
    }
}

/// As in the file, a name that nobody knows is a mistake: what it should have set would stay.
fn no_settings(first: &str, unknown: &[String]) -> Fault {
    let names = || FIELDS.iter().map(|(name, _)| *name);
    let told: Vec<_> = unknown
        .iter()
        .map(|name| match nearest(name, names()) {
            Some(meant) => format!("{name:?} (did you mean {meant:?}?)"),
            None => format!("{name:?}"),
        })
        .collect();
    let all: Vec<_> = names().collect();
    Fault::new(
        Kind::BadSetting,
        format!("no setting is called {}", told.join(", ")),
    )
    .hint(format!(
        "nothing is changed; the fields are {}; others are set in the file, as by `collodi config set`",
        all.join(", ")
    ))
    .with(|problem| problem.pointer = Some(format!("/{}", pointer_part(first))))
}

fn setting(field: &str, json: Json) -> Result<Option<NewValue>, Fault> {
    let wrong = || {
        let detail =
            format!("{field} is a text, a whole number, true or false, or a list of texts");
        Fault::new(Kind::BadSetting, detail)
            .with(|problem| problem.pointer = Some(format!("/{field}")))
    };
    let text = |json: &Json| json.as_str().map(str::to_owned).ok_or_else(wrong);
    Ok(match json {
        Json::Null => None,
        Json::String(text) if text.is_empty() => None,
        // A form of the plugin's sends its flag as a text.
        Json::String(text) if field == "preferUv" && matches!(&*text, "true" | "false") => {
            Some(NewValue::Flag(text == "true"))
        }
        Json::String(text) => Some(NewValue::Text(text)),
        Json::Bool(flag) => Some(NewValue::Flag(flag)),
        Json::Number(number) => Some(NewValue::Number(number.as_i64().ok_or_else(wrong)?)),
        Json::Array(items) => Some(NewValue::Texts(
            items.iter().map(text).collect::<Result<_, _>>()?,
        )),
        Json::Object(_) => return Err(wrong()),
    })
}

/// Reads a body that must be an object.
fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8], hint: &str) -> Result<T, Fault> {
    // A list would do for a struct, but is no object.
    read_as::<BTreeMap<String, IgnoredAny>>(bytes, hint)?;
    read_as(bytes, hint)
}

fn read_as<'a, T: Deserialize<'a>>(bytes: &'a [u8], hint: &str) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        Fault::new(Kind::BadBody, format!("the body cannot be read: {error}"))
            .hint(hint)
            .with(|problem| {
                problem.line = Some(error.line());
                problem.column = Some(error.column());
            })
    })
}

async fn read(body: Body) -> Result<Bytes, Fault> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Fault::new(Kind::BadBody, error.to_string()))?;
        if bytes.len() + chunk.len() > MOST {
            let detail = format!("a body has at most {MOST} bytes");
            return Err(Fault::new(Kind::TooLarge, detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn not_json() -> Fault {
    Fault::new(Kind::NotJson, "a body must be of type application/json")
        .hint("send the header Content-Type: application/json")
}

fn object(entries: Map<String, Json>) -> Object {
    entries
        .into_iter()
        .map(|(key, json)| (key, value(json)))
        .collect()
}

/// The same value in our own terms. The parser limits how deep it is nested.
fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(b),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::String(text),
        Json::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        Json::Object(entries) => Value::Object(object(entries)),
    }
}
