//! `gradio.predict`: calls a Gradio app
//!
//! The app's `config` says how it is called. One that streams its events is given the
//! arguments first and asked for the stream of the event then; an older one answers at
//! once.

use super::{
    Pending, Started, Step,
    query::{address, escaped},
};
use crate::{
    Completed, Event,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, wrong},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_script::read_json;
use collodi_time::Duration;
use collodi_value::Value;
use collodi_web::{FetchSpec, Fetched, Headers, WebError, WebErrorKind, WebUrl};

/// How long a call may take: models are slow.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A call under way.
#[derive(Clone, Debug)]
pub(crate) struct Gradio {
    /// The app's address, without a slash at its end.
    app: String,
    /// The endpoint, with a slash at its start.
    endpoint: String,
    arguments: Value,
    /// What is asked at the moment.
    asked: WebUrl,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// How is the app called?
    Config,
    /// The arguments are given; below this address the event is.
    Giving(String),
    /// The events of the call.
    Listening,
    /// The arguments are given, and the answer is the result.
    Running,
}

pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Started {
    let app = params.required_text("uri")?;
    let app = app.trim_end_matches('/').to_string();
    let path = params.text("path")?.filter(|path| !path.is_empty());
    let path = path.unwrap_or_else(|| "/predict".to_string());
    let arguments = match params.get("params") {
        None => Value::Array(Vec::new()),
        Some(list @ Value::Array(_)) => list.clone(),
        Some(other) => return Err(wrong("params", "a list of arguments", other)),
    };
    let asked = address("/params/uri", &format!("{app}/config"))?;
    let gradio = Box::new(Gradio {
        app,
        endpoint: format!("/{}", path.trim_start_matches('/')),
        arguments,
        asked: asked.clone(),
        stage: Stage::Config,
    });
    Ok(gradio.ask(cx, FetchSpec::get(asked)))
}

impl Gradio {
    fn ask(mut self: Box<Self>, cx: &mut Context, spec: FetchSpec) -> Step {
        let limit = cx.options.limits.file_bytes;
        let spec = FetchSpec {
            timeout: PATIENCE,
            limit,
            ..spec
        };
        self.asked = spec.url.clone();
        cx.out.event(Event::Transfer {
            step: cx.step(),
            what: spec.to_string().into(),
        });
        cx.world(Action::Fetch(spec));
        Step::Wait(Pending::Gradio(self))
    }

    /// Gives the arguments to this address below the app's.
    fn give(self: Box<Self>, cx: &mut Context, address: &str) -> Result<Step, Fault> {
        let mut headers = Headers::default();
        headers.set("Content-Type", "application/json");
        let body = [("data", self.arguments.clone())];
        let body = Value::Object(body.into_iter().collect());
        let spec = FetchSpec {
            method: "POST".to_string(),
            headers,
            body: body.to_json().into_bytes(),
            ..FetchSpec::get(self::address("/params/uri", address)?)
        };
        Ok(self.ask(cx, spec))
    }

    pub(super) fn completed(self: Box<Self>, cx: &mut Context, completed: Completed) -> Step {
        let answer = match completed {
            Completed::World(Completion::Fetched(Ok(answer))) => answer,
            Completed::World(Completion::Fetched(Err(error))) => {
                return Step::Fail(at("uri", FailureKind::Web(error)));
            }
            _ => return Step::Wait(Pending::Gradio(self)),
        };
        if !answer.is_success() {
            let status = WebErrorKind::Status(answer.status);
            return Step::Fail(at("uri", self.failure(status, &detail(&answer))));
        }
        self.answered(cx, &answer).unwrap_or_else(Step::Fail)
    }

    fn answered(mut self: Box<Self>, cx: &mut Context, answer: &Fetched) -> Result<Step, Fault> {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        match self.stage.clone() {
            Stage::Config => {
                let config = read_json(&text).map_err(|_| self.not_gradio())?;
                let address = self.call_address(&config);
                self.stage = match streams(&config) {
                    true => Stage::Giving(address.clone()),
                    false => Stage::Running,
                };
                self.give(cx, &address)
            }
            Stage::Giving(address) => {
                let given = read_json(&text).ok();
                let id = given.as_ref().and_then(|given| given.pointer("/event_id"));
                let id = id.map(Value::to_text).ok_or_else(|| self.not_gradio())?;
                let address = format!("{address}/{}", escaped(&id));
                let spec = FetchSpec::get(self::address("/params/uri", &address)?);
                self.stage = Stage::Listening;
                Ok(self.ask(cx, spec))
            }
            Stage::Listening => self.told(&text),
            Stage::Running => {
                let answer = read_json(&text).ok();
                let data = answer.as_ref().and_then(|answer| answer.pointer("/data"));
                let data = data.cloned().ok_or_else(|| self.not_gradio())?;
                Ok(self.result(data))
            }
        }
    }

    /// Where the endpoint is called.
    fn call_address(&self, config: &Value) -> String {
        let name = self.endpoint.trim_start_matches('/');
        let parts: Vec<String> = name.split('/').map(escaped).collect();
        let prefix = config.pointer("/api_prefix").and_then(Value::as_str);
        let verb = if streams(config) { "call" } else { "run" };
        format!(
            "{}{}/{verb}/{}",
            self.app,
            prefix.unwrap_or_default(),
            parts.join("/")
        )
    }

    /// What the stream of a call says at its end.
    fn told(&self, stream: &str) -> Result<Step, Fault> {
        match last_event(stream) {
            Some(("complete", data)) => {
                let data = read_json(data).map_err(|_| self.not_gradio())?;
                Ok(self.result(data))
            }
            Some(("error", why)) => {
                let why = match why {
                    "null" | "" => "failed, and does not say why",
                    why => why,
                };
                let text = format!("{}: {why}", self.endpoint);
                Err(at("uri", FailureKind::Gradio(text)))
            }
            _ => Err(self.not_gradio()),
        }
    }

    fn result(&self, data: Value) -> Step {
        let members = [
            ("type", Value::from("data")),
            ("endpoint", Value::from(self.endpoint.as_str())),
            ("data", data),
        ];
        Step::Done(Value::Object(members.into_iter().collect()))
    }

    fn not_gradio(&self) -> Fault {
        let text = format!("{} does not answer as Gradio does", self.asked);
        at("uri", FailureKind::Gradio(text))
    }

    fn failure(&self, kind: WebErrorKind, detail: &str) -> FailureKind {
        let error = WebError::new(kind, self.asked.clone());
        FailureKind::Web(match detail {
            "" => error,
            detail => error.detail(detail.to_string()),
        })
    }
}

/// Whether calls are answered with a stream of events.
fn streams(config: &Value) -> bool {
    let protocol = config.pointer("/protocol").and_then(Value::as_str);
    protocol.is_some_and(|protocol| protocol.starts_with("sse"))
}

/// The name and the data of the last event that ends a call.
fn last_event(stream: &str) -> Option<(&str, &str)> {
    let mut name = "";
    let mut last = None;
    for line in stream.lines() {
        if let Some(event) = line.strip_prefix("event:") {
            name = event.trim();
        } else if let Some(data) = line.strip_prefix("data:")
            && matches!(name, "complete" | "error")
        {
            last = Some((name, data.trim()));
        }
    }
    last
}

/// What an answer says of what is wrong.
fn detail(answer: &Fetched) -> String {
    let said = read_json(&String::from_utf8_lossy(&answer.body)).ok();
    let keys = ["/detail", "/error"].into_iter();
    let found = keys.filter_map(|key| said.as_ref()?.pointer(key)).next();
    found.map(Value::to_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_that_ends_a_call_counts() {
        let stream = "event: generating\ndata: [1]\n\nevent: heartbeat\ndata: null\n\n\
                      event: complete\ndata: [2]\n\n";
        assert_eq!(last_event(stream), Some(("complete", "[2]")));
        assert_eq!(
            last_event("event: error\ndata: null\n\n"),
            Some(("error", "null"))
        );
        assert_eq!(last_event("event: generating\ndata: [1]\n\n"), None);
    }
}
