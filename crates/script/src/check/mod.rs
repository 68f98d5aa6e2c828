//! From JSON to a script: what the values mean, and what is wrong with that.

mod daemon;
mod dialect;
mod document;
mod flow;
mod hazards;
mod locals;
mod lost;
mod names;
mod params;
mod paths;
mod shell;
mod spot;
mod step;
mod supervision;

pub(crate) use document::not_json;

use crate::{
    Dialect, Document, Options,
    json::{Node, Syntax},
    sink::Sink,
};

/// What checking needs everywhere.
pub(crate) struct Checker<'a, 's> {
    pub(crate) source: &'a str,
    pub(crate) options: &'a Options,
    pub(crate) sink: &'s mut Sink,
    pub(crate) dialect: Dialect,
    /// Whether the text is a module of JavaScript.
    pub(crate) module: bool,
    /// How many more patterns are tried: each takes its time.
    pub(crate) patterns: usize,
}

/// The most patterns of a file that are tried.
const PATTERNS: usize = 512;

/// What the JSON value of a file means.
pub(crate) fn document<'n>(
    root: &'n Node<'n>,
    source: &str,
    options: &Options,
    sink: &mut Sink,
) -> Document {
    let checker = Checker {
        source,
        options,
        sink,
        dialect: options.default_dialect,
        module: Syntax::of(source).is_module(),
        patterns: PATTERNS,
    };
    checker.document(root)
}
