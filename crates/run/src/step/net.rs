//! `net`

use super::{
    Pending, Started, Step,
    multipart::{Multipart, multipart},
    query::{address, encoded, not_one},
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
use collodi_template::{buffer_value, bytes_of};
use collodi_time::Duration;
use collodi_value::Value;
use collodi_web::{FetchSpec, Fetched, Headers, WebError, WebErrorKind, WebUrl, basic};

/// How long a request may take when the script does not say.
const PATIENCE: Duration = Duration::from_secs(300);

/// How much of an error's body is shown.
const SHOWN: usize = 300;

const FORM_OF_PARTS: &str = "multipart/form-data";
const FORM: &str = "application/x-www-form-urlencoded";

/// A request under way.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    url: WebUrl,
    wanted: Wanted,
}

/// What the body becomes.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    /// What it says, when it is JSON, and else its text.
    Json,
    Text,
    Bytes,
}

pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Started {
    let url = url(params)?;
    let wanted = wanted(params)?;
    let method = params
        .text("method")?
        .unwrap_or_default()
        .to_ascii_uppercase();
    let method = if method.is_empty() {
        "GET".to_string()
    } else {
        method
    };
    if !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(wrong("method", "an HTTP method", &Value::from(method)));
    }
    let mut headers = headers(params)?;
    let mut body = body(params, &mut headers)?;
    if !body.is_empty() && matches!(method.as_str(), "GET" | "HEAD") {
        cx.note(format!("`data` is not sent with {method}"));
        body.clear();
    }
    let timeout = timeout(params)?;
    let limit = cx.options.limits.file_bytes;
    let spec = FetchSpec {
        method,
        url: url.clone(),
        headers,
        body,
        timeout,
        limit,
        follow: true,
    };
    cx.out.event(Event::Transfer {
        step: cx.step(),
        what: spec.to_string().into(),
    });
    cx.world(Action::Fetch(spec));
    Ok(Step::Wait(Pending::Net(Box::new(Net { url, wanted }))))
}

fn url(params: Params<'_>) -> Result<WebUrl, Fault> {
    let mut text = params.required_text("url")?;
    if let Some(base) = params.text("baseURL")?.filter(|_| !text.contains("://")) {
        let (base, path) = (base.trim_end_matches('/'), text.trim_start_matches('/'));
        text = format!("{base}/{path}");
    }
    let pointer = "/params/url";
    let query = encoded(&params.object("params")?);
    let url = address(pointer, &text)?.with_query(&query);
    url.map_err(|error| not_one(pointer, &text, error))
}

fn wanted(params: Params<'_>) -> Result<Wanted, Fault> {
    match params.text("responseType")?.as_deref() {
        None | Some("" | "json") => Ok(Wanted::Json),
        Some("text") => Ok(Wanted::Text),
        Some("arraybuffer") => Ok(Wanted::Bytes),
        Some(_) => {
            let why = "only `json`, `text` and `arraybuffer` can be given back";
            Err(at("responseType", FailureKind::Unsupported(why)))
        }
    }
}

/// Milliseconds; 0 is no limit of the script's.
fn timeout(params: Params<'_>) -> Result<Duration, Fault> {
    let millis = params.number("timeout")?.filter(|millis| *millis > 0.0);
    let timeout = millis.and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok());
    Ok(timeout.unwrap_or(PATIENCE))
}

fn headers(params: Params<'_>) -> Result<Headers, Fault> {
    let mut headers = Headers::default();
    headers.set("Accept", "application/json, text/plain, */*");
    for (name, value) in params.object("headers")?.iter() {
        let text = match value {
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(wrong("headers", "texts as values", value));
            }
            scalar => scalar.to_text(),
        };
        if !headers.set(name, &text) {
            return Err(wrong(
                "headers",
                "names and values of headers",
                &Value::from(name),
            ));
        }
    }
    if let Some(auth) = params.get("auth") {
        let text = |key| auth.pointer(key).map(Value::to_text).unwrap_or_default();
        headers.set(
            "Authorization",
            &basic(&text("/username"), &text("/password")),
        );
    }
    Ok(headers)
}

/// Bytes as they are, text as it is, and anything else as JSON, or as a form when the
/// headers say so; in several parts when they say that.
fn body(params: Params<'_>, headers: &mut Headers) -> Result<Vec<u8>, Fault> {
    let Some(data) = params.get("data") else {
        return Ok(Vec::new());
    };
    let kind = headers.get("content-type").map(str::to_ascii_lowercase);
    let (body, default) = match (data, kind.as_deref()) {
        (Value::Object(fields), Some(kind))
            if kind.starts_with(FORM_OF_PARTS) && bytes_of(data).is_none() =>
        {
            let Multipart { boundary, body } = multipart(fields);
            let kind = format!("{FORM_OF_PARTS}; boundary={boundary}");
            headers.set("Content-Type", &kind);
            (body, FORM_OF_PARTS)
        }
        (Value::String(text), _) => (text.clone().into_bytes(), FORM),
        (Value::Object(fields), Some(kind)) if kind.starts_with(FORM) => {
            (encoded(fields).into_bytes(), FORM)
        }
        (other, _) => match other.as_object().and_then(|_| bytes_of(other)) {
            Some(bytes) => (bytes, "application/octet-stream"),
            None => (other.to_json().into_bytes(), "application/json"),
        },
    };
    if kind.is_none() {
        headers.set("Content-Type", default);
    }
    Ok(body)
}

impl Net {
    pub(super) fn completed(self: Box<Self>, completed: Completed) -> Step {
        let answer = match completed {
            Completed::World(Completion::Fetched(Ok(answer))) => answer,
            Completed::World(Completion::Fetched(Err(error))) => {
                return Step::Fail(at("url", FailureKind::Web(error)));
            }
            _ => return Step::Wait(Pending::Net(self)),
        };
        // What is neither success nor error is a redirect that cannot be followed.
        if answer.is_success() {
            return Step::Done(self.result(&answer));
        }
        let error = WebError::new(WebErrorKind::Status(answer.status), self.url);
        let said = shown(&answer);
        let error = if said.is_empty() {
            error
        } else {
            error.detail(said)
        };
        Step::Fail(at("url", FailureKind::Web(error)))
    }

    fn result(&self, answer: &Fetched) -> Value {
        let text = || String::from_utf8_lossy(&answer.body).into_owned();
        match self.wanted {
            Wanted::Bytes => buffer_value(&answer.body),
            Wanted::Text => Value::from(text()),
            Wanted::Json => {
                let text = text();
                read_json(&text).unwrap_or_else(|_| Value::from(text))
            }
        }
    }
}

/// The beginning of a body, on one line.
fn shown(answer: &Fetched) -> String {
    let body = answer.body.get(..SHOWN).unwrap_or(&answer.body);
    let text = String::from_utf8_lossy(body);
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}
