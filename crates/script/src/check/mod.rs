//! From JSON to a script: what the values mean, and what is wrong with that.

mod dialect;
mod document;
mod flow;
mod hazards;
mod names;
mod params;
mod paths;
mod shell;
mod spot;
mod step;

pub(crate) use document::not_json;

use crate::{Dialect, Document, Options, json::Node, sink::Sink};

/// What checking needs everywhere.
pub(crate) struct Checker<'a, 's> {
    pub(crate) source: &'a str,
    pub(crate) options: &'a Options,
    pub(crate) sink: &'s mut Sink,
    pub(crate) dialect: Dialect,
    /// How many more patterns are compiled: each may take milliseconds.
    pub(crate) patterns: usize,
}

/// How many patterns of one file are compiled. The others are judged when they run.
const MAX_PATTERNS: usize = 256;

/// What the JSON value of a file means.
pub(crate) fn document(root: &Node, source: &str, options: &Options, sink: &mut Sink) -> Document {
    let checker = Checker {
        source,
        options,
        sink,
        dialect: options.default_dialect,
        patterns: MAX_PATTERNS,
    };
    checker.document(root)
}
