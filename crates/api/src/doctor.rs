//! What is well and what is not.

use crate::words::words;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/doctor`: what was found on the machine and in the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Doctor {
    /// All findings, in a fixed order.
    pub findings: Vec<Finding>,
    /// How many of them are problems.
    pub problems: usize,
    /// How many of them are warnings.
    pub warnings: usize,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is about.
    pub about: String,
    /// How it is.
    pub state: FindingState,
    /// What was seen, in a line.
    pub seen: String,
    /// What can be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

words! {
    /// How something is.
    FindingState {
        /// As it should be, or nobody needs it.
        Ok = "ok",
        /// It works less well than it could.
        Warning = "warning",
        /// It does not work, or does not protect.
        Problem = "problem",
    }
}
