//! The cases, a file a subject; operations on files have several.

mod adoption;
mod bounds;
mod claim;
mod clock;
mod contain;
mod file;
mod input;
mod network;
mod output;
mod process;
mod recording;
mod sandbox;
mod terminal;
mod tree;
mod web;

use crate::{Case, Play};
use collodi_backend::Capability;

/// What a file of cases registers of each.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) requirement: &'static str,
    pub(crate) needs: &'static [Capability],
    pub(crate) play: Play,
}

const GROUPS: &[(&str, &[Entry])] = &[
    ("process", process::CASES),
    ("output", output::CASES),
    ("input", input::CASES),
    ("tree", tree::CASES),
    ("adoption", adoption::CASES),
    ("recording", recording::CASES),
    ("terminal", terminal::CASES),
    ("bounds", bounds::CASES),
    ("sandbox", sandbox::CASES),
    ("file", file::disk::CASES),
    ("file", file::read::CASES),
    ("file", file::write::CASES),
    ("file", file::whole::CASES),
    ("file", file::look::CASES),
    ("claim", claim::CASES),
    ("contain", contain::CASES),
    ("clock", clock::CASES),
    ("network", network::CASES),
    ("web", web::CASES),
];

/// All cases, in the order of the matrix.
pub fn all() -> Vec<Case> {
    let of_group = |(group, entries): &(&'static str, &'static [Entry])| {
        let group = *group;
        entries.iter().map(move |entry| Case {
            group,
            name: entry.name,
            requirement: entry.requirement,
            needs: entry.needs,
            play: entry.play,
        })
    };
    GROUPS.iter().flat_map(of_group).collect()
}
