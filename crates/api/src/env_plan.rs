//! What a child's environment would be.

use crate::words::words;
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `collodi env-plan` and `GET /python/config/environment`: what became of each variable,
/// and why. Values of secrets are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvPlan {
    /// The dialect whose policy it is: `pinokio` or `vatn`.
    pub dialect: String,
    /// Each name that the host, the step or the policy mentioned, sorted by name.
    pub variables: Vec<EnvVariable>,
    /// What a child gets, without the secrets.
    pub environment: BTreeMap<String, String>,
    /// The names of the secrets that it gets besides.
    pub secrets: Vec<String>,
    /// What was refused, in a line; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// What became of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvVariable {
    /// Its name.
    pub name: String,
    /// Whether a child gets it.
    pub kept: bool,
    /// What became of it.
    pub verdict: EnvVerdict,
    /// The rule that decided, in a word that stays: `inherit`, `inherit-all`, `granted`, `step`,
    /// `base` or `set` for what is kept; `not-inherited`, `withheld`, `default-exclude`,
    /// `exclude`, `loader`, `removed`, `not-included`, `invalid-name`, `nul-in-value` or
    /// `too-long` for what is not.
    pub rule: String,
    /// The pattern that decided, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whose value the rule was about, where both could be meant: `host` or `step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The rule in words, for people.
    pub reason: String,
    /// Whether its value is a secret, by its name.
    pub secret: bool,
    /// Its value; absent when it is not kept, or is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

words! {
    /// What became of a variable.
    EnvVerdict {
        /// It has the host's value.
        Kept = "kept",
        /// It has a value from the step or the policy.
        Set = "set",
        /// It is not in the environment.
        Dropped = "dropped",
    }
}
