//! `JSON`.

mod read;
mod write;

use super::Builtin;

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("JSON.parse", read::parse),
    ("JSON.stringify", write::stringify),
];
