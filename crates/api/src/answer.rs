//! Short answers.

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Something is under way: `POST …/stop`, `…/restart`, `…/cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `stopping`, `restarting`, `signalled`, `cancelling` or `answered`.
    pub status: String,
    /// The process, run or app; absent when it is the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// `GET /livez`: it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// `ok`
    pub status: String,
}
