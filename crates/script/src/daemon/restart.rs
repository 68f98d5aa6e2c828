//! `restart`: when a daemon is started again.

use super::{
    finding::{Findings, Problem, Reading},
    members::{Members, to_u32},
};
use alloc::vec::Vec;
use collodi_restart::{GiveUp, On, Policy, RestartClass, Rule, Startup, Verdict};
use collodi_time::Duration;
use collodi_value::Value;
use core::ops::RangeInclusive;

/// Who waits longer than a year waits for ever.
const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The codes that a process can end with.
const CODES: RangeInclusive<i32> = 0..=255;

/// Rules after these are not compared with each other.
const COMPARED: usize = 64;

const CLASSES: &str = "never, on-failure, always or unless-stopped";
const CLASSES_OR_OBJECT: &str =
    "never, on-failure, always or unless-stopped, or an object with one of them as `policy`";
const CLASS_NAMES: &[&str] = &["never", "on-failure", "always", "unless-stopped"];
const VERDICTS: &str = "restart, restart-now or leave";
const VERDICT_NAMES: &[&str] = &["restart", "restart-now", "leave"];
const DEATHS: &str = "an exit code as `78`, a range of codes as `64-78`, a signal as `SIGKILL`, `signal`, `spawn` or `readiness`";

/// When a daemon is started again, as far as the script says. What it does not say is as
/// the host has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restart {
    /// After which deaths.
    pub class: RestartClass,
    /// The first delay.
    pub delay: Option<Duration>,
    /// The next delay in percent of the last.
    pub growth_percent: Option<u32>,
    /// The longest delay.
    pub longest: Option<Duration>,
    /// How far a delay moves at random, in percent of itself.
    pub jitter_percent: Option<u32>,
    /// The life that starts the count over.
    pub stable_after: Option<Duration>,
    /// When to stop trying.
    pub give_up: Option<GiveUp>,
    /// What overrules the class.
    pub rules: Vec<Rule>,
}

impl Restart {
    /// As the host has it, after these deaths.
    pub const fn of(class: RestartClass) -> Self {
        Self {
            class,
            delay: None,
            growth_percent: None,
            longest: None,
            jitter_percent: None,
            stable_after: None,
            give_up: None,
            rules: Vec::new(),
        }
    }

    /// What `restart` says. An object without `policy` means `class`, or `on-failure` where
    /// that is `never`.
    pub fn read(value: &Value, class: RestartClass) -> Reading<Self> {
        let mut found = Findings::default();
        let mut members = Members::new(value, "/restart".into(), &mut found);
        let restart = match value {
            Value::Object(_) => read(&mut members, class),
            _ => Self::of(
                class_of(value, CLASSES_OR_OBJECT).unwrap_or_else(|problem| {
                    members.fault_of_all(problem);
                    class
                }),
            ),
        };
        found.reading(restart)
    }

    /// Whether it is started again after any death.
    pub fn restarts(&self) -> bool {
        self.class != RestartClass::Never || !self.rules.is_empty()
    }

    /// The policy, where the host has `default`.
    pub fn over(&self, default: &Policy, startup: Startup) -> Policy {
        let mut backoff = default.backoff;
        if let Some(delay) = self.delay {
            backoff.initial = delay;
            backoff.cap = backoff.cap.max(delay);
        }
        backoff.cap = self.longest.unwrap_or(backoff.cap);
        backoff.growth_percent = self.growth_percent.unwrap_or(backoff.growth_percent);
        backoff.jitter_percent = self.jitter_percent.unwrap_or(backoff.jitter_percent);
        let rules = match self.rules.is_empty() {
            true => default.rules.clone(),
            false => self.rules.clone(),
        };
        Policy {
            class: self.class,
            rules,
            startup,
            backoff,
            stable_after: self.stable_after.unwrap_or(default.stable_after),
            give_up: self.give_up.or(default.give_up),
        }
    }
}

fn read(members: &mut Members<'_, '_>, class: RestartClass) -> Restart {
    let class = match policy(members) {
        Some(class) => class,
        None if class == RestartClass::Never => RestartClass::OnFailure,
        None => class,
    };
    let (delay, longest) = delays(members);
    Restart {
        class,
        delay,
        growth_percent: growth(members),
        longest,
        jitter_percent: jitter(members),
        stable_after: members.millis("stableAfter"),
        give_up: give_up(members),
        rules: rules(members),
    }
}

fn policy(members: &mut Members<'_, '_>) -> Option<RestartClass> {
    let class = class_of(members.get("policy")?, CLASSES);
    let class = class.map_err(|problem| members.fault("policy", problem));
    let waits = [
        "delay",
        "factor",
        "maxDelay",
        "jitter",
        "stableAfter",
        "giveUp",
    ];
    let is_moot = waits.iter().any(|key| members.get(key).is_some());
    if class == Ok(RestartClass::Never) && is_moot && members.get("rules").is_none() {
        let says = "a daemon that is never started again has no use for delays and `giveUp`";
        members.remark("policy", says, "leave them out, or name another policy");
    }
    class.ok()
}

fn class_of(value: &Value, expected: &'static str) -> Result<RestartClass, Problem> {
    let class = value.as_str().and_then(|text| text.parse().ok());
    class.ok_or_else(|| Problem::name(expected, CLASS_NAMES, value))
}

/// The first delay and the longest.
fn delays(members: &mut Members<'_, '_>) -> (Option<Duration>, Option<Duration>) {
    let (delay, longest) = (members.millis("delay"), members.millis("maxDelay"));
    let none = "without a wait it is started again at once, however often it dies";
    let zero = [("delay", delay), ("maxDelay", longest)];
    if let Some((key, _)) = zero
        .into_iter()
        .find(|(_, wait)| *wait == Some(Duration::ZERO))
    {
        members.remark(key, none, "it is a number of milliseconds, as 1000");
    } else if longest.is_some() && longest < delay {
        let says = "it is longer than `maxDelay`, which counts";
        members.remark("delay", says, "make one of them fit the other");
    } else if delay.is_some_and(|delay| delay > LONG) {
        let says = "it is more than a year, so the daemon is as good as never started again";
        members.remark("delay", says, "it is a number of milliseconds");
    }
    (delay, longest)
}

fn growth(members: &mut Members<'_, '_>) -> Option<u32> {
    let factor = members.number("factor", "a number, 0 or more")?;
    let percent = to_u32(factor * 100.0);
    if percent < 100 {
        let says = "below 1 the delays get shorter the more often it dies";
        members.remark("factor", says, "1 keeps them as they are, 2 doubles them");
    }
    Some(percent)
}

fn jitter(members: &mut Members<'_, '_>) -> Option<u32> {
    let percent = members.number("jitter", "a number of percent, 0 or more")?;
    let hint = "it is in percent: 10 moves a delay of 1000 ms to 900 at least and 1100 at most";
    if percent > 0.0 && percent < 1.0 {
        members.remark("jitter", "less than 1 percent is none", hint);
    } else if percent > 100.0 {
        members.remark("jitter", "more than 100 percent are 100", hint);
    }
    Some(to_u32(percent))
}

fn give_up(members: &mut Members<'_, '_>) -> Option<GiveUp> {
    match members.get("giveUp")? {
        value @ Value::Object(_) => rate(&mut members.inside("giveUp", value)),
        _ => {
            let expected = "a whole number of restarts, 0 or more, or an object with `restarts`";
            Some(GiveUp::Consecutive(restarts(members, "giveUp", expected)?))
        }
    }
}

fn rate(members: &mut Members<'_, '_>) -> Option<GiveUp> {
    let count = restarts(members, "restarts", "a whole number of restarts, 0 or more");
    let window = members.millis("within");
    if members.get("restarts").is_none() {
        members.fault_of_all(Problem::Missing("a number of `restarts`"));
    }
    if window.is_some_and(|window| window.is_zero()) {
        let says = "no restart lies within no time, so it is never given up";
        members.remark("within", says, "leave it out to count restarts in a row");
    }
    Some(match (count?, window) {
        (count, Some(window)) => GiveUp::Rate { count, window },
        (count, None) => GiveUp::Consecutive(count),
    })
}

fn restarts(members: &mut Members<'_, '_>, key: &str, expected: &'static str) -> Option<u32> {
    let count = members.count(key, expected)?;
    if count == 0 {
        let says = "after no restart it is given up, so it is never started again";
        members.remark(key, says, "leave `giveUp` out to try for ever");
    }
    Some(count)
}

/// `{"78": "leave", "SIGKILL": "restart"}`, in the order in which they are written.
fn rules(members: &mut Members<'_, '_>) -> Vec<Rule> {
    let Some(value) = members.get("rules") else {
        return Vec::new();
    };
    let Some(object) = value.as_object() else {
        members.fault("rules", Problem::kind("an object", value));
        return Vec::new();
    };
    let mut inside = members.inside("rules", value);
    let mut rules: Vec<Rule> = Vec::new();
    for (key, then) in object.iter() {
        let on: Option<On> = key.parse().ok();
        if on.is_none() {
            inside.fault(key, Problem::key(DEATHS, key));
        }
        if let Some((says, hint)) = on.and_then(|on| moot(on, &rules)) {
            inside.remark(key, says, hint);
        }
        if let Some((on, then)) = on.zip(verdict(&mut inside, key, then)) {
            rules.push(Rule { on, then });
        }
    }
    rules
}

/// Why a rule after these decides nothing, and what to do.
fn moot(on: On, before: &[Rule]) -> Option<(&'static str, &'static str)> {
    let mut before = before.iter().take(COMPARED);
    match possible(on) {
        On::Codes(first, last) if last < first => Some((
            "an exit code is at least 0 and at most 255, so no death is one of these",
            "give a code that the program ends with, or leave it out",
        )),
        on if before.any(|rule| rule.on.covers(on)) => Some((
            "an earlier rule is about all of these deaths, and the first one counts",
            "put it before that one, or leave it out",
        )),
        _ => None,
    }
}

/// Those of the deaths that there are.
fn possible(on: On) -> On {
    match on {
        On::Codes(first, last) => On::Codes(first.max(*CODES.start()), last.min(*CODES.end())),
        other => other,
    }
}

fn verdict(members: &mut Members<'_, '_>, key: &str, value: &Value) -> Option<Verdict> {
    match value.as_str() {
        Some("restart") => Some(Verdict::Restart),
        Some("restart-now") => Some(Verdict::RestartNow),
        Some("leave") => Some(Verdict::Leave),
        _ => {
            members.fault(key, Problem::name(VERDICTS, VERDICT_NAMES, value));
            None
        }
    }
}
