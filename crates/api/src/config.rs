//! Settings.

use crate::{DiskUse, words::words};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/config`: the settings in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Where environments are.
    pub envs_dir: String,
    /// Where apps are.
    pub apps_dir: String,
    /// The settings file that was read; null when there is none.
    pub toml_path: Option<String>,
    /// The interpreter that someone chose; null when it is looked for.
    pub python_binary: Option<String>,
    /// Whether uv is used when it is there.
    pub prefer_uv: bool,
    /// How long after a death a process is first started again, in milliseconds.
    pub restart_delay_ms: u64,
    /// How many lines of a process's output are kept.
    pub max_log_lines: usize,
    /// A sentence for people about when settings take effect.
    pub note: String,
    /// What is used of the disk; null until it was measured, in the background.
    #[serde(default)]
    pub disk: Option<DiskUse>,
    /// Every setting in force, with where it comes from.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// Sections of the file that belong to other programs.
    #[serde(default)]
    pub foreign_sections: Vec<String>,
}

/// A setting in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Its key in the file, with its sections.
    pub key: String,
    /// Its value; null when nothing is set. Values of secret variables are `…`.
    pub value: serde_json::Value,
    /// What counts where the value is null, in words: `256`, `no limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<String>,
    /// What the setting is, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Where it comes from.
    pub source: SettingSource,
    /// The line in the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

words! {
    /// Where a setting comes from.
    SettingSource {
        /// Nobody said anything.
        Default = "default",
        /// The file says it.
        File = "file",
        /// The program was told when it was started.
        Program = "program",
    }
}

/// Of `PUT /python/config`: the file has the values, and the next start of the server uses
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConfigSaved {
    /// `saved`.
    pub status: String,
    /// Whether the server has to be started again before they count.
    pub restart_required: bool,
    /// The same in a sentence, for people.
    pub message: String,
    /// Fields of the request that are no settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
}
