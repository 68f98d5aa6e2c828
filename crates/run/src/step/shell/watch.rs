//! Watching the output of a command for the patterns of `on`, and for the two that
//! mean failure.

use super::handlers::{Beside, Kind, Otherwise, Rule, rules};
use crate::{
    context::Context,
    params::{Fault, Params},
};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use collodi_command::Stream;
use collodi_logs::{Limits, Log, plain};
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Value;

/// How much output a pattern can see, in bytes.
const WINDOW: usize = 8 * 1024;
/// How long a line that has no end yet must stay as it is before patterns see it:
/// a port may be half written.
const QUIET: Duration = Duration::from_millis(100);
/// How much of a text that means failure is shown, in bytes.
const SHOWN: usize = 200;

/// What a match leads to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// The step is done; its command lives on.
    Done,
    /// The step is done; its command is killed.
    Kill,
    /// The step failed.
    Break { pattern: String, found: String },
    /// The step is done with what this handler returns for this match.
    Return { handler: usize, event: Value },
}

/// A match that has effects beside its step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aside {
    /// The handler's place in `on`.
    pub(super) handler: usize,
    pub(super) event: Value,
    pub(super) does: Beside,
}

/// Watches the output of a command for patterns.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    rules: Vec<Rule>,
    /// Whether a text that means failure ends the step while the command runs.
    breaks_live: bool,
    log: Log,
    /// The last of the complete lines.
    window: String,
    /// How many bytes of complete lines there were before the window.
    before: usize,
    quiet_at: Option<Instant>,
    event: Option<Value>,
    asides: Vec<Aside>,
}

impl Watch {
    /// Reads `on` of a command; `failures` adds the patterns that mean failure. They
    /// end the step while the command runs when `breaks_live` says so: someone at an
    /// interactive one may have an answer to an error.
    pub(super) fn read(
        cx: &Context,
        params: Params<'_>,
        failures: bool,
        breaks_live: bool,
    ) -> Result<Self, Fault> {
        let rules = rules(&cx.options.script, params, Otherwise::Record, failures)?;
        Ok(Self::new(rules, breaks_live))
    }

    /// Reads `on` of a line that is typed into a shell.
    pub(super) fn read_typed(
        cx: &Context,
        params: Params<'_>,
        failures: bool,
    ) -> Result<Self, Fault> {
        let rules = rules(&cx.options.script, params, Otherwise::Return, failures)?;
        Ok(Self::new(rules, false))
    }

    fn new(rules: Vec<Rule>, breaks_live: bool) -> Self {
        let log = Log::new(Limits {
            lines: 1,
            bytes: WINDOW,
            line_bytes: WINDOW,
        });
        Self {
            rules,
            breaks_live,
            log,
            window: String::new(),
            before: 0,
            quiet_at: None,
            event: None,
            asides: Vec::new(),
        }
    }

    /// The last match that was recorded, as a list of its groups.
    pub(super) fn event(&self) -> Option<Value> {
        self.event.clone()
    }

    /// Whether a match can end the step.
    pub(super) fn can_end(&self) -> bool {
        let ends = |rule: &Rule| matches!(rule.kind, Kind::Done | Kind::Kill | Kind::Return);
        self.rules.iter().any(ends)
    }

    /// What matches did beside the step since this was asked last.
    pub(super) fn asides(&mut self) -> Vec<Aside> {
        core::mem::take(&mut self.asides)
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

    /// The output has ended: what has no line end counts too, and so does the end.
    pub(super) fn close(&mut self, now: Instant) -> Option<Act> {
        self.close_output(now).or_else(|| self.at_end())
    }

    /// The output has ended, and the command with what it ran in.
    pub(super) fn close_output(&mut self, now: Instant) -> Option<Act> {
        self.quiet_at = None;
        let unfinished: Vec<_> = self.partials().collect();
        self.log.close(now);
        self.lines(&unfinished)
    }

    /// The first rule that is about the end of the command.
    fn at_end(&mut self) -> Option<Act> {
        let rule = self.rules.iter().find(|rule| rule.pattern.is_none())?;
        let (kind, handler) = (rule.kind, rule.handler);
        act(kind, handler, Value::Array(Vec::new()))
    }

    pub(super) fn timeout(&mut self, now: Instant) -> Option<Act> {
        self.quiet_at = self.quiet_at.filter(|at| *at > now);
        match (self.quiet_at, self.partial()) {
            (None, Some(partial)) => {
                let text = format!("{}{partial}", self.window);
                self.matches(&text, &[])
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
        if lines.is_empty() {
            return None;
        }
        for line in lines {
            self.window.push_str(line);
            self.window.push('\n');
        }
        let text = core::mem::take(&mut self.window);
        let act = self.matches(&text, lines);
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

    /// What the first rule that ends the step says to `text`, which begins where the
    /// window does, and to its new lines. Rules after it see nothing.
    fn matches(&mut self, text: &str, lines: &[String]) -> Option<Act> {
        let unexcused: Vec<_> = match self.breaks_live {
            true => lines.iter().map(|line| self.unexcused(line)).collect(),
            false => Vec::new(),
        };
        for rule in &mut self.rules {
            if rule.kind == Kind::Break {
                let fails = |(_, rest): &(_, &String)| rule.excerpt(rest).is_some();
                if let Some((line, _)) = lines.iter().zip(&unexcused).find(fails) {
                    return Some(failure(rule, line));
                }
            } else if rule.kind != Kind::Ignore
                && let Some(event) = rule.find(text, self.before)
            {
                self.event = Some(event.clone());
                self.asides.extend(aside(rule, &event));
                let act = act(rule.kind, rule.handler, event);
                if act.is_some() {
                    return act;
                }
            }
        }
        None
    }

    /// A text without what scripts, and the one rule of our own, say is no failure.
    fn unexcused(&self, text: &str) -> String {
        let excuses = self.rules.iter().filter(|rule| rule.kind == Kind::Ignore);
        excuses.fold(text.to_owned(), |text, rule| rule.without_matches(&text))
    }

    /// Whether all that a command said means failure, its lines read as one: a pattern
    /// may go from one line into the next.
    pub(super) fn verdict(&self, text: &str) -> Option<Act> {
        let breaks = || self.rules.iter().filter(|rule| rule.kind == Kind::Break);
        breaks().next()?;
        let text = self.unexcused(&text.replace(['\r', '\n'], ""));
        breaks().find_map(|rule| Some(failure(rule, rule.excerpt(&text)?)))
    }
}

fn act(kind: Kind, handler: usize, event: Value) -> Option<Act> {
    match kind {
        Kind::Done => Some(Act::Done),
        Kind::Kill => Some(Act::Kill),
        Kind::Return => Some(Act::Return { handler, event }),
        Kind::Break | Kind::Ignore | Kind::Record => None,
    }
}

fn aside(rule: &Rule, event: &Value) -> Option<Aside> {
    let does = rule.beside.clone();
    (does != Beside::default()).then(|| Aside {
        handler: rule.handler,
        event: event.clone(),
        does,
    })
}

fn failure(rule: &Rule, found: &str) -> Act {
    let end = found.floor_char_boundary(SHOWN);
    Act::Break {
        pattern: rule.shown(),
        found: found.get(..end).unwrap_or_default().to_owned(),
    }
}
