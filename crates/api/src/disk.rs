//! What things take on the disk.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// What a folder takes on the disk. A file with several names is counted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// All of it, in bytes.
    pub bytes: u64,
    /// What its deletion frees.
    pub freed_bytes: u64,
    /// What stays then, since other folders have it too: those of an installer's cache.
    pub shared_bytes: u64,
    /// How many files and folders are in it.
    pub entries: u64,
    /// Whether the figures are all there is.
    pub whole: bool,
    /// Why they are not, when that is not because of single files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is not in the figures; the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<NotCounted>,
    /// When it was counted.
    pub measured_at: String,
}

/// Something that is not in the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NotCounted {
    /// Its path below the folder.
    pub path: String,
    /// Why.
    pub why: String,
}

/// What environments and apps take together, and what is free on the disk of environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiskUse {
    /// All environments, each file once; at least that, unless they are whole.
    pub envs_bytes_used: u64,
    /// All apps, each file once; at least that, unless they are whole.
    pub apps_bytes_used: u64,
    /// Whether all of the environments could be counted.
    #[serde(default)]
    pub envs_whole: bool,
    /// Whether all of the apps could be counted.
    #[serde(default)]
    pub apps_whole: bool,
    /// What may still be used.
    pub free_bytes: u64,
    /// The size of the disk.
    pub total_bytes: u64,
    /// The environments, for people.
    pub envs_human: String,
    /// The apps, for people.
    pub apps_human: String,
    /// What is free, for people.
    pub free_human: String,
    /// The size of the disk, for people.
    pub total_human: String,
}
