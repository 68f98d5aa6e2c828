//! Where an app came from, as it is written down in its folder.

use crate::GitClone;
use alloc::string::{String, ToString};
use collodi_script::read_json;
use collodi_value::{Object, Value};
use core::fmt;

/// The file of it, below the app's folder.
pub const ORIGIN: &str = ".vatn/origin.json";

/// How much of a commit is shown.
pub(crate) const SHORT: usize = 12;

/// Where an app came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A repository.
    Repository {
        /// Its address.
        url: String,
        /// The commit, tag or branch that was asked for.
        reference: Option<String>,
        /// The commit that was taken.
        commit: String,
    },
    /// A folder of this machine, which was copied.
    Folder(String),
    /// A template of this program.
    Template(String),
}

impl Origin {
    /// Its text.
    pub fn to_json(&self) -> String {
        let mut members = Object::new();
        match self {
            Self::Repository {
                url,
                reference,
                commit,
            } => {
                members.set("url", url.as_str().into());
                if let Some(reference) = reference {
                    members.set("reference", reference.as_str().into());
                }
                members.set("commit", commit.as_str().into());
            }
            Self::Folder(path) => drop(members.set("folder", path.as_str().into())),
            Self::Template(name) => drop(members.set("template", name.as_str().into())),
        }
        Value::Object(members).to_json_pretty() + "\n"
    }

    /// What the text says; none when it is no such text.
    pub fn read(text: &str) -> Option<Self> {
        let value = read_json(text).ok()?;
        let Value::Object(members) = value else {
            return None;
        };
        let text = |key| {
            members
                .get(key)
                .and_then(Value::as_str)
                .map(ToString::to_string)
        };
        match (text("url"), text("folder"), text("template")) {
            (Some(url), ..) => Some(Self::Repository {
                url,
                reference: text("reference"),
                commit: text("commit")?,
            }),
            (_, Some(path), _) => Some(Self::Folder(path)),
            (_, _, Some(name)) => Some(Self::Template(name)),
            _ => None,
        }
    }
}

/// Where an app came from, as far as its folder shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// It was added, and that is written down.
    Noted(Origin),
    /// Git cloned it, by a script or by hand.
    Cloned(GitClone),
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noted(origin) => write!(f, "{origin}"),
            Self::Cloned(clone) => write!(f, "{clone}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repository {
                url,
                reference,
                commit,
            } => {
                let short = commit.get(..SHORT).unwrap_or(commit);
                match reference.as_ref().filter(|reference| *reference != commit) {
                    Some(reference) => write!(f, "{url} at {short} ({reference})"),
                    None => write!(f, "{url} at {short}"),
                }
            }
            Self::Folder(path) => write!(f, "copied from {path}"),
            Self::Template(name) => write!(f, "made from the template {name}"),
        }
    }
}
