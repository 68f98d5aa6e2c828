#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod clone;
mod fetch;
mod launcher;
mod origin;
mod script;
mod source;
mod template;

/// What git is told to have an app, and how its answers are read.
pub mod git {
    pub use crate::fetch::{
        Checkout, FETCHED, changed_files, commit, differing_files, fetch, files, first, from, look,
        look_at_fetched, names, only_in, read_into_index, replace, would_replace,
    };
}

pub use clone::GitClone;
pub use launcher::{Launcher, MenuItem};
pub use origin::{ORIGIN, Origin, Provenance};
pub use script::{AppScript, MOST_SCRIPTS, is_candidate};
pub use source::{Reference, Scheme, Source, SourceError};
pub use template::{Template, TemplateFile, template, templates};
