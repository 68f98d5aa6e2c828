//! Environments.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/envs`: the environments by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Envs {
    /// The environments.
    pub envs: Vec<Env>,
    /// How many.
    pub count: usize,
}

/// A Python environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Env {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub path: String,
}

/// `POST /python/envs/{name}`: the environment is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvCreated {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub path: String,
    /// `created`, also when it was there before.
    pub status: String,
    /// Whether it was there before.
    #[serde(default)]
    pub reused: bool,
}

/// `DELETE /python/envs/{name}`: the environment is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvDeleted {
    /// `deleted`
    pub status: String,
    /// Its name.
    pub name: String,
}
