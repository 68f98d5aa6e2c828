//! The handlers of `on`, read.

use crate::{
    outcome::FailureKind,
    params::{Fault, Params, at},
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_pattern::Pattern;
use collodi_script::{List, Script};
use collodi_value::Value;

/// What failure looks like, unless a script says that a text is none.
const FAILURES: [&str; 2] = ["/error:/i", "/errno /i"];
/// How many matches of one pattern in one piece of output are looked for.
const MAX_MATCHES: usize = 64;
const NO_FAILURE: &str = "/error:.*triton/i";

/// A handler, or one of the rules that every command has.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// None for the end of the command.
    pub(super) pattern: Option<Pattern>,
    pub(super) kind: Kind,
    /// Its place in `on`.
    pub(super) handler: usize,
    pub(super) beside: Beside,
    /// Only the first match counts.
    once: bool,
    matched: bool,
    /// Up to here, matches have been reported.
    seen: usize,
}

/// What a match does beside its step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// It is told to people.
    pub(super) notifies: bool,
    /// It begins this list of steps, by this name.
    pub(super) triggers: Option<(String, List)>,
}

/// What a match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Done,
    Kill,
    Break,
    Ignore,
    Record,
    /// The step is done with what the handler's `return` says.
    Return,
}

/// What a handler without `done`, `kill` and `break` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Otherwise {
    Record,
    Return,
}

/// Reads `on`. With `failures`, the patterns that mean failure come after it.
pub(super) fn rules(
    script: &Script,
    params: Params<'_>,
    otherwise: Otherwise,
    failures: bool,
) -> Result<Vec<Rule>, Fault> {
    let handlers = params
        .get("on")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let mut rules = Vec::new();
    for (index, handler) in handlers.iter().enumerate() {
        if let Some(event) = handler.pointer("/event") {
            rules.push(Rule::read(script, index, event, handler, otherwise)?);
        }
    }
    if failures {
        for event in FAILURES {
            rules.push(Rule::new(Some(pattern(event)?), Kind::Break, usize::MAX));
        }
        let excuse = Some(pattern(NO_FAILURE)?);
        rules.push(Rule::new(excuse, Kind::Ignore, usize::MAX));
    }
    Ok(rules)
}

fn pattern(event: &str) -> Result<Pattern, Fault> {
    let broken = |error| at("on", FailureKind::Pattern(format!("{event}: {error}")));
    Pattern::parse(event).map_err(broken)
}

impl Rule {
    const fn new(pattern: Option<Pattern>, kind: Kind, handler: usize) -> Self {
        Self {
            pattern,
            kind,
            handler,
            beside: Beside {
                notifies: false,
                triggers: None,
            },
            once: false,
            matched: false,
            seen: 0,
        }
    }

    /// An `event` of `null` is the end of the command: the prompt of the real shell.
    fn read(
        script: &Script,
        index: usize,
        event: &Value,
        handler: &Value,
        otherwise: Otherwise,
    ) -> Result<Self, Fault> {
        let pattern = match event {
            Value::Null => None,
            event => Some(pattern(&event.to_text())?),
        };
        let has = |key: &str| handler.pointer(key).is_some_and(Value::is_truthy);
        let beside = Beside {
            notifies: has("/notify"),
            triggers: triggers(script, handler)?,
        };
        Ok(Self {
            beside,
            once: has("/once"),
            ..Self::new(pattern, kind(handler, otherwise), index)
        })
    }

    /// The first match that is new in `text`, which begins at byte `before` of all
    /// that was said. All matches in it count as reported.
    pub(super) fn find(&mut self, text: &str, before: usize) -> Option<Value> {
        let pattern = self.pattern.as_ref()?;
        if self.once && self.matched {
            return None;
        }
        let mut from = self.seen.saturating_sub(before).min(text.len());
        let mut first = None;
        for _ in 0..MAX_MATCHES {
            from = text.ceil_char_boundary(from);
            let Ok(Some(found)) = pattern.find_at(text, from) else {
                break;
            };
            from = found.range().end.max(from + 1);
            self.seen = before + from;
            self.matched = true;
            first.get_or_insert_with(|| {
                let groups = found.texts(text).into_iter();
                let groups = groups.map(|g| g.map_or(Value::Null, Value::from));
                Value::Array(groups.collect())
            });
        }
        first
    }

    /// The text from where the pattern matches on.
    pub(super) fn excerpt<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.pattern.as_ref()?.find_at(text, 0).ok().flatten()?;
        text.get(found.range().start..)
    }

    /// The text without what the pattern matches.
    pub(super) fn without_matches(&self, text: &str) -> String {
        let mut rest = String::with_capacity(text.len());
        let mut done = 0;
        let find = |from| self.pattern.as_ref()?.find_at(text, from).ok().flatten();
        while let Some(found) = find(done).filter(|found| !found.range().is_empty()) {
            rest.push_str(text.get(done..found.range().start).unwrap_or_default());
            done = found.range().end;
        }
        rest.push_str(text.get(done..).unwrap_or_default());
        rest
    }

    /// The pattern as it is written.
    pub(super) fn shown(&self) -> String {
        self.pattern
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// A list that is not there is said before the command is run, not when it matters.
fn triggers(script: &Script, handler: &Value) -> Result<Option<(String, List)>, Fault> {
    let name = handler.pointer("/trigger").filter(|name| name.is_truthy());
    let Some(name) = name.map(Value::to_text) else {
        return Ok(None);
    };
    match script.triggered(&name) {
        Some(list) => Ok(Some((name, list))),
        None => Err(at("on", FailureKind::NoSuchList(name))),
    }
}

/// `kill` and `done` win over `break`.
fn kind(handler: &Value, otherwise: Otherwise) -> Kind {
    let truthy = |key: &str| handler.pointer(key).is_some_and(Value::is_truthy);
    match handler.pointer("/break") {
        _ if truthy("/kill") => Kind::Kill,
        _ if truthy("/done") => Kind::Done,
        Some(Value::Bool(false)) => Kind::Ignore,
        Some(value) if value.is_truthy() => Kind::Break,
        _ if otherwise == Otherwise::Return => Kind::Return,
        _ => Kind::Record,
    }
}
