//! The keys of what a script says about daemons.

use super::{Kinds, Param, TEXT_OR_NUMBER};

const fn millis(name: &'static str, doc: &'static str) -> Param {
    Param::new(name, Kinds::NUMBER, doc)
}

/// The keys of `ready`.
pub(crate) const READY_KEYS: &[Param] = &[
    Param::text("pattern", "A line of its output matches it, as `/…/flags`."),
    Param::new(
        "port",
        TEXT_OR_NUMBER,
        "This port of the machine accepts connections.",
    ),
    Param::text("http", "This address answers with success."),
    Param::text("command", "This command line ends with code 0."),
    millis("timeout", "How long it may take; ten minutes when absent."),
    millis("interval", "The wait between two looks; 250 when absent."),
    millis("grace", "How long it has to live to be up."),
];

/// The keys of `restart`.
pub(crate) const RESTART_KEYS: &[Param] = &[
    Param::text(
        "policy",
        "`never`, `on-failure`, `always` or `unless-stopped`.",
    ),
    millis("delay", "The first delay."),
    Param::new(
        "factor",
        Kinds::NUMBER,
        "The next delay as a multiple of the last.",
    ),
    millis("maxDelay", "The longest delay."),
    Param::new(
        "jitter",
        Kinds::NUMBER,
        "How far a delay moves at random, in percent.",
    ),
    millis("stableAfter", "The life that starts the count over."),
    Param::new(
        "giveUp",
        Kinds::NUMBER.or(Kinds::OBJECT),
        "The restarts in a row after which nobody tries again; or `restarts` `within` milliseconds.",
    ),
    Param::new(
        "rules",
        Kinds::OBJECT,
        "Exit codes (`78`, `64-78`), signals, `signal`, `spawn` and `readiness` to `restart`, `restart-now` or `leave`.",
    ),
];

/// The keys of `giveUp`.
pub(crate) const GIVE_UP_KEYS: &[Param] = &[
    Param::new("restarts", Kinds::NUMBER, "The most restarts.").required(),
    millis("within", "Within this time; in a row when absent."),
];
