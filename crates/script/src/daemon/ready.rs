//! `ready`: how it is found out that a daemon is up.

use super::{
    finding::{Findings, Problem, Reading},
    members::Members,
};
use alloc::{format, string::String, vec::Vec};
use collodi_pattern::Pattern;
use collodi_restart::Startup;
use collodi_time::Duration;
use collodi_value::Value;
use collodi_web::WebUrl;

/// The wait between two looks whether a daemon is up, when the script does not say.
const INTERVAL: Duration = Duration::from_millis(250);

/// The shortest wait between two looks.
const SHORTEST: Duration = Duration::from_millis(1);

/// How long a daemon has to be up, when the script does not say: models are large.
const PATIENCE: Duration = Duration::from_secs(600);

/// How it is found out that a daemon is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// What is looked at.
    pub look: Look,
    /// The wait between two looks.
    pub interval: Duration,
    /// What it has to do to be up in time.
    pub startup: Startup,
}

/// What is looked at to find out whether a daemon is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// A line of its output matches this pattern, written as `/…/flags`.
    Pattern(String),
    /// This port of the machine accepts connections.
    Port(u16),
    /// This address answers with success.
    Http(WebUrl),
    /// This command line ends with code 0.
    Command(String),
}

impl Ready {
    /// What `ready` says; nothing when it is at fault.
    pub fn read(value: &Value) -> Reading<Option<Self>> {
        let mut found = Findings::default();
        let mut members = Members::new(value, "/ready".into(), &mut found);
        let ready = match value {
            Value::Object(_) => read(&mut members),
            other => {
                members.fault_of_all(Problem::kind("an object", other));
                None
            }
        };
        found.reading(ready)
    }
}

fn read(members: &mut Members<'_, '_>) -> Option<Ready> {
    let startup = Startup {
        grace: members.millis("grace").unwrap_or_default(),
        ready_within: timeout(members).or(Some(PATIENCE)),
    };
    let look = look(members)?;
    Some(Ready {
        interval: interval(members, &look),
        look,
        startup,
    })
}

/// The one look there is.
fn look(members: &mut Members<'_, '_>) -> Option<Look> {
    let expected = "one of `pattern`, `port`, `http` and `command`";
    let looks = ["pattern", "port", "http", "command"];
    let given = looks.map(|key| members.get(key).map(|_| format!("`{key}`")));
    let given: Vec<String> = given.into_iter().flatten().collect();
    match given.len() {
        0 => members.fault_of_all(Problem::Missing(expected)),
        1 => {}
        _ => {
            let found = given.join(" and ");
            members.fault_of_all(Problem::Several { expected, found });
        }
    }
    let looks = [pattern, port, http, command].map(|look| look(members));
    looks.into_iter().flatten().next()
}

fn pattern(members: &mut Members<'_, '_>) -> Option<Look> {
    let text = members.text("pattern")?;
    match Pattern::check(&text) {
        Ok(()) => Some(Look::Pattern(text)),
        Err(error) => {
            members.fault("pattern", Problem::Pattern { text, error });
            None
        }
    }
}

fn port(members: &mut Members<'_, '_>) -> Option<Look> {
    let expected = "a port from 1 to 65535";
    let value = members.get("port")?;
    let text = match value {
        Value::String(_) | Value::Number(_) => value.to_text(),
        _ => String::new(),
    };
    match text.parse() {
        Ok(port) if port != 0 => return Some(Look::Port(port)),
        _ if text.parse::<f64>().is_ok() => {
            members.fault("port", Problem::range(expected, value));
        }
        _ => members.fault("port", Problem::kind(expected, value)),
    }
    None
}

fn http(members: &mut Members<'_, '_>) -> Option<Look> {
    let text = members.text("http")?;
    match WebUrl::parse(&text) {
        Ok(url) => Some(Look::Http(url)),
        Err(error) => {
            members.fault("http", Problem::Address { text, error });
            None
        }
    }
}

fn command(members: &mut Members<'_, '_>) -> Option<Look> {
    let line = members.text("command")?;
    if line.trim().is_empty() {
        let says = "an empty command succeeds at once, so the daemon is up when it runs";
        members.remark("command", says, "give the command line that looks");
    }
    Some(Look::Command(line))
}

/// Who has no time is never ready in time.
fn timeout(members: &mut Members<'_, '_>) -> Option<Duration> {
    let expected = "a number of milliseconds, 1 or more";
    let timeout = members.millis_of("timeout", expected)?;
    if timeout.is_zero() {
        let value = members.get("timeout")?;
        members.fault("timeout", Problem::range(expected, value));
        return None;
    }
    Some(timeout)
}

fn interval(members: &mut Members<'_, '_>, look: &Look) -> Duration {
    let Some(interval) = members.millis("interval") else {
        return INTERVAL;
    };
    if matches!(look, Look::Pattern(_)) {
        let says = "lines are looked at as they come, so this has no effect beside `pattern`";
        members.remark("interval", says, "leave it out");
    } else if interval < SHORTEST {
        let says = "there is no shorter wait between two looks than 1 ms";
        members.remark("interval", says, "leave it out for 250 ms");
    }
    interval.max(SHORTEST)
}
