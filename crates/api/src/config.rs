//! Settings.

use alloc::string::String;
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
}
