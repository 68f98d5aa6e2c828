//! What the server has to work with.

use alloc::{collections::BTreeMap, string::String};
use serde::{Deserialize, Serialize};

/// `GET /python/status`: what the server has to work with, and how much there is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The interpreter's command, or `not found`.
    pub python: String,
    /// What the interpreter says of itself, or `not found`.
    pub version: String,
    /// Whether an interpreter was found.
    pub healthy: bool,
    /// `uv x.y.z`, or `not found`.
    pub uv: String,
    /// `available` or `not found`.
    pub conda: String,
    /// Whether this is a Mac with Apple's processor.
    pub apple_silicon: bool,
    /// The version of MLX: of the first environment that has it, or else of the interpreter;
    /// or `not installed`; `n/a` on other machines, and as long as the server looks around.
    pub mlx: String,
    /// The environment that it is of; absent of the interpreter's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mlx_env: Option<String>,
    /// Environments.
    pub env_count: usize,
    /// Processes, ended ones too as long as they are kept.
    pub process_count: usize,
    /// Processes that have not ended.
    #[serde(default)]
    pub running_count: usize,
    /// What the machine is, as templates read it: `platform`, `arch`, `ram`, `gpu`, `gpu_model`,
    /// `vram`. Empty as long as the server looks around.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub machine: BTreeMap<String, String>,
    /// What the token lets its holder do that asked: `read`, `operate` or `admin`. Empty of a server
    /// that does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
}
