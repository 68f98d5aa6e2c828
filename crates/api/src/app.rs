//! Apps.

use crate::{Process, Size};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/apps`: the apps by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Apps {
    /// The apps.
    pub apps: Vec<App>,
    /// How many.
    pub count: usize,
}

/// A folder with, usually, a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub path: String,
    /// Whether `pinokio.json` or `pinokio.js` is there.
    pub has_script: bool,
    /// Its processes that have not ended.
    pub running_processes: usize,
    /// What its folder takes; null until it was measured, in the background.
    #[serde(default)]
    pub size: Option<Size>,
}

/// `GET /python/apps/{name}/processes`: an app's processes; none of an unknown app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppProcesses {
    /// The app.
    pub app_id: String,
    /// Its processes, ended ones too as long as they are kept.
    pub processes: Vec<Process>,
}
