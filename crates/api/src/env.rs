//! Environments.

use crate::{Size, words::words};
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
    /// The version of its Python, when it says one.
    #[serde(default)]
    pub python_version: Option<String>,
    /// The version of MLX in it, if it has that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mlx: Option<String>,
    /// What it takes; null until it was measured, in the background.
    #[serde(default)]
    pub size: Option<Size>,
    /// What uses it: what lives, and scripts that name it.
    #[serde(default)]
    pub used_by: Vec<EnvUse>,
    /// When a file of its own was last read or changed, as far as the disk tells.
    #[serde(default)]
    pub last_used_at: Option<String>,
}

/// Something that uses an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvUse {
    /// What it is.
    pub kind: EnvUseKind,
    /// The app; absent of the making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The run or process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

words! {
    /// How something uses an environment.
    EnvUseKind {
        /// It is being made.
        Making = "making",
        /// An unfinished run.
        Run = "run",
        /// A process that has not ended.
        Process = "process",
        /// A script of the app names it.
        Script = "script",
        /// A script of the app says only when it runs which one it uses.
        MayBe = "maybe",
    }
}

impl EnvUse {
    /// It as people call it.
    pub fn shown(&self) -> &str {
        let name = self.id.as_deref().or(self.app.as_deref());
        name.unwrap_or("its making")
    }

    /// Whether it lives: deletion would take the environment from under it.
    pub const fn lives(&self) -> bool {
        matches!(
            self.kind,
            EnvUseKind::Making | EnvUseKind::Run | EnvUseKind::Process
        )
    }
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
    /// What there is to say about it: that space is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
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
