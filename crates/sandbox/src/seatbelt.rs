//! A profile for `sandbox-exec` of macOS.
//!
//! Rules are written in order: the last one that matches wins, so refusals stand at the end.
//! Paths are never written into the text, where they could become rules, but given as
//! parameters.

mod command;
mod fault;
mod text;
mod view;

use crate::{
    Confinement, Decision, Job, Machine, Mechanism, Place, Profile, Reason, Unfit, ladder,
    place::is_in,
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

pub use fault::SeatbeltFault;

/// A profile, and the paths in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seatbelt {
    /// The rules.
    pub text: String,
    /// Names and values of its parameters.
    pub parameters: Vec<(String, Place)>,
    /// The command and its arguments. Variables that would act on who makes the sandbox are
    /// set by it, inside.
    pub command: Vec<String>,
    /// The variables that `sandbox-exec` is started with, and passes on.
    pub variables: Vec<(String, String)>,
}

impl Seatbelt {
    /// Plans a job whose temporary folder is `temp`.
    ///
    /// # Errors
    ///
    /// When no sandbox can be made for it.
    pub fn plan(job: &Job<'_>, temp: &Place, machine: &Machine) -> Result<Self, Unfit> {
        job.check()?;
        job.profile.check(job.cwd, machine)?;
        let (command, variables) = command::split(job, temp)?;
        let named = view::named(job.profile, temp, machine);
        Ok(Self {
            text: rules(job, &named),
            parameters: named
                .into_iter()
                .map(|named| (named.name, named.place))
                .collect(),
            command,
            variables,
        })
    }

    /// Decides how a profile is enforced where `sandbox-exec` does this, and where a home of the
    /// user is known or not. Nothing else stands in for it.
    pub fn decide(profile: &Profile, works: Result<(), SeatbeltFault>, home: bool) -> Decision {
        let enforcement = works
            .map_err(Reason::Seatbelt)
            .and_then(|()| ladder::enforcement(profile, Mechanism::Seatbelt, home));
        enforcement.map_or_else(Decision::Refuse, Decision::Use)
    }

    /// Whether a process sees what the machine has at this path, which has no links in it.
    pub fn shows(profile: &Profile, place: &Place) -> bool {
        let of_system = match profile.confinement {
            Confinement::Restricted => true,
            Confinement::Sandboxed => text::SYSTEM.iter().any(|top| is_in(place.as_str(), top)),
        };
        profile.shows_where(place, of_system)
    }

    /// The words after `/usr/bin/sandbox-exec`.
    pub fn arguments(&self) -> Vec<String> {
        let mut words = Vec::from(["-p".to_owned(), self.text.clone()]);
        for (name, place) in &self.parameters {
            words.extend(["-D".to_owned(), format!("{name}={place}")]);
        }
        words.push("--".to_owned());
        words.extend(self.command.iter().cloned());
        words
    }
}

fn rules(job: &Job<'_>, named: &[view::Named]) -> String {
    let profile = job.profile;
    let mut text = text::BASE.to_string();
    if job.terminal {
        text.push_str(text::TERMINAL);
    }
    match profile.confinement {
        Confinement::Restricted => text.push_str(text::READS_ALL),
        Confinement::Sandboxed => text.push_str(&text::reads_system()),
    }
    text.push_str(match profile.has_network() {
        true => text::NETWORK,
        false => text::OWN_SOCKETS,
    });
    if profile.gpu {
        text.push_str(text::GPU);
    }
    view::homes(named).for_each(|home| text.push_str(&text::credentials(home)));
    text.push_str(&view::rules(named));
    text.push_str(text::TAIL);
    text
}
