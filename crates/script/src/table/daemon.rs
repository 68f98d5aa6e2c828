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
        "This port of the machine accepts connections: 1 to 65535.",
    ),
    Param::text(
        "http",
        "This address, `http://…` or `https://…`, answers with success.",
    ),
    Param::text("command", "This command line ends with code 0."),
    millis(
        "timeout",
        "How many milliseconds it may take, 1 at least; ten minutes when absent. Then it is ended, which is a failure.",
    ),
    millis(
        "interval",
        "The milliseconds between two looks; below 1 it is 1, and 250 when absent. Without effect beside `pattern`.",
    ),
    millis(
        "grace",
        "How many milliseconds it has to live to be up; 0 when absent.",
    ),
];

/// The keys of `restart`.
pub(crate) const RESTART_KEYS: &[Param] = &[
    Param::text(
        "policy",
        "`never`, `on-failure`, `always` or `unless-stopped`; `on-failure` when absent, or `always` with `autoRestart`.",
    ),
    millis(
        "delay",
        "The milliseconds before the first restart; a tenth of a second when absent.",
    ),
    Param::new(
        "factor",
        Kinds::NUMBER,
        "The next delay as a multiple of the last: 1 keeps it; 2 when absent.",
    ),
    millis(
        "maxDelay",
        "The longest delay in milliseconds; a minute when absent, or `delay` where that is longer.",
    ),
    Param::new(
        "jitter",
        Kinds::NUMBER,
        "How far a delay moves at random, in percent from 0 to 100; 10 when absent.",
    ),
    millis(
        "stableAfter",
        "A life of so many milliseconds, and of twice the last delay, begins delays and counts anew; 10000 when absent.",
    ),
    Param::new(
        "giveUp",
        Kinds::NUMBER.or(Kinds::OBJECT),
        "The restarts in a row after which nobody tries again, a whole number (0: it is never started again), or an object; never when absent.",
    )
    .members(GIVE_UP_KEYS),
    Param::new(
        "rules",
        Kinds::OBJECT,
        "What to do after some deaths, whatever `policy` says: an exit code (`78`), a range of codes (`64-78`), a signal (`SIGKILL`), any `signal`, `spawn` (it could not be started) or `readiness` (it was not ready in time) to `restart`, `restart-now` (without the delay, if the life was at least as long as the first delay; else as `restart`) or `leave`. The first that is about a death counts.",
    ),
];

/// The keys of `giveUp`.
pub(crate) const GIVE_UP_KEYS: &[Param] = &[
    Param::new(
        "restarts",
        Kinds::NUMBER,
        "The most restarts, a whole number (0: it is never started again); no more than 1000 are counted `within` a time.",
    )
    .required(),
    millis(
        "within",
        "The milliseconds that they are counted in (0: it is never given up); in a row when absent.",
    ),
];
