//! `process.wait`

use super::{Pending, Started, Step};
use crate::{
    Completed,
    context::Context,
    outcome::FailureKind,
    params::{Params, at},
};
use alloc::string::String;
use collodi_action::{Action, Completion};
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Value;

/// A step that waits.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    /// Until this instant.
    Until(Instant),
    /// Until something listens.
    Listening {
        host: String,
        port: u16,
        every: Duration,
        again: Option<Instant>,
    },
    /// Until the run ends.
    ForEver,
}

pub(super) fn start(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    for unsupported in ["app", "id", "name", "on"] {
        if params.get(unsupported).is_some() {
            let why = "only `sec`, `min` and `url` can be waited for";
            return Err(at(unsupported, FailureKind::Unsupported(why)));
        }
    }
    let waiting = match (params.number("sec")?, params.number("min")?) {
        (Some(secs), _) => Waiting::Until(now + seconds(secs)),
        (None, Some(mins)) => Waiting::Until(now + seconds(mins * 60.0)),
        (None, None) => url(cx, params)?,
    };
    Ok(Step::Wait(Pending::Wait(waiting)))
}

fn url(cx: &mut Context, params: Params<'_>) -> Result<Waiting, crate::params::Fault> {
    let key = if params.get("url").is_some() {
        "url"
    } else {
        "uri"
    };
    let Some(text) = params.text(key)? else {
        return Ok(Waiting::ForEver);
    };
    let Some(url) = collodi_logs::find_url(&text) else {
        return Err(at(
            key,
            FailureKind::Param {
                expected: "an http address",
                found: text,
            },
        ));
    };
    let every = seconds(params.number("interval")?.unwrap_or(1.0).max(0.01));
    let host = String::from(url.connect_host());
    let port = url.port.unwrap_or(url.scheme.default_port());
    cx.world(Action::Connect {
        host: host.clone(),
        port,
    });
    Ok(Waiting::Listening {
        host,
        port,
        every,
        again: None,
    })
}

impl Waiting {
    pub(super) fn completed(self, now: Instant, completed: &Completed) -> Step {
        match (self, completed) {
            (Self::Listening { .. }, Completed::World(Completion::Connected(Ok(())))) => {
                Step::Done(Value::Null)
            }
            (
                Self::Listening {
                    host, port, every, ..
                },
                _,
            ) => {
                let again = Some(now + every);
                Step::Wait(Pending::Wait(Self::Listening {
                    host,
                    port,
                    every,
                    again,
                }))
            }
            (other, _) => Step::Wait(Pending::Wait(other)),
        }
    }

    pub(super) fn timeout(self, cx: &mut Context, now: Instant) -> Step {
        match self {
            Self::Until(at) if at <= now => Step::Done(Value::Null),
            Self::Listening {
                host,
                port,
                every,
                again: Some(at),
            } if at <= now => {
                cx.world(Action::Connect {
                    host: host.clone(),
                    port,
                });
                Step::Wait(Pending::Wait(Self::Listening {
                    host,
                    port,
                    every,
                    again: None,
                }))
            }
            other => Step::Wait(Pending::Wait(other)),
        }
    }

    pub(super) const fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Until(at) => Some(Deadline::new(*at, "process.wait")),
            Self::Listening {
                again: Some(at), ..
            } => Some(Deadline::new(*at, "next look")),
            Self::Listening { again: None, .. } | Self::ForEver => None,
        }
    }
}

fn seconds(secs: f64) -> Duration {
    Duration::try_from_secs_f64(secs).unwrap_or(Duration::MAX)
}
