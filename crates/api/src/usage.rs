//! What processes use.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/usage`: what the trees of processes use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageReport {
    /// When it was looked, in RFC 3339.
    pub at: String,
    /// The processes of which something is known: those that live, where the system tells.
    pub processes: Vec<ProcessUsage>,
}

/// What a process uses with all that it has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProcessUsage {
    /// The process.
    pub id: String,
    /// Its app.
    pub app: String,
    /// Processor time in milliseconds since its last start.
    pub cpu_ms: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// How many processes of the system it is.
    pub count: u32,
}
