//! A profile for `sandbox-exec` of macOS.
//!
//! Rules are written in order: the last one that matches wins, so refusals stand at the end.
//! Paths are never written into the text, where they could become rules, but given as
//! parameters.

mod text;

use crate::{Confinement, Job, Machine, Place, Unfit};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// A profile, and the paths in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seatbelt {
    /// The rules.
    pub text: String,
    /// Names and values of its parameters.
    pub parameters: Vec<(String, Place)>,
    /// The command and its arguments.
    pub command: Vec<String>,
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
        let parameters = parameters(job, temp, machine);
        Ok(Self {
            text: rules(job, &parameters),
            parameters,
            command: core::iter::once(job.program.to_owned())
                .chain(job.args.iter().cloned())
                .collect(),
        })
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

fn parameters(job: &Job<'_>, temp: &Place, machine: &Machine) -> Vec<(String, Place)> {
    let profile = job.profile;
    let numbered = |prefix: &'static str, places: &[Place]| -> Vec<(String, Place)> {
        let places = places.iter().enumerate();
        places
            .map(|(number, place)| (format!("{prefix}_{number}"), place.clone()))
            .collect()
    };
    let mut all = Vec::from([
        ("APP_ROOT".to_owned(), profile.root.clone()),
        ("TMP_DIR".to_owned(), temp.clone()),
    ]);
    all.extend(numbered("HOME", &machine.homes));
    all.extend(numbered("READ", &profile.read));
    all.extend(numbered("WRITE", &profile.write));
    all.extend(numbered("HIDDEN", &profile.hidden));
    all.extend(numbered("PROTECTED", &profile.protected));
    all
}

fn rules(job: &Job<'_>, parameters: &[(String, Place)]) -> String {
    let profile = job.profile;
    let named = |prefix: &str| -> Vec<&str> {
        let names = parameters.iter().map(|(name, _)| name.as_str());
        names.filter(|name| name.starts_with(prefix)).collect()
    };
    let mut text = text::BASE.to_string();
    if profile.confinement == Confinement::Restricted {
        text.push_str(text::READS_ALL);
    } else {
        text.push_str(text::READS_SYSTEM);
    }
    text.push_str(if profile.has_network() {
        text::NETWORK
    } else {
        text::OWN_SOCKETS
    });
    if profile.gpu {
        text.push_str(text::GPU);
    }
    for home in named("HOME") {
        text.push_str(&text::credentials(home));
    }
    text.push_str(&text::each(
        "deny",
        "file-read* file-write*",
        &named("HIDDEN"),
    ));
    text.push_str(&text::each(
        "allow",
        "file-read* file-map-executable",
        &named("READ"),
    ));
    let write = [["APP_ROOT", "TMP_DIR"].as_slice(), &named("WRITE")].concat();
    text.push_str(&text::each(
        "allow",
        "file-read* file-write* file-map-executable",
        &write,
    ));
    text.push_str(&text::each("deny", "file-write*", &named("PROTECTED")));
    text.push_str(text::TAIL);
    text
}
