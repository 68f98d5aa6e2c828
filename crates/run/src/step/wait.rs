//! `process.wait`

use super::{
    Pending, Started, Step,
    resources::{Looking, Resource},
};
use crate::{
    Completed,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, missing},
};
use alloc::boxed::Box;
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Value;

/// A step that waits.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    /// Until this instant.
    Until(Instant),
    /// Until something is there.
    For(Box<Looking>),
    /// Until the run ends.
    ForEver,
}

pub(super) fn start(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    for unsupported in ["app", "id", "name"] {
        if params.get(unsupported).is_some() {
            let why = "only times, addresses, ports and files can be waited for";
            return Err(at(unsupported, FailureKind::Unsupported(why)));
        }
    }
    let waiting = match (params.number("sec")?, params.number("min")?) {
        (Some(secs), _) => Waiting::Until(now + seconds(secs)),
        (None, Some(mins)) => Waiting::Until(now + seconds(mins * 60.0)),
        (None, None) if params.get("on").is_some() => resources(cx, now, params)?,
        (None, None) => url(cx, now, params)?,
    };
    Ok(Step::Wait(Pending::Wait(waiting)))
}

/// An address that must answer with success, asked every second.
fn url(cx: &mut Context, now: Instant, params: Params<'_>) -> Result<Waiting, Fault> {
    let key = if params.get("url").is_some() {
        "url"
    } else {
        "uri"
    };
    let Some(text) = params.text(key)? else {
        return Ok(Waiting::ForEver);
    };
    let resource = Resource::page(&alloc::format!("/params/{key}"), "GET", &text)?;
    let every = seconds(params.number("interval")?.unwrap_or(1.0));
    let until = params.number("timeout")?.map(|secs| now + seconds(secs));
    let looking = Looking::new([resource].into(), every).until(until);
    Ok(Waiting::For(Box::new(looking.begin(cx))))
}

/// Several things that must be there, looked at every quarter of a second. Times are in
/// milliseconds here.
fn resources(cx: &mut Context, now: Instant, params: Params<'_>) -> Result<Waiting, Fault> {
    let on = params.get("on").unwrap_or(&Value::Null);
    let of_on = |fault: Fault| {
        let key = fault.pointer.trim_start_matches("/params").into();
        Fault {
            pointer: [alloc::string::String::from("/params/on"), key].concat(),
            ..fault
        }
    };
    let inner = Params::new(on);
    let millis = |key| {
        Ok::<_, Fault>(
            inner
                .number(key)
                .map_err(of_on)?
                .map(|ms| seconds(ms / 1000.0)),
        )
    };
    let texts = match on {
        Value::Object(_) => inner.texts("resources").map_err(of_on)?,
        _ => params.texts("on")?,
    };
    let mut resources = alloc::vec::Vec::new();
    for text in &texts {
        resources.push(Resource::read(cx, "/params/on", text)?);
    }
    if resources.is_empty() {
        return Err(missing("on", "`resources`: addresses, ports or files"));
    }
    let every = millis("interval")?.unwrap_or(Duration::from_millis(250));
    let until = millis("timeout")?.map(|limit| now + limit);
    let looking = Looking::new(resources, every)
        .until(until)
        .reversed(inner.flag("reverse"));
    let looking = match millis("delay")? {
        Some(delay) => looking.begin_at(now + delay),
        None => looking.begin(cx),
    };
    Ok(Waiting::For(Box::new(looking)))
}

impl Waiting {
    pub(super) fn completed(self, cx: &mut Context, now: Instant, completed: &Completed) -> Step {
        match self {
            Self::For(looking) => looking.completed(cx, now, completed),
            other => Step::Wait(Pending::Wait(other)),
        }
    }

    pub(super) fn timeout(self, cx: &mut Context, now: Instant) -> Step {
        match self {
            Self::Until(at) if at <= now => Step::Done(Value::Null),
            Self::For(looking) => looking.timeout(cx, now),
            other => Step::Wait(Pending::Wait(other)),
        }
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Until(at) => Some(Deadline::new(*at, "process.wait")),
            Self::For(looking) => looking.deadline(),
            Self::ForEver => None,
        }
    }
}

fn seconds(secs: f64) -> Duration {
    Duration::try_from_secs_f64(secs).unwrap_or(Duration::MAX)
}
