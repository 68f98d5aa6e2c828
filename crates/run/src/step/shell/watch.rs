//! The patterns of `on`, and the two that mean failure.

use crate::{
    outcome::FailureKind,
    params::{Fault, Params, at},
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::Stream;
use collodi_logs::{Limits, Log, plain};
use collodi_pattern::Pattern;
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Value;

/// How much output a pattern can see, in bytes.
const WINDOW: usize = 8 * 1024;
/// How long a line that has no end yet must stay as it is before patterns see it:
/// a port may be half written.
const QUIET: Duration = Duration::from_millis(100);

/// What failure looks like, unless a script says that a text is none.
const FAILURES: [&str; 2] = ["/error:/i", "/errno /i"];
const NO_FAILURE: &str = "/error:.*triton/i";

/// What a match leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The step is done; its command lives on.
    Done,
    /// The step is done; its command is killed.
    Kill,
    /// The step failed.
    Break { pattern: String, found: String },
}

/// Watches the output of a command for patterns.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    rules: Vec<Rule>,
    log: Log,
    /// The last of the complete lines.
    window: String,
    /// How many bytes of complete lines there were before the window.
    before: usize,
    quiet_at: Option<Instant>,
    event: Option<Value>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    kind: Kind,
    /// Up to here, matches have been reported.
    seen: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Done,
    Kill,
    Break,
    Ignore,
    Record,
}

impl Watch {
    /// Reads `on`; `failures` adds the patterns that mean failure.
    pub(super) fn read(params: Params<'_>, failures: bool) -> Result<Self, Fault> {
        let handlers = params
            .get("on")
            .and_then(Value::as_array)
            .unwrap_or_default();
        let mut rules = Vec::new();
        for handler in handlers {
            // A handler without a pattern is for the end of the command, which comes anyway.
            let event = handler
                .pointer("/event")
                .filter(|event| **event != Value::Null);
            if let Some(event) = event {
                rules.push(Rule::new(&event.to_text(), kind(handler))?);
            }
        }
        if failures {
            for pattern in FAILURES {
                rules.push(Rule::new(pattern, Kind::Break)?);
            }
            rules.push(Rule::new(NO_FAILURE, Kind::Ignore)?);
        }
        let log = Log::new(Limits {
            lines: 1,
            bytes: WINDOW,
            line_bytes: WINDOW,
        });
        Ok(Self {
            rules,
            log,
            window: String::new(),
            before: 0,
            quiet_at: None,
            event: None,
        })
    }

    /// The last match that was recorded, as a list of its groups.
    pub(super) fn event(&self) -> Option<Value> {
        self.event.clone()
    }

    /// Takes in output.
    pub(super) fn push(&mut self, now: Instant, stream: Stream, bytes: &[u8]) -> Option<Act> {
        if self.rules.is_empty() {
            return None;
        }
        let mut lines = Vec::new();
        self.log.push_with(now, stream, bytes, |line| {
            lines.push(plain(&line.text).into_owned());
        });
        self.quiet_at = self.partial().map(|_| now + QUIET);
        self.lines(&lines)
    }

    /// The output has ended: what has no line end counts too.
    pub(super) fn close(&mut self, now: Instant) -> Option<Act> {
        self.quiet_at = None;
        let unfinished: Vec<_> = self.partials().collect();
        self.log.close(now);
        self.lines(&unfinished)
    }

    pub(super) fn timeout(&mut self, now: Instant) -> Option<Act> {
        self.quiet_at = self.quiet_at.filter(|at| *at > now);
        match (self.quiet_at, self.partial()) {
            (None, Some(partial)) => {
                let text = format!("{}{partial}", self.window);
                self.matches(&text)
            }
            _ => None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        self.quiet_at.map(|at| Deadline::new(at, "quiet output"))
    }

    fn partial(&self) -> Option<String> {
        self.partials().next()
    }

    /// The lines that have no end yet.
    fn partials(&self) -> impl Iterator<Item = String> {
        let of = |stream| self.log.partial(stream);
        let partials = [Stream::Stdout, Stream::Stderr].into_iter().filter_map(of);
        partials.map(|partial| plain(&partial.text).into_owned())
    }

    /// Takes in the complete lines of a chunk: each may mean failure, and the patterns
    /// see them together.
    fn lines(&mut self, lines: &[String]) -> Option<Act> {
        for line in lines {
            self.window.push_str(line);
            self.window.push('\n');
        }
        if let Some(act) = lines.iter().find_map(|line| self.failure(line)) {
            return Some(act);
        }
        let text = core::mem::take(&mut self.window);
        let act = if lines.is_empty() {
            None
        } else {
            self.matches(&text)
        };
        self.window = text;
        self.trim();
        act
    }

    /// Keeps the end of what was said: a pattern may go over the end of a chunk.
    fn trim(&mut self) {
        let over = self.window.len().saturating_sub(WINDOW);
        if over > 0 {
            let cut = self.window.ceil_char_boundary(over);
            self.window.drain(..cut);
            self.before += cut;
        }
    }

    /// Whether a line means failure, after what is to be ignored is taken out of it.
    fn failure(&self, line: &str) -> Option<Act> {
        if line.is_empty() {
            return None;
        }
        let ignored = self.rules.iter().filter(|rule| rule.kind == Kind::Ignore);
        let rest = ignored.fold(line.to_owned(), |text, rule| rule.without_matches(&text));
        let breaks = |rule: &&Rule| {
            rule.kind == Kind::Break && rule.pattern.is_match(&rest).unwrap_or(false)
        };
        let rule = self.rules.iter().find(breaks)?;
        Some(Act::Break {
            pattern: rule.pattern.to_string(),
            found: line.to_owned(),
        })
    }

    /// The first rule with a new match in `text`, which begins where the window does.
    fn matches(&mut self, text: &str) -> Option<Act> {
        for rule in &mut self.rules {
            let from = rule.seen.saturating_sub(self.before).min(text.len());
            let from = text.ceil_char_boundary(from);
            let found = match rule.kind {
                Kind::Break | Kind::Ignore => None,
                _ => rule.pattern.find_at(text, from).ok().flatten(),
            };
            let Some(found) = found else { continue };
            rule.seen = self.before + found.range().end.max(from + 1);
            let groups = found.texts(text).into_iter();
            let groups = groups.map(|g| g.map_or(Value::Null, Value::from));
            self.event = Some(Value::Array(groups.collect()));
            match rule.kind {
                Kind::Done => return Some(Act::Done),
                Kind::Kill => return Some(Act::Kill),
                _ => {}
            }
        }
        None
    }
}

impl Rule {
    fn new(event: &str, kind: Kind) -> Result<Self, Fault> {
        let broken = |error| at("on", FailureKind::Pattern(format!("{event}: {error}")));
        let pattern = Pattern::parse(event).map_err(broken)?;
        Ok(Self {
            pattern,
            kind,
            seen: 0,
        })
    }

    fn without_matches(&self, text: &str) -> String {
        let mut rest = text.to_owned();
        // Each round takes something out, so this ends.
        while let Ok(Some(found)) = self.pattern.find_at(&rest, 0) {
            if found.range().is_empty() {
                break;
            }
            rest.replace_range(found.range().clone(), "");
        }
        rest
    }
}

/// `kill` and `done` win over `break`; a handler with none of them records.
fn kind(handler: &Value) -> Kind {
    let truthy = |key: &str| handler.pointer(key).is_some_and(Value::is_truthy);
    match handler.pointer("/break") {
        _ if truthy("/kill") => Kind::Kill,
        _ if truthy("/done") => Kind::Done,
        Some(Value::Bool(false)) => Kind::Ignore,
        Some(value) if value.is_truthy() => Kind::Break,
        _ => Kind::Record,
    }
}
