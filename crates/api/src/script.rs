//! Scripts as they stand.

use crate::Diagnostic;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The body of `POST /python/apps/{name}/diagnostics` and `…/plan`: a text that the app's script
/// could have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScriptText {
    /// The text.
    pub script: String,
}

/// `GET /python/apps/{name}/diagnostics`: what there is to say about an app's script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScriptDiagnostics {
    /// The app.
    pub app_id: String,
    /// The script's file name.
    pub file: String,
    /// Whether it can be run.
    pub runnable: bool,
    /// What there is to say, by place.
    pub diagnostics: Vec<Diagnostic>,
}
