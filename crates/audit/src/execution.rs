//! What was executed.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::{CommandSpec, Sandbox};
use collodi_env::secret_values;
use collodi_logs::Mask;
use serde::{Deserialize, Serialize};

/// The longest command and the longest path that is written down, in bytes.
const MAX_TEXT: usize = 4096;
/// The most variables that are named.
const MAX_NAMES: usize = 256;
/// The rule that nobody wonders about: it is counted, not listed.
const NOT_INHERITED: &str = "not-inherited";

/// What was executed, for whom, where, and how it was kept in bounds. Without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// What for: `step`, `daemon`, `probe`, `environment`, `repository` or `other`.
    pub kind: String,
    /// The app whose script wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The run of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The step of the run, as people count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The program and its arguments, as a shell would read them; secrets are `***`, and
    /// a long one is cut.
    pub command: String,
    /// The working directory.
    pub cwd: String,
    /// The tree of processes that it belongs to.
    pub tree: String,
    /// How it was kept in bounds.
    pub sandbox: Sandboxing,
    /// What became of the variables.
    pub environment: EnvironmentNames,
}

/// How a command was kept in bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sandboxing {
    /// The level that was asked for: `full` (none), `restricted` or `sandboxed`.
    pub requested: String,
    /// What held it; absent when it had no sandbox, or was not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The protections that were in force.
    pub enforced: Vec<String>,
    /// Those that were asked for and could not be had.
    pub missing: Vec<String>,
}

/// What became of the variables, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentNames {
    /// Those that the command got.
    pub passed: Vec<String>,
    /// Those that were refused, with the rule that decided.
    pub refused: BTreeMap<String, String>,
    /// How many others the host has, which nobody asked for.
    pub not_inherited: usize,
}

impl Execution {
    /// What `spec` would execute.
    pub fn of(spec: &CommandSpec) -> Self {
        let purpose = &spec.purpose;
        Self {
            kind: purpose.kind.to_string(),
            app: purpose.app.as_deref().map(String::from),
            run: purpose.run.as_deref().map(String::from),
            step: purpose.step.clone(),
            command: cut(&mask(spec).apply(&spec.to_string())),
            cwd: cut(&spec.cwd.absolute()),
            tree: cut(spec.tree.as_str()),
            sandbox: Sandboxing::asked(&spec.sandbox),
            environment: EnvironmentNames::of(spec),
        }
    }
}

impl Sandboxing {
    /// What is asked for. What comes of it is known when the command has been started.
    pub fn asked(sandbox: &Sandbox) -> Self {
        let requested = match sandbox {
            Sandbox::Full => "full".to_owned(),
            Sandbox::Within(profile) => profile.confinement.to_string(),
            Sandbox::Impossible(confinement, _) => confinement.to_string(),
            _ => "unknown".to_owned(),
        };
        Self {
            requested,
            ..Self::default()
        }
    }
}

impl EnvironmentNames {
    fn of(spec: &CommandSpec) -> Self {
        let mut names = Self {
            passed: spec.env.keys().take(MAX_NAMES).map(|n| cut(n)).collect(),
            ..Self::default()
        };
        for (name, rule) in spec.purpose.environment.iter() {
            match *rule {
                _ if spec.env.contains_key(name) => {}
                NOT_INHERITED => names.not_inherited += 1,
                rule if names.refused.len() < MAX_NAMES => {
                    names.refused.insert(cut(name), rule.to_owned());
                }
                _ => {}
            }
        }
        names
    }
}

fn mask(spec: &CommandSpec) -> Mask {
    Mask::new(secret_values(&spec.env).chain(spec.purpose.secrets.iter()))
}

/// The text, or the start of it and how much is missing.
fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT);
    match text.get(..end) {
        Some(start) if end < text.len() => {
            alloc::format!("{start}… ({} bytes more)", text.len() - end)
        }
        _ => text.to_owned(),
    }
}
